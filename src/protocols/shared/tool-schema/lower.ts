// The one lowering of JSON Schema: what a dialect does not take is added, folded, mended or told in words, and noted. It
// walks a schema once; references are followed from a list, and what is put in their place is bounded, so that no schema
// costs more than it is long. It never renames a member, and never changes the schema it was given.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject, stringOr } from "../read.ts";
import { closeObject, isObjectNode } from "./closing.ts";
import { relaxCycles } from "./cycles.ts";
import { Definitions, isRecursive } from "./definitions.ts";
import type { Dialect, Treatment } from "./dialect.ts";
import { finishNode, lacksItems, type NodeContext, type OpenNode, refuses, typedBranches } from "./finish.ts";
import { mergeAllOf } from "./merge.ts";
import { Notes } from "./notes.ts";
import { definitionName, References } from "./references.ts";
import { objectRoot } from "./root.ts";
import { oneSchema, schemaList, schemaMap } from "./vocabulary.ts";
import { wellFormed } from "./well-formed.ts";
import { extendDescription, saysNothing, sentence } from "./words.ts";

export interface Lowered {
  /** The very schema that was given where its own target takes all of it. */
  readonly schema: JsonObject;
  /** The dialect has a form of such a schema: else what came out is none. */
  readonly possible: boolean;
  readonly notes: Notes;
  /** Whether the target would refuse what was given. Told reliably for `own` schemas only. */
  readonly changed: boolean;
}

export interface Wish {
  /** Arguments are an object whatever their schema says; an answer is one where its schema allows that. */
  readonly root: "object" | "answer" | "any";
  /** The target's own client wrote it: only what is known to be refused is touched. */
  readonly own?: boolean | undefined;
}

export function lower(schema: JsonObject, dialect: Dialect, { root, own = false }: Wish): Lowered {
  const lowering = new Lowering(schema, dialect, own);
  const lowered = lowering.whole(root);
  const { possible, notes, touched } = lowering;
  const changed = touched || !possible || !notes.isEmpty;
  return { schema: own && !changed ? schema : lowered, possible, notes, changed };
}

/** Schemas nested deeper than this mean anything. */
const deepest = 256;
/** Characters that may be put in the place of references in all. */
const mostInPlace = 256 * 1024;
/** Worth a word, but nothing is lost with them. */
const hints: ReadonlySet<string> = new Set(["default", "examples", "example"]);

class Lowering {
  readonly notes: Notes = new Notes();
  possible = true;
  /** Something was closed or required that was not before. */
  touched = false;
  readonly #root: JsonObject;
  readonly #dialect: Dialect;
  readonly #own: boolean;
  /** Hardly anything is known to be refused. */
  readonly #lenient: boolean;
  readonly #references: References;
  readonly #definitions: Definitions;
  /** Schemas with an `allOf` that are being lowered. */
  readonly #merging = new Set<JsonObject>();
  #depth = 0;
  #inPlace = 0;
  #optional = 0;
  /** The root is not where references look for it. */
  #moved = false;

  constructor(root: JsonObject, dialect: Dialect, own: boolean) {
    this.#root = root;
    this.#dialect = dialect;
    this.#own = own;
    this.#lenient = own && dialect.careful === "all";
    this.#references = new References(root);
    this.#definitions = new Definitions(this.#references);
  }

  whole(kind: Wish["root"]): JsonObject {
    const dialect = this.#dialect;
    if (dialect.recursion === "impossible" && isRecursive(this.#root, this.#references)) this.possible = false;
    const resolve = (ref: string): JsonObject | null => this.#resolveInPlace(ref);
    const opened =
      kind === "any" || this.#lenient ? null : objectRoot(this.#root, { dialect, notes: this.notes, resolve });
    if (kind === "answer" && opened?.isObject === false) this.possible = false;
    if (dialect.closing !== null && opened?.binds === false) this.possible = false;
    const start = opened?.schema ?? this.#root;
    this.#moved = ["$ref", "allOf", "anyOf", "oneOf"].some((key) => this.#root[key] !== start[key]);
    const lowered = this.#node(start);
    const most = dialect.closing?.required;
    if (typeof most === "object" && this.#optional > most.mostOptional) this.possible = false;
    return this.#withDefinitions(lowered);
  }

  #withDefinitions(root: JsonObject): JsonObject {
    const lowered = this.#definitions.drain((target) => this.#node(target));
    if (lowered.size === 0) return root;
    const relaxed = this.#dialect.recursion === "optional" && !this.#own ? relaxCycles(lowered) : null;
    if (relaxed?.lost === true) this.notes.add("description", "required");
    const own = root["$defs"];
    const definitions = Object.fromEntries(relaxed?.definitions ?? lowered);
    return { ...root, $defs: isObject(own) ? { ...own, ...definitions } : definitions };
  }

  /** What stands where a schema may. */
  #any(value: Json): Json {
    const { unbound } = this.#dialect;
    if (isObject(value)) return this.#node(value);
    if (unbound === "kept" || this.#lenient) return value;
    if (unbound === "impossible") this.possible = false;
    if (value !== false) return {};
    this.notes.add("description", "false");
    return { description: "No value is allowed here." };
  }

  #node(given: JsonObject): JsonObject {
    if (this.#depth >= deepest) {
      this.notes.add("description", "depth");
      return {};
    }
    this.#depth += 1;
    const { schema, mended } = this.#lenient ? { schema: given, mended: [] } : wellFormed(given);
    for (const key of mended) this.notes.add("mended", key);
    const merges = schema["allOf"] !== undefined && this.#treatment("allOf") === "folded";
    const lowered = merges ? this.#mergeNode(given, schema) : this.#lowerNode(schema);
    this.#depth -= 1;
    return lowered;
  }

  /** What `allOf` refers to is put in its place: one that holds itself would never end. */
  #mergeNode(given: JsonObject, schema: JsonObject): JsonObject {
    if (this.#merging.has(given)) {
      this.notes.add("description", "allOf");
      return {};
    }
    this.#merging.add(given);
    const { schema: merged, conflicts } = mergeAllOf(schema, (ref) => this.#resolveInPlace(ref));
    if (conflicts.length > 0) {
      if (this.#dialect.closing !== null) this.possible = false;
      this.notes.add("description", "allOf");
    }
    if (this.#own) this.notes.add("folded", "allOf");
    const lowered = this.#lowerNode(merged);
    this.#merging.delete(given);
    return lowered;
  }

  #lowerNode(schema: JsonObject): JsonObject {
    const ref = schema["$ref"];
    return typeof ref === "string" ? this.#reference(ref, schema) : this.#keywords(schema);
  }

  #reference(ref: string, schema: JsonObject): JsonObject {
    const { $ref: _, ...beside } = schema;
    const found = this.#references.resolve(ref) !== null;
    if (!found && this.#dialect.findsReferences) {
      this.notes.add("description", "$ref");
      return this.#keywords(beside);
    }
    const pointer = found ? this.#pointer(ref) : ref;
    if (!this.#dialect.bareReferences || this.#lenient) return this.#keywords({ ...schema, $ref: pointer });
    const around = this.#keywords(beside, true);
    // Beside a `$ref` nothing else may stand, so its siblings go around it.
    if (Object.keys(around).every((key) => key === "title")) return { $ref: pointer };
    if (this.#own) this.notes.add("folded", "$ref");
    const others = around["anyOf"];
    return { ...around, anyOf: [{ $ref: pointer }, ...(isArray(others) ? others : [])] };
  }

  #pointer(ref: string): string {
    const { collectsDefinitions, definesTargets } = this.#dialect;
    if (collectsDefinitions && !this.#own) return this.#definitions.define(ref);
    if (ref === "#" || definitionName(ref) !== null) return ref;
    if (!this.#moved && (!definesTargets || this.#lenient)) return ref;
    if (this.#own) this.notes.add("folded", "$ref");
    return this.#definitions.define(ref);
  }

  #resolveInPlace(ref: string): JsonObject | null {
    const target = this.#references.resolve(ref);
    if (target === null) return null;
    this.#inPlace += this.#references.sizeOf(target);
    return this.#inPlace > mostInPlace ? null : target;
  }

  #keywords(given: JsonObject, isBeside: boolean = false): JsonObject {
    const context = { dialect: this.#dialect, notes: this.notes, own: this.#own };
    const schema = typedBranches(given, context);
    const out = new Map<string, Json>();
    const words: string[] = [];
    for (const key of Object.keys(schema)) {
      const value = schema[key];
      if (value === undefined) continue;
      switch (this.#treatmentOf(key, value)) {
        case "kept":
          out.set(key, this.#kept(key, value));
          break;
        case "described":
          if (saysNothing(key, value)) break;
          words.push(sentence(key, value));
          if (!hints.has(key)) this.notes.add("description", key);
          break;
        case "impossible":
          this.possible = false;
          break;
        case "folded":
          if (key === "oneOf") this.#asAnyOf(schema, value, out);
          break;
        case "dropped":
          break;
      }
    }
    // Anything is not asked for where a reference stands beside it.
    if (this.#dialect.unbound === "impossible" && !isBeside) this.#demandType(schema, out);
    return this.#finish({ given: schema, out, words }, context);
  }

  /** Where anything would do, there is no form. */
  #demandType(given: JsonObject, out: Map<string, Json>): void {
    if (lacksItems(out)) this.possible = false;
    if (["type", "anyOf", "enum", "const", "$ref"].some((key) => out.has(key))) return;
    if (!isObjectNode(given)) this.possible = false;
    else {
      this.notes.add("added", "type");
      out.set("type", "object");
    }
  }

  #asAnyOf(schema: JsonObject, value: Json, out: Map<string, Json>): void {
    // Both at once would mean both.
    if (schema["anyOf"] !== undefined) this.possible = false;
    this.touched = true;
    out.set("anyOf", this.#kept("oneOf", value));
  }

  #finish(node: OpenNode, context: NodeContext): JsonObject {
    const { closing } = this.#dialect;
    const { given, out, words } = node;
    if (!this.#lenient) finishNode(node, context);
    if (words.length > 0) out.set("description", extendDescription(given["description"], words) ?? "");
    const lowered = Object.fromEntries(out);
    if (closing === null || !isObjectNode(given)) return lowered;
    const closed = closeObject(given, lowered, closing);
    if (!closed.possible) this.possible = false;
    if (given["additionalProperties"] !== false) this.touched = true;
    if (closing.required === "all" && closed.optional > 0) this.touched = true;
    this.#optional += closed.optional;
    return closed.schema;
  }

  #kept(key: string, value: Json): Json {
    // There a yes and a no are taken everywhere.
    if (oneSchema.has(key)) return typeof value === "boolean" && key.endsWith("Properties") ? value : this.#any(value);
    if (schemaList.has(key) && isArray(value)) return value.map((one) => this.#any(one));
    if (!schemaMap.has(key) || !isObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#any(one ?? {})]));
  }

  #treatment(key: string): Treatment {
    const { keywords, others, careful } = this.#dialect;
    const treatment = keywords[key] ?? (key.startsWith("x-") && others !== "kept" ? "dropped" : others);
    if (this.#own && treatment !== "kept" && (careful === "all" || careful.has(key))) return "kept";
    return treatment;
  }

  /** Patterns, formats and limits may be taken or not, as their value is. */
  #treatmentOf(key: string, value: Json): Treatment {
    const { formats, closing, mostFewest } = this.#dialect;
    const treatment = this.#treatment(key);
    if (key === "pattern" && treatment === "kept" && typeof value === "string")
      return refuses(this.#dialect, value) ? "described" : "kept";
    if (key === "format" && formats !== null) return formats.has(stringOr(value, "")) ? "kept" : "described";
    if (key === "minItems" && mostFewest !== null) return Number(value) <= mostFewest ? "kept" : "described";
    // A number, a word or a yes can be read by the model; what holds schemas changes what is meant.
    if (treatment === "described" && closing?.required === "all" && typeof value === "object") return "impossible";
    return treatment;
  }
}
