// Where a target takes system messages: many chat templates of open models raise an error on a second or a late one.
import type { ModelFacts } from "../../core/provider.ts";

export function isSystem(role: unknown): boolean {
  return role === "system" || role === "developer";
}

/** Whether system messages may stand where they do in `roles`. */
export function systemFits(roles: readonly string[], where: ModelFacts["systemMessages"]): boolean {
  if (where === "anywhere") return true;
  if (where === "none") return !roles.some(isSystem);
  const first = roles.findIndex((role) => !isSystem(role));
  const leading = first < 0 ? roles.length : first;
  if (roles.some((role, index) => index >= leading && isSystem(role))) return false;
  return where === "leading" || (leading <= 1 && leading < roles.length);
}
