// The resolved policies of a node: `policies.ts` merges them, `defaults.ts` has the defaults.
import type { JsonObject } from "../core/json.ts";
import type { Price } from "../core/price.ts";
import type { BreakerRules, ConcurrencyRules, MidStream, RetryRules, TimeoutRules, Trigger } from "../core/rules.ts";
import type { RequiresConfig } from "./config-file.ts";

/** All settings that children inherit, resolved. */
export interface Policies {
  readonly timeout: TimeoutRules;
  readonly retry: RetryRules;
  readonly breaker: BreakerRules | null;
  readonly concurrency: ConcurrencyRules;
  readonly params: JsonObject;
  readonly trigger: Trigger;
  readonly midStream: MidStream;
  /** Null: the list price, if it is known. */
  readonly price: Price | null;
  readonly requires: RequiresConfig | null;
}
