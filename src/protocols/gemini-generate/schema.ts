// JSON Schema lowered to what this protocol's `parametersJsonSchema` and `responseJsonSchema` take. An unknown keyword
// may cost the whole request, so every constraint that has no place is moved into the description and reported.
// Source: `responseJsonSchema` in `@google/genai` 3.1.0: $id $defs $ref $anchor type format title description enum items
// prefixItems minItems maxItems minimum maximum anyOf oneOf properties additionalProperties required propertyOrdering.
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { shortHash } from "../identifiers.ts";
import { isArray, isObject } from "../read.ts";
import { withoutUndefined } from "./members.ts";
import { relaxCycles } from "./schema-cycles.ts";
import { lowerEnum, lowerLimits, typesOf } from "./schema-keywords.ts";
import { mergeAllOf } from "./schema-merge.ts";
import { describeDeleted, extendDescription } from "./schema-words.ts";

export interface LoweredSchema {
  readonly schema: JsonObject;
  /** Keywords that were moved into descriptions and no longer bind, each once. */
  readonly lost: readonly string[];
}

/** Any schema, for an answer. */
export function lowerSchema(schema: JsonObject): LoweredSchema {
  const lowering = new Lowering(schema);
  const lowered = lowering.lower(schema);
  return lowering.finish(lowered);
}

/** A schema of a tool's arguments, whose root is an object; null where the tool takes none. */
export function lowerParameters(schema: JsonObject): LoweredSchema | null {
  const lowering = new Lowering(schema);
  const root = lowering.lower(lowering.open(schema));
  if (takesNothing(root)) return null;
  return lowering.finish({ ...root, type: "object" });
}

function takesNothing(root: JsonObject): boolean {
  const open = root["additionalProperties"] !== undefined && root["additionalProperties"] !== false;
  const members = root["properties"];
  return (
    !open &&
    root["anyOf"] === undefined &&
    root["oneOf"] === undefined &&
    (!isObject(members) || Object.keys(members).length === 0)
  );
}

const copied = ["title", "format"] as const;

class Lowering {
  readonly #root: JsonObject;
  readonly #lost = new Set<string>();
  /** Definitions that are referred to, by their name; null while one is being lowered. */
  readonly #definitions = new Map<string, JsonObject | null>();

  /** Schemas with an `allOf` that are being lowered. */
  readonly #merging = new Set<JsonObject>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  finish(schema: JsonObject): LoweredSchema {
    const definitions = new Map([...this.#definitions].map(([name, lowered]) => [name, lowered ?? {}] as const));
    const relaxed = relaxCycles(definitions);
    if (relaxed.lost) this.#lost.add("required");
    const whole = definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(relaxed.definitions) };
    return { schema: whole, lost: [...this.#lost] };
  }

  /** The root with a `$ref` of its own replaced by what it stands for. */
  open(schema: JsonObject): JsonObject {
    let opened = schema;
    for (let step = 0; step < 16 && typeof opened["$ref"] === "string"; step++) {
      const { $ref: ref, ...beside } = opened;
      opened = { ...this.#resolve(String(ref)), ...beside };
    }
    return opened;
  }

  lower(schema: Json | undefined): JsonObject {
    if (schema === false) return this.#lose("false", { description: "No value is allowed here." });
    if (!isObject(schema)) return {};
    if (schema["allOf"] === undefined) return this.#lowerObject(schema);
    // What `allOf` refers to is put in its place: one that holds itself would never end.
    if (this.#merging.has(schema)) return this.#lose("allOf", {});
    this.#merging.add(schema);
    const lowered = this.#lowerObject(schema);
    this.#merging.delete(schema);
    return lowered;
  }

  #lowerObject(schema: JsonObject): JsonObject {
    const { schema: merged, conflicts } = mergeAllOf(schema, (ref) => this.#resolve(ref));
    if (conflicts.length > 0) this.#lost.add("allOf");
    const ref = merged["$ref"];
    return typeof ref === "string" ? this.#lowerReference(ref, merged) : this.#lowerKeywords(merged);
  }

  #lowerKeywords(schema: JsonObject): JsonObject {
    const out: MutableJson = {};
    for (const key of copied) if (typeof schema[key] === "string") out[key] = schema[key];
    const types = typesOf(schema);
    const members = lowerEnum(schema, types);
    const limits = lowerLimits(schema, members.types);
    if (out["format"] === "enum" && members.values === undefined) delete out["format"];
    const deleted = describeDeleted(schema);
    for (const name of [...members.lost, ...limits.lost, ...deleted.lost]) this.#lost.add(name);
    const description = extendDescription(schema["description"], [...members.words, ...limits.words, ...deleted.words]);
    Object.assign(out, this.#children(schema), { enum: members.values }, limits.kept);
    const type = members.types.length > 1 ? [...members.types] : members.types[0];
    return allowNull(withoutUndefined({ type, description, ...out }), members.nullable);
  }

  #children(schema: JsonObject): JsonObject {
    const out: MutableJson = {};
    for (const key of ["anyOf", "oneOf"] as const) {
      const branches = schema[key];
      if (isArray(branches) && branches.length > 0) out[key] = branches.map((branch) => this.lower(branch));
    }
    const items = schema["items"];
    if (isArray(items)) out["prefixItems"] = items.map((item) => this.lower(item));
    else if (items !== undefined) out["items"] = this.lower(items);
    const tuple = schema["prefixItems"];
    if (isArray(tuple)) out["prefixItems"] = tuple.map((item) => this.lower(item));
    const open = schema["additionalProperties"];
    if (typeof open === "boolean") out["additionalProperties"] = open;
    else if (isObject(open)) out["additionalProperties"] = this.lower(open);
    return { ...out, ...this.#properties(schema) };
  }

  #properties(schema: JsonObject): JsonObject {
    const names = isArray(schema["required"]) ? schema["required"].filter((name) => typeof name === "string") : [];
    const given = isObject(schema["properties"]) ? schema["properties"] : {};
    const lowered = new Map(Object.entries(given).map(([name, inner]) => [name, this.lower(inner)]));
    // A required member that is described nowhere is refused by some versions.
    for (const name of names) if (!lowered.has(name)) lowered.set(name, {});
    if (lowered.size === 0) return isObject(schema["properties"]) ? { properties: {} } : {};
    const ordering = schema["propertyOrdering"] ?? schema["property_ordering"];
    return withoutUndefined({
      properties: Object.fromEntries(lowered),
      required: names.length > 0 ? names : undefined,
      propertyOrdering: lowered.size > 1 ? (isArray(ordering) ? ordering : [...lowered.keys()]) : undefined,
    });
  }

  /** Beside a `$ref` nothing else may stand, so its siblings go around it. */
  #lowerReference(ref: string, schema: JsonObject): JsonObject {
    const { $ref: _, ...beside } = schema;
    const around = this.#lowerKeywords(beside);
    const name = this.#define(ref);
    if (name === null) return this.#lose("$ref", around);
    const reference = { $ref: `#/$defs/${name}` };
    const meaning = Object.keys(around).filter((key) => key !== "title");
    if (meaning.length === 0) return reference;
    const others = around["anyOf"];
    return { ...around, anyOf: [reference, ...(isArray(others) ? others : [])] };
  }

  /** The name under which the target of a reference stands in `$defs`; null where there is no such target. */
  #define(ref: string): string | null {
    const target = this.#resolve(ref);
    if (target === null) return null;
    const plain = /^#\/(?:\$defs|definitions)\/([A-Za-z0-9_.-]+)$/.exec(ref)?.[1];
    const name = plain ?? (ref === "#" ? "Root" : `Definition_${shortHash(ref)}`);
    if (!this.#definitions.has(name)) {
      this.#definitions.set(name, null);
      this.#definitions.set(name, this.lower(target));
    }
    return name;
  }

  #resolve(ref: string): JsonObject | null {
    if (ref !== "#" && !ref.startsWith("#/")) return null;
    let place: Json | undefined = this.#root;
    for (const step of ref.slice(1).split("/").slice(1)) {
      const key = decodeStep(step);
      if (isArray(place)) place = place[Number(key)];
      else place = isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined;
    }
    if (!isObject(place)) return null;
    if (place !== this.#root) return place;
    const { $defs: _, definitions: __, ...root } = place;
    return root;
  }

  #lose(keyword: string, schema: JsonObject): JsonObject {
    this.#lost.add(keyword);
    return schema;
  }
}

/** A step of a JSON pointer in a URI fragment. */
function decodeStep(step: string): string {
  let text = step;
  try {
    text = decodeURIComponent(step);
  } catch {
    // Not percent-encoded then.
  }
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}

function allowNull(schema: JsonObject, nullable: boolean): JsonObject {
  if (!nullable) return schema;
  const type = schema["type"];
  if (typeof type === "string") return type === "null" ? schema : { ...schema, type: [type, "null"] };
  if (isArray(type)) return type.includes("null") ? schema : { ...schema, type: [...type, "null"] };
  const branches = schema["anyOf"];
  return isArray(branches) ? { ...schema, anyOf: [...branches, { type: "null" }] } : schema;
}
