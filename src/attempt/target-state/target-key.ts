// The key under which all state of a target is stored: provider, model and address. A target from a request, or one
// that a reload moved to another address, must never share state with another target of the same name.
import type { TargetNode } from "../../core/rules.ts";

export function targetKey({ name, provider }: Pick<TargetNode, "name" | "provider">): string {
  const { guarded, baseUrl, row } = provider;
  return guarded || baseUrl !== row.baseUrl ? `${name} at ${baseUrl}` : name;
}
