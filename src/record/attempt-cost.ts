// The cost of an attempt. It is computed on demand, after the call: prices are not on the request path.
import type { AttemptRecord } from "../core/attempt-record.ts";

/**
 * US dollars, rounded to remove binary fractions; null if the vendor did not count or no price is known. `at`: epoch
 * milliseconds of the call, since prices change.
 */
export function attemptCost({ usage, tariff }: AttemptRecord, at: number): number | null {
  const cost = usage === null ? null : (tariff?.cost(usage, at) ?? null);
  return cost === null || !Number.isFinite(cost) ? null : Number(cost.toPrecision(10));
}
