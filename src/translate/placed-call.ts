// A target for one call: its params in the caller's protocol, and the caller's members with them on top. Made once per
// attempt, because every decision about the request to the target reads it.
import type { Call } from "../core/exchange.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { TargetNode } from "../core/rules.ts";
import { rawMembers } from "./raw-members.ts";
import type { Verdicts } from "./verdicts.ts";

export interface PlacedCall {
  readonly call: Call;
  /** With its params as members of the caller's body. */
  readonly target: TargetNode;
  readonly members: RawMembers;
}

interface Caller {
  readonly call: Call;
  /** The caller's codec. */
  readonly inner: Protocol;
  readonly verdicts?: Verdicts;
}

export function placeTarget(target: TargetNode, { call, inner, verdicts }: Caller): PlacedCall {
  const placedTarget = inCallersWords(target, call, inner);
  return { call, target: placedTarget, members: rawMembers(call, placedTarget.params, verdicts) };
}

function inCallersWords(target: TargetNode, call: Call, protocol: Protocol): TargetNode {
  if (protocol.chat.request.placeParams === undefined || isEmpty(target.params)) return target;
  const members = rawMembers(call, {});
  return { ...target, params: protocol.chat.request.placeParams(target.params, (name) => members.read(name)) };
}

function isEmpty(params: TargetNode["params"]): boolean {
  for (const _ in params) return false;
  return true;
}
