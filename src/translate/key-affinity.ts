// Which key of a pool a conversation is bound to: the key whose account sealed the reasoning in its history. Checked
// before an attempt, for pools only. If it is unknown, any key may be used, and another account's state is left out.
import type { Call, Exchange } from "../core/exchange.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import { modelOf } from "../domain/model-of.ts";
import type { FactsOf } from "../domain/model-facts-cache.ts";
import { placeTarget } from "./placed-call.ts";
import { chooseProtocol } from "./choose-protocol.ts";
import type { StateKeeper } from "./state-keeper.ts";
import type { StoredThings } from "./stored-things.ts";
import type { Protocols } from "./translate-parts.ts";

export interface KeyAffinityParts {
  readonly protocols: Protocols;
  readonly keeper: StateKeeper;
  readonly factsOf: FactsOf;
  readonly storedThings: Pick<StoredThings, "keyFor">;
}

export interface AffinityQuestion {
  readonly exchange: Exchange;
  readonly call: Call;
  readonly target: TargetNode;
}

/** Null: any key. */
export type KeyAffinity = (request: AffinityQuestion) => Promise<Key | null> | null;

export function keyAffinity({ protocols, keeper, factsOf, storedThings }: KeyAffinityParts): KeyAffinity {
  return ({ exchange, call, target }) => {
    if (call.passed !== undefined) return storedThings.keyFor(call, target);
    const { provider } = target;
    if (provider.keys.length < 2 || call.task !== "chat") return null;
    const inner = protocols[call.protocol];
    if (inner?.reasoningState === undefined) return null;
    const model = modelOf(target, call);
    const outer =
      protocols[nameOf(() => chooseProtocol(placeTarget(target, { call, inner }), inner, factsOf(provider, model)))];
    if (outer?.reasoningState === undefined) return null;
    return keeper.keyOf({
      exchange,
      call,
      target,
      inner: inner.reasoningState,
      outer: outer.reasoningState,
      model,
      protocol: outer.name,
    });
  };
}

/** An unreadable request is reported later, when it is encoded for the target. */
function nameOf(find: () => string): string {
  try {
    return find();
  } catch {
    return "";
  }
}
