// Which model a target is asked for: needed before anything is said to it, by its address, and in what is told of it.
import type { Call } from "../core/exchange.ts";
import type { TargetNode } from "../core/rules.ts";

/** The target's own name of the model; a route may leave it to the caller. */
export function modelOf(target: TargetNode, call: Call): string {
  if (target.model !== "") return target.model;
  const given = target.params["model"];
  return typeof given === "string" ? given : call.model;
}
