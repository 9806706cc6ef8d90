// Definitions that a lowering makes of what references lead to. They wait in a list, so that a long chain of references is
// no deep recursion.
import type { JsonObject } from "../../../core/json.ts";
import { shortHash } from "../identifiers.ts";
import { circlesIn, definitionName, type References, referencesIn } from "./references.ts";

export class Definitions {
  readonly #references: References;
  readonly #names = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #waiting: { readonly name: string; readonly target: JsonObject }[] = [];

  constructor(references: References) {
    this.#references = references;
  }

  /** The reference to the definition that stands for this one's target, which must be there. */
  define(ref: string): string {
    const known = this.#names.get(ref);
    if (known !== undefined) return `#/$defs/${known}`;
    const plain = definitionName(ref);
    const wished = plain !== null && /^[A-Za-z0-9_.-]+$/u.test(plain) ? plain : null;
    const made = ref === "#" ? "Root" : `Definition_${shortHash(ref)}`;
    const name = wished !== null && !this.#taken.has(wished) ? wished : made;
    this.#names.set(ref, name);
    this.#taken.add(name);
    this.#waiting.push({ name, target: this.#references.resolve(ref) ?? {} });
    return `#/$defs/${name}`;
  }

  /** All of them lowered, with those that turn up while others are. */
  drain(lower: (target: JsonObject) => JsonObject): ReadonlyMap<string, JsonObject> {
    const lowered = new Map<string, JsonObject>();
    // What is pushed meanwhile comes to its turn as well.
    for (const { name, target } of this.#waiting) lowered.set(name, lower(target));
    return lowered;
  }
}

/** Whether a `$ref` leads back to a schema that it stands in. */
export function isRecursive(root: JsonObject, references: References): boolean {
  const links = new Map<string, ReadonlySet<string>>();
  const open = [...referencesIn(root)];
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    if (ref === "#") return true;
    if (links.has(ref)) continue;
    const inner = referencesIn(references.resolve(ref) ?? {});
    links.set(ref, inner);
    open.push(...inner);
  }
  return circlesIn(links).size > 0;
}
