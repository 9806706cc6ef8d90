// The name of the model at a target: needed for its URL and its records before the request is encoded.
import type { Call } from "../core/exchange.ts";
import type { TargetNode } from "../core/rules.ts";

/** The target's own name of the model; a route may leave it to the caller. */
export function modelOf(target: TargetNode, call: Call): string {
  if (target.model !== "") return target.model;
  const modelParam = target.params["model"];
  return typeof modelParam === "string" ? modelParam : call.model;
}
