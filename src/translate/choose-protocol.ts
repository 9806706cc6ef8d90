// The protocol of a request to a target: the caller's own if the target takes its bytes, the row's, or the detour that
// a model is known to need. It never decodes a request unless the model's facts depend on it.
import type { ChatRequest, ProtocolName } from "../core/chat.ts";
import type { Protocol, Wishes } from "../core/protocol.ts";
import type { Detour, ModelFacts } from "../core/provider.ts";
import { basePathFor, pathOf } from "../domain/base-path.ts";
import { modelOf } from "../domain/model-of.ts";
import type { PlacedCall } from "./placed-call.ts";
import { neutralRequest } from "./request-body.ts";

/** `inner`: the caller's codec. Throws GatewayFailure(`bad_request`) if the request must be parsed and cannot be. */
export function chooseProtocol(placement: PlacedCall, inner: Protocol, facts: ModelFacts): ProtocolName {
  const { call, target } = placement;
  const { detour } = facts;
  const { row } = target.provider;
  const takesOwn = call.protocol !== row.protocol && takesBytes(placement);
  if (takesOwn && (inner.chat.request.isOrdered?.(placement.members, facts) ?? true)) return call.protocol;
  if (detour === undefined || detour.protocol === row.protocol) return row.protocol;
  const wish = (): Wishes => requirementsOf(placement, inner);
  return isNeeded(detour, facts, wish) ? detour.protocol : row.protocol;
}

/** The target takes the caller's own bytes in another protocol than its row's, at the address that it has. */
function takesBytes({ call, target }: PlacedCall): boolean {
  const { row, baseUrl } = target.provider;
  if (row.alsoTakes?.[call.protocol]?.test(modelOf(target, call)) !== true) return false;
  return row.bases === undefined || basePathFor(row, pathOf(baseUrl), call.protocol) !== null;
}

/** Each check reads the request, so only the deciding ones run. */
function isNeeded(detour: Detour, { webSearch }: ModelFacts, wishes: () => Wishes): boolean {
  const { protocol, when, efforts = [] } = detour;
  if (when === "always") return true;
  // An unknown model may be able to search through the detour.
  const searchesThere = webSearch === protocol || (webSearch ?? null) === null;
  if (!searchesThere && when === "never" && efforts.length === 0) return false;
  const wish = wishes();
  if (searchesThere && wish.search) return true;
  if (when === "never" && efforts.length === 0) return false;
  const { effort } = wish;
  if (effort !== null && efforts.includes(effort)) return true;
  if (when === "never" || effort === "none" || !wish.tools) return false;
  return when === "tools-unless-none" || (when === "tools-and-effort" && effort !== null);
}

function requirementsOf({ call, target, members }: PlacedCall, inner: Protocol): Wishes {
  return inner.chat.request.peek?.(members) ?? requirementsIn(neutralRequest(call, target, inner));
}

/** A budget counts as an effort, whatever level it becomes. */
function requirementsIn({ tools, reasoning, searches = false }: ChatRequest): Wishes {
  const budget = reasoning?.budget ?? -1;
  const impliedEffort = budget < 0 ? null : budget === 0 ? "none" : "medium";
  return { tools: tools.length > 0, effort: reasoning?.effort ?? impliedEffort, search: searches };
}

export type FactsIn = (facts: ModelFacts, protocol: ProtocolName) => ModelFacts;

/** `factsIn`, computed once for each model and protocol. Only for facts that are cached themselves. */
export function rememberFactsIn(): FactsIn {
  const memory = new WeakMap<ModelFacts, Map<ProtocolName, ModelFacts>>();
  return (facts, protocol) => {
    const cached = memory.get(facts)?.get(protocol);
    if (cached !== undefined) return cached;
    const protocolFacts = factsIn(facts, protocol);
    const byProtocol = memory.get(facts) ?? new Map<ProtocolName, ModelFacts>();
    memory.set(facts, byProtocol.set(protocol, protocolFacts));
    return protocolFacts;
  };
}

/** What a model can do in that protocol. */
export function factsIn(facts: ModelFacts, protocol: ProtocolName): ModelFacts {
  const { detour, reasoning, webSearch } = facts;
  const effectiveFacts = typeof webSearch === "string" ? { ...facts, webSearch: webSearch === protocol } : facts;
  const efforts = detour?.protocol === protocol ? (detour.efforts ?? []) : [];
  if (efforts.length === 0 || reasoning.style !== "effort") return effectiveFacts;
  return { ...effectiveFacts, reasoning: { ...reasoning, efforts: [...reasoning.efforts, ...efforts] } };
}
