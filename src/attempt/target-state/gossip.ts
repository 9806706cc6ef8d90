// Joins what one gateway knows of health and keys to what those beside it know. All that requests read stays in this process;
// news comes and goes beside them, and a store that is lost or at fault fails none (F15).
import { tellNobody, type Tell } from "./publish.ts";
import type { Cancel } from "../../core/clock.ts";
import type { ProviderRules } from "../../core/rules.ts";
import type { SharedState } from "../../core/shared-state.ts";
import type { KeyPool } from "./key-pool.ts";
import type { TargetStates } from "./target-state.ts";

/** Whatever goes wrong in telling is told to `onFault`, and to nobody else. */
export function tellTo(shared: SharedState | undefined, onFault: (cause: unknown) => void): Tell {
  if (shared === undefined) return tellNobody;
  return (news) => {
    try {
      shared.tell(news);
    } catch (cause) {
      onFault(cause);
    }
  };
}

export interface Hearing {
  readonly states: TargetStates;
  readonly keys: KeyPool;
  /** As it is configured now. */
  readonly providerOf: (name: string) => ProviderRules | undefined;
}

export function hearFrom(shared: SharedState | undefined, { states, keys, providerOf }: Hearing): Cancel {
  if (shared === undefined) return () => {};
  return shared.listen((news) => {
    if (news.kind !== "key-rests") {
      states.hear(news);
      return;
    }
    const provider = providerOf(news.provider);
    if (provider !== undefined) keys.hear(news, provider);
  });
}
