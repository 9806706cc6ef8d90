// Merges `allOf` into one schema, including the targets of its references, and reports where two branches disagree.
// Branches come from a list, without recursion, and each reference once, so that the cost grows with the input only.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { wellFormed } from "./well-formed.ts";
import { extendDescription } from "./words.ts";

export interface Merged {
  /** Without `allOf`. */
  readonly schema: JsonObject;
  /** Keywords on which the branches disagree; the first value wins. */
  readonly conflicts: readonly string[];
  /** The same, of keywords that restrict nothing. */
  readonly lostWords: readonly string[];
}

/** The target of a `$ref`; null if it cannot be inlined. */
export type Resolve = (ref: string) => JsonObject | null;

export function mergeAllOf(schema: JsonObject, resolve: Resolve): Merged {
  const branches = schema["allOf"];
  if (!isArray(branches)) return { schema, conflicts: [], lostWords: [] };
  const { allOf: _, ...rest } = schema;
  const only = branches.length === 1 ? branches[0] : undefined;
  if (isObject(only) && typeof only["$ref"] === "string" && rest["$ref"] === undefined && !hasShape(rest))
    return { schema: { ...only, ...rest }, conflicts: [], lostWords: [] };
  return mergeBranches(rest, branches, resolve);
}

/** `start` with all branches, and with the branches in them. */
export function mergeBranches(start: JsonObject, branches: readonly Json[], resolve: Resolve): Merged {
  const merging = new Merging(start);
  const seenRefs = new Set<string>();
  const open = branches.filter(isObject).toReversed();
  for (let branch = open.pop(); branch !== undefined; branch = open.pop()) {
    const { $ref: ref, allOf: inner, ...own } = wellFormed(branch).schema;
    const isNew = typeof ref === "string" && !seenRefs.has(ref);
    if (isNew) seenRefs.add(ref);
    const target = isNew ? resolve(ref) : null;
    if (isNew && target === null) merging.conflicts.push("$ref");
    merging.add(own);
    if (isArray(inner)) for (const one of inner.toReversed()) if (isObject(one)) open.push(one);
    // Siblings of a reference come before its target.
    if (target !== null) open.push(target);
  }
  return { schema: merging.finish(), conflicts: merging.conflicts, lostWords: [...merging.lostWords] };
}

/** Whether it has more than annotations. */
function hasShape(schema: JsonObject): boolean {
  return Object.keys(schema).some(
    (key) => key !== "description" && key !== "title" && key !== "default" && key !== "nullable",
  );
}

class Merging {
  readonly conflicts: string[] = [];
  readonly lostWords = new Set<string>();
  readonly #members: Map<string, Json>;
  readonly #properties = new Map<string, Json>();
  readonly #required = new Set<Json>();
  /** Of all branches but the first that has one; joined once. */
  readonly #descriptions = new Set<string>();
  /** Values as text for comparison; each is written once. */
  readonly #texts = new Map<string, string>();

  constructor(start: JsonObject) {
    this.#members = new Map();
    this.add(start);
  }

  add(own: JsonObject): void {
    for (const key of Object.keys(own)) {
      const value = own[key];
      if (value !== undefined) this.#addMember(key, value);
    }
  }

  finish(): JsonObject {
    if (this.#properties.size > 0 || this.#members.has("properties"))
      this.#members.set("properties", Object.fromEntries(this.#properties));
    if (this.#required.size > 0) this.#members.set("required", [...this.#required]);
    const first = this.#members.get("description");
    if (typeof first === "string") this.#descriptions.delete(first);
    const description = extendDescription(first, [...this.#descriptions]);
    if (description !== undefined) this.#members.set("description", description);
    return Object.fromEntries(this.#members);
  }

  #addMember(key: string, value: Json): void {
    if (key === "properties" && isObject(value)) return this.#addProperties(value);
    if (key === "required" && isArray(value)) {
      for (const name of value) this.#required.add(name);
      return;
    }
    const before = this.#members.get(key);
    this.#members.set(key, before === undefined ? value : this.#both(key, before, value));
  }

  #both(key: string, before: Json, value: Json): Json {
    if (key === "enum" && isArray(before) && isArray(value)) return common(before, value);
    if (key === "type") return this.#commonType(before, value);
    if (typeof before === "number" && typeof value === "number") {
      if (lower.has(key)) return Math.max(before, value);
      if (upper.has(key)) return Math.min(before, value);
    }
    if (key === "additionalProperties" && (before === false || value === false)) return false;
    if (key === "description" && typeof value === "string") {
      this.#descriptions.add(value);
      return before;
    }
    if (!this.#differ(key, before, value)) return before;
    if (isWords(key)) this.lostWords.add(key);
    else this.conflicts.push(key);
    return before;
  }

  #commonType(before: Json, value: Json): Json {
    const [one, other] = [isArray(before) ? before : [before], isArray(value) ? value : [value]];
    const shared = one.filter((type) => other.includes(type) || (type === "integer" && other.includes("number")));
    if (shared.length === 0) this.conflicts.push("type");
    if (shared.length === one.length || shared.length === 0) return before;
    return shared.length === 1 ? (shared[0] ?? before) : shared;
  }

  #addProperties(added: JsonObject): void {
    this.#members.set("properties", added);
    for (const name of Object.keys(added)) {
      const [earlier, schema] = [this.#properties.get(name), added[name]];
      if (schema === undefined) continue;
      if (earlier === undefined) this.#properties.set(name, schema);
      else if (this.#differ(`properties.${name}`, earlier, schema)) this.conflicts.push(`properties.${name}`);
    }
  }

  #differ(place: string, before: Json, value: Json): boolean {
    if (before === value) return false;
    const text = this.#texts.get(place) ?? JSON.stringify(before);
    this.#texts.set(place, text);
    return text !== JSON.stringify(value);
  }
}

const lower: ReadonlySet<string> = new Set(["minimum", "minItems", "minLength", "minProperties", "exclusiveMinimum"]);
const upper: ReadonlySet<string> = new Set(["maximum", "maxItems", "maxLength", "maxProperties", "exclusiveMaximum"]);

function isWords(key: string): boolean {
  return key === "description" || key === "title" || key === "default" || key.startsWith("$");
}

/** Values in both lists, compared by content. */
function common(before: readonly Json[], value: readonly Json[]): readonly Json[] {
  const other = new Set(value.map((one) => JSON.stringify(one)));
  return before.filter((one) => other.has(JSON.stringify(one)));
}
