// Exchanges health and key state with the gateways that run beside this one. Requests read only the state in this
// process; news arrives and leaves separately, so a lost or faulty store fails no request (F15).
import { publishToNobody, type Publish } from "./publish.ts";
import type { Cancel } from "../../core/clock.ts";
import type { ProviderRules } from "../../core/rules.ts";
import type { SharedState } from "../../core/shared-state.ts";
import type { KeyPool } from "./key-pool.ts";
import type { TargetStates } from "./target-state.ts";

/** Errors while publishing go to `onFault` only. */
export function publishGossip(shared: SharedState | undefined, onFault: (cause: unknown) => void): Publish {
  if (shared === undefined) return publishToNobody;
  return ({ news }) => {
    try {
      shared.publish(news);
    } catch (cause) {
      onFault(cause);
    }
  };
}

export interface Hearing {
  readonly states: TargetStates;
  readonly keys: KeyPool;
  /** As configured now. */
  readonly providerOf: (name: string) => ProviderRules | undefined;
}

export function receiveGossip(shared: SharedState | undefined, { states, keys, providerOf }: Hearing): Cancel {
  if (shared === undefined) return () => {};
  return shared.listen((news) => {
    if (news.kind !== "key-cooldown") {
      states.receive(news);
      return;
    }
    const provider = providerOf(news.provider);
    if (provider !== undefined) keys.receive(news, provider);
  });
}
