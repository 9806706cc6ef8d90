// The policies of a node, resolved: what `policies.ts` merges and `defaults.ts` fills.
import type { JsonObject } from "../core/json.ts";
import type { Price } from "../core/price.ts";
import type { BreakerRules, ConcurrencyRules, MidStream, RetryRules, TimeoutRules, Trigger } from "../core/rules.ts";
import type { RequiresConfig } from "./config-file.ts";

/** Everything that is handed down the tree, resolved. */
export interface Policies {
  readonly timeout: TimeoutRules;
  readonly retry: RetryRules;
  readonly breaker: BreakerRules | null;
  readonly concurrency: ConcurrencyRules;
  readonly params: JsonObject;
  readonly trigger: Trigger;
  readonly midStream: MidStream;
  /** Null: the list price, where it is known. */
  readonly price: Price | null;
  readonly requires: RequiresConfig | null;
}
