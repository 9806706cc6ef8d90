// The name under which everything is kept that is known of a target: provider, model and address. A target that a request
// brought along, or one that a reload has moved to another address, is never mixed with one of the same name.
import type { TargetNode } from "../../core/rules.ts";

export function targetKey({ name, provider }: Pick<TargetNode, "name" | "provider">): string {
  const { guarded, baseUrl, row } = provider;
  return guarded || baseUrl !== row.baseUrl ? `${name} at ${baseUrl}` : name;
}
