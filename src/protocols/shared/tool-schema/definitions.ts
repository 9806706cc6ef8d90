// Definitions that a lowering creates for the targets of references. They wait in a list, so that a long chain of
// references does not recurse deeply.
import type { Json, JsonObject } from "../../../core/json.ts";
import { hashIdentifier } from "../identifiers.ts";
import { isObject } from "../read.ts";
import type { Notes } from "./notes.ts";
import { circlesIn, definitionName, type References, referencesIn } from "./references.ts";

/** A schema's own definitions, for a target that gets only those to which a reference leads. */
interface SourceDefinitions {
  readonly key: string;
  readonly value: Json;
  readonly isAtRoot: boolean;
}

export class Definitions {
  readonly #sources: SourceDefinitions[] = [];

  readonly #references: References;
  readonly #names = new Map<string, string>();
  readonly #takenNames = new Set<string>();
  readonly #waiting: { readonly name: string; readonly target: JsonObject }[] = [];

  constructor(references: References) {
    this.#references = references;
  }

  /** The reference to the definition for this one's target, which must exist. */
  define(ref: string): string {
    const knownName = this.#names.get(ref);
    if (knownName !== undefined) return `#/$defs/${knownName}`;
    const plain = definitionName(ref);
    const preferredName = plain !== null && /^[A-Za-z0-9_.-]+$/u.test(plain) ? plain : null;
    const generatedName = ref === "#" ? "Root" : `Definition_${hashIdentifier(ref)}`;
    const name = preferredName !== null && !this.#takenNames.has(preferredName) ? preferredName : generatedName;
    this.#names.set(ref, name);
    this.#takenNames.add(name);
    this.#waiting.push({ name, target: this.#references.resolve(ref) ?? {} });
    return `#/$defs/${name}`;
  }

  collect(source: SourceDefinitions): void {
    this.#sources.push(source);
  }

  /** `lowered`: what is sent, by name. Nothing is reported of definitions that stay where they were. */
  reportSources(lowered: ReadonlyMap<string, JsonObject>, notes: Notes): void {
    for (const { key, value, isAtRoot } of this.#sources) {
      const isMoved = key !== "$defs" || !isAtRoot;
      const isWhole = isObject(value) && Object.keys(value).every((name) => lowered.has(name));
      if (isMoved || !isWhole) notes.add(isMoved && lowered.size > 0 ? "folded" : "dropped", key);
    }
  }

  /** Lowers all of them, including those that are added on the way. */
  drain(lower: (target: JsonObject) => JsonObject): ReadonlyMap<string, JsonObject> {
    const lowered = new Map<string, JsonObject>();
    // Definitions that are added during the loop are lowered as well.
    for (const { name, target } of this.#waiting) lowered.set(name, lower(target));
    return lowered;
  }
}

/** Whether a `$ref` leads back to a schema that contains it. */
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
