// The protocol version for a target, if a vendor has several and a later one refuses what an earlier one takes. A
// caller of that protocol keeps its own version; a route's params must fit it.
import type { Asking } from "../core/exchange.ts";
import type { ModelFacts, Versions } from "../core/provider.ts";

export interface ChosenVersion {
  /** What the target takes in this version. */
  readonly facts: ModelFacts;
  readonly headers: Readonly<Record<string, string>>;
}

const samplers = ["temperature", "top_p", "top_k"] as const;

/** `own`: the caller speaks the target's protocol. */
export function chooseApiVersion(
  asking: Pick<Asking, "exchange" | "call" | "target">,
  facts: ModelFacts,
  own: boolean,
): ChosenVersion {
  const { versions } = asking.target.provider.row;
  if (versions === undefined || facts.sampling === false) return { facts, headers: own ? {} : usual(asking, versions) };
  const fixed = fixedVersion(asking, versions, own);
  if (fixed === null) {
    const version = isSampled(asking) ? versions.sampled : versions.usual;
    return { facts, headers: { [versions.header]: version } };
  }
  const refuses = fixed > versions.sampled && (!own || isSampledByRoute(asking));
  return { facts: refuses ? { ...facts, sampling: false } : facts, headers: {} };
}

function usual({ target }: Pick<Asking, "target">, versions: Versions | undefined): ChosenVersion["headers"] {
  const free = versions !== undefined && target.provider.headers[versions.header] === undefined;
  return free ? { [versions.header]: versions.usual } : {};
}

/** The operator's version, or the caller's own; null if the gateway chooses. */
function fixedVersion(
  { exchange, target }: Pick<Asking, "exchange" | "target">,
  { header }: Versions,
  own: boolean,
): string | null {
  const { headers, row } = target.provider;
  const set = headers[header];
  if (set !== undefined || !own) return set ?? null;
  return exchange.request.headers[header] ?? row.headers[header] ?? "";
}

function isSampledByRoute({ target }: Pick<Asking, "target">): boolean {
  return samplers.some((name) => target.params[name] !== undefined);
}

function isSampled(asking: Pick<Asking, "call" | "target">): boolean {
  const { temperature, topP, topK } = asking.call.chat().sampling;
  return temperature !== null || topP !== null || topK !== null || isSampledByRoute(asking);
}
