// Whether a target would be asked now, as the walk would find it: a key that does not rest, health, what it can do. It looks
// and takes nothing: no probe's place, no turn of a key.
import { durationText } from "../../domain/duration-text.ts";
import type { TargetNode } from "../../core/rules.ts";
import { lackingKey } from "../target/try-target.ts";
import { type EngineParts } from "../call-run.ts";
import type { CapabilityCheck } from "../target/capability-check.ts";
import { healthName } from "../target/single-attempt.ts";

export type Readiness =
  /** `share`: of the requests, 0 to 1, where there is a stand-in; `why`: null where nothing is to be said. */
  | { readonly kind: "ready"; readonly share: number; readonly why: string | null }
  /** `untilMs`: when it may be asked again; null where time will not help. */
  | { readonly kind: "passed-over"; readonly untilMs: number | null; readonly why: string };

const READY: Readiness = { kind: "ready", share: 1, why: null };

export function readinessOf(
  target: TargetNode,
  fitting: CapabilityCheck,
  { keys, health, gates }: Pick<EngineParts, "keys" | "health" | "gates">,
): Readiness {
  const keyless = lackingKey(target);
  if (keyless !== null) return { kind: "passed-over", untilMs: null, why: keyless };
  const unfit = fitting.unfit(target);
  if (unfit !== null) return { kind: "passed-over", untilMs: null, why: unfit.message };
  const resting = restingKeys(target, keys);
  if (resting !== null) return resting;
  const name = healthName(target);
  const admission = health.look(name, target.breaker);
  if (admission.kind === "resting")
    return { kind: "passed-over", untilMs: admission.untilMs, why: withTimeLeft(admission.reason, admission.untilMs) };
  if (admission.kind === "probe")
    return {
      kind: "ready",
      share: 1,
      why: "circuit breaker half-open: the next request is the probe, others skip this target",
    };
  const { concurrency } = target;
  const gate = gates.of(name);
  if (concurrency !== undefined && gate.inFlight >= gate.limit(concurrency))
    return { kind: "passed-over", untilMs: 0, why: `concurrency limit reached: ${gate.inFlight} requests in flight` };
  const share = health.show(name, target.breaker)?.share ?? 1;
  if (share === 1) return READY;
  const percent = Math.round(share * 100);
  return {
    kind: "ready",
    share,
    why: `recovering, gets ${percent} % of the requests while it has a stand-in`,
  };
}

const withTimeLeft = (reason: string, milliseconds: number): string =>
  milliseconds > 0 ? `${reason}, ${durationText(milliseconds)} left` : reason;

/** Null: there is a key to use, or none is needed. */
function restingKeys(target: TargetNode, keys: EngineParts["keys"]): Readiness | null {
  const shown = keys.show(target);
  if (shown.length === 0 || shown.some(({ restsMs }) => restsMs === null)) return null;
  const [first, ...others] = shown.toSorted((a, b) => (a.restsMs ?? 0) - (b.restsMs ?? 0));
  const why = withTimeLeft(
    `${others.length === 0 ? "API key" : `all ${shown.length} API keys`} cooling down (${first?.reason ?? "refused"})`,
    first?.restsMs ?? 0,
  );
  return { kind: "passed-over", untilMs: first?.restsMs ?? 0, why };
}
