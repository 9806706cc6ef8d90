// A member's path in a vendor's error, in one spelling: steps with a dot between them, and `*` for any element of a
// list. Vendors echo names that a caller invented, so anything but plain names is not a path: it must teach nothing.

const MOST_STEPS = 16;
const LONGEST = 300;
const NAME = /^[A-Za-z_$][\w$-]*$/u;
/** Roots with which validators say that the path is in the body. */
const roots: ReadonlySet<string> = new Set(["body", "$"]);

/** `messages[0].content.1.cache_control`, `body.user`, `$.tools[2]`. Null if it is not a path. */
export function memberPath(text: string): string | null {
  if (text === "" || text.length > LONGEST) return null;
  return pathOf(text.replaceAll(/\[(?:"|')?([\w$-]+)(?:"|')?\]/gu, ".$1").split("."));
}

/** The same, from separate steps. */
export function pathOf(steps: readonly (string | number)[]): string | null {
  const inner = withoutRole(steps.length > 1 && roots.has(String(steps[0])) ? steps.slice(1) : steps);
  if (inner.length === 0 || inner.length > MOST_STEPS) return null;
  const path: string[] = [];
  for (const step of inner) {
    const word = String(step);
    if (/^\d+$/u.test(word)) path.push("*");
    else if (NAME.test(word)) path.push(word);
    else return null;
  }
  return path[0] === "*" ? null : path.join(".");
}

const roles: ReadonlySet<string> = new Set(["system", "developer", "user", "assistant", "tool", "function"]);

/** `messages.1.assistant.name`: validators that check a message by its role insert the role (Mistral, Cerebras). */
function withoutRole(steps: readonly (string | number)[]): readonly (string | number)[] {
  const [first, index, role, ...rest] = steps;
  const isNamed = first === "messages" && /^\d+$/u.test(String(index)) && roles.has(String(role)) && rest.length > 0;
  return isNamed ? [first, index ?? 0, ...rest] : steps;
}
