// Whether a request for a vendor's other service goes to a target as it is: the target has the service in the caller's
// protocol, and its model is asked at that path.
import type { Asking } from "../core/exchange.ts";
import { modelOf } from "../domain/model-of.ts";
import { operationOf } from "../domain/operation-of.ts";
import { passesTo } from "../domain/passes-to.ts";
import { rawMembers } from "./raw-members.ts";
import { protocolOf, type Tools } from "./translate-parts.ts";

export function canPass(tools: Tools, { call, target }: Pick<Asking, "call" | "target">): boolean {
  const { row } = target.provider;
  if (!passesTo(row, call)) return false;
  const { operation } = call;
  if (operation === undefined) return true;
  const model = modelOf(target, call);
  const codec = operationOf(protocolOf(tools.protocols, call.protocol), operation.name);
  return (
    codec?.request.fits?.(
      { variant: operation.variant, members: rawMembers(call, {}) },
      { model, facts: tools.factsOf(target.provider, model) },
    ) ?? true
  );
}
