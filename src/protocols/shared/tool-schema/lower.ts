// The only lowering of JSON Schema: it adds, folds, corrects or describes what a dialect does not take, and records it.
// It walks a schema once. References are followed from a list, and inlined text is bounded, so that the cost grows with
// the schema's length only. It must never rename a member, nor change its input.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject, stringOr } from "../read.ts";
import { closeObject, isObjectNode } from "./closing.ts";
import { relaxCycles } from "./cycles.ts";
import { Definitions, isRecursive } from "./definitions.ts";
import type { Dialect, Treatment } from "./dialect.ts";
import { finishNode, lacksItems, type NodeContext, type OpenNode, refuses, typedBranches } from "./finish.ts";
import { mergeAllOf } from "./merge.ts";
import { Notes } from "./notes.ts";
import { definitionName, isAnchor, References } from "./references.ts";
import { objectRoot } from "./root.ts";
import { oneSchema, schemaList, schemaMap } from "./vocabulary.ts";
import { wellFormed } from "./well-formed.ts";
import { extendDescription, isTrivial, sentence } from "./words.ts";

export interface Lowered {
  /** The same object if its own target takes all of it. */
  readonly schema: JsonObject;
  /** The dialect can express such a schema; if not, ignore the result. */
  readonly possible: boolean;
  readonly notes: Notes;
  /** Whether the target would refuse the input. Reliable for `own` schemas only. */
  readonly changed: boolean;
}

export interface Wish {
  /** Arguments are always an object; an answer is one if its schema allows that. */
  readonly root: "object" | "answer" | "any";
  /** The target's own client wrote it: only what is known to be refused is changed. */
  readonly own?: boolean | undefined;
}

export function lower(schema: JsonObject, dialect: Dialect, { root, own = false }: Wish): Lowered {
  const lowering = new Lowering(schema, dialect, own);
  const lowered = lowering.whole(root);
  const { possible, notes } = lowering;
  const changed = !possible || !notes.isEmpty;
  return { schema: own && !changed ? schema : lowered, possible, notes, changed };
}

/** Deeper schemas accept anything. */
const deepest = 256;
/** The most characters that may be inlined for references, in total. */
const mostInPlace = 256 * 1024;

class Lowering {
  readonly notes: Notes = new Notes();
  possible = true;
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
  /** The root is not where references expect it. */
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
    this.#definitions.reportSources(lowered, this.notes);
    if (lowered.size === 0) return root;
    const relaxed = this.#dialect.recursion === "optional" && !this.#own ? relaxCycles(lowered) : null;
    if (relaxed?.hasLost === true) this.notes.add("description", "required");
    const own = root["$defs"];
    const definitions = Object.fromEntries(relaxed?.definitions ?? lowered);
    return { ...root, $defs: isObject(own) ? { ...own, ...definitions } : definitions };
  }

  /** Any value where a schema is allowed. */
  #any(value: Json): Json {
    const { unbound } = this.#dialect;
    if (isObject(value)) return this.#node(value);
    if (unbound === "kept" || this.#lenient) return value;
    if (unbound === "impossible") this.possible = false;
    if (value !== false) {
      this.notes.add("folded", "true");
      return {};
    }
    this.notes.add("description", "false");
    return { description: "No value is allowed here." };
  }

  #node(original: JsonObject): JsonObject {
    if (this.#depth >= deepest) {
      this.notes.add("description", "depth");
      return {};
    }
    this.#depth += 1;
    const { schema, mended } = this.#lenient ? { schema: original, mended: [] } : wellFormed(original);
    for (const key of mended) this.notes.add("mended", key);
    const merges = schema["allOf"] !== undefined && this.#treatment("allOf") === "folded";
    const lowered = merges ? this.#mergeNode(original, schema) : this.#lowerNode(schema);
    this.#depth -= 1;
    return lowered;
  }

  /** Inlines the references in `allOf`: one that contains itself would never end. */
  #mergeNode(original: JsonObject, schema: JsonObject): JsonObject {
    if (this.#merging.has(original)) {
      this.notes.add("description", "allOf");
      return {};
    }
    this.#merging.add(original);
    const { schema: merged, conflicts, lostWords } = mergeAllOf(schema, (ref) => this.#resolveInPlace(ref));
    for (const key of lostWords) this.notes.add("dropped", key);
    if (conflicts.length > 0) {
      if (this.#dialect.closing !== null) this.possible = false;
      this.notes.add("description", "allOf");
    } else this.notes.add("folded", "allOf");
    const lowered = this.#lowerNode(merged);
    this.#merging.delete(original);
    return lowered;
  }

  #lowerNode(schema: JsonObject): JsonObject {
    const ref = schema["$ref"];
    return typeof ref === "string" ? this.#reference(ref, schema) : this.#keywords(schema);
  }

  #reference(ref: string, schema: JsonObject): JsonObject {
    const { $ref: _, ...beside } = schema;
    const isFound = this.#references.resolve(ref) !== null;
    if (!isFound && this.#dialect.findsReferences) {
      this.notes.add("description", "$ref");
      return this.#keywords(beside);
    }
    const pointer = isFound ? this.#pointer(ref) : ref;
    if (!this.#dialect.bareReferences || this.#lenient) return this.#keywords({ ...schema, $ref: pointer });
    const around = this.#keywords(beside, true);
    // A `$ref` must be alone there, so its siblings go around it.
    if (Object.keys(around).every((key) => key === "title")) {
      if (around["title"] !== undefined) this.notes.add("dropped", "title");
      return { $ref: pointer };
    }
    this.notes.add("folded", "$ref");
    const others = around["anyOf"];
    return { ...around, anyOf: [{ $ref: pointer }, ...(isArray(others) ? others : [])] };
  }

  #pointer(ref: string): string {
    const { collectsDefinitions, definesTargets } = this.#dialect;
    if (collectsDefinitions && !this.#own) return this.#define(ref);
    if (ref === "#" || definitionName(ref) !== null) return ref;
    const isDefined = isAnchor(ref) && !this.#own;
    if (!isDefined && !this.#moved && (!definesTargets || this.#lenient)) return ref;
    return this.#define(ref);
  }

  #define(ref: string): string {
    const pointer = this.#definitions.define(ref);
    if (pointer !== ref) this.notes.add("folded", "$ref");
    return pointer;
  }

  #resolveInPlace(ref: string): JsonObject | null {
    const target = this.#references.resolve(ref);
    if (target === null) return null;
    this.#inPlace += this.#references.sizeOf(target);
    return this.#inPlace > mostInPlace ? null : target;
  }

  #keywords(original: JsonObject, isBeside: boolean = false): JsonObject {
    const context = { dialect: this.#dialect, notes: this.notes, own: this.#own };
    const schema = typedBranches(original, context);
    const node: OpenNode = { original: schema, out: new Map<string, Json>(), words: [] };
    const { out, words } = node;
    for (const key of Object.keys(schema)) {
      const value = schema[key];
      if (value === undefined) continue;
      switch (this.#treatmentOf(key, value)) {
        case "kept":
          out.set(key, this.#keepValue(key, value));
          break;
        case "described":
          if (isTrivial(key, value)) this.notes.add("dropped", key);
          else {
            words.push(sentence(key, value));
            this.notes.add("description", key);
          }
          break;
        case "impossible":
          this.possible = false;
          break;
        case "folded":
          this.#fold(key, value, node);
          break;
        case "dropped":
          this.notes.add("dropped", key);
          break;
      }
    }
    // A schema without a type is fine beside a reference.
    if (this.#dialect.unbound === "impossible" && !isBeside) this.#demandType(schema, out);
    return this.#finish(node, context);
  }

  /** The dialect cannot express "anything". */
  #demandType(original: JsonObject, out: Map<string, Json>): void {
    if (lacksItems(out)) this.possible = false;
    if (["type", "anyOf", "enum", "const", "$ref"].some((key) => out.has(key))) return;
    if (!isObjectNode(original)) this.possible = false;
    else {
      this.notes.add("added", "type");
      out.set("type", "object");
    }
  }

  /** The last steps fold values and limits, and report it themselves. */
  #fold(key: string, value: Json, { original, out }: OpenNode): void {
    if (key === "oneOf") {
      // Both keywords together would require both.
      if (original["anyOf"] !== undefined) this.possible = false;
      out.set("anyOf", this.#keepValue(key, value));
      this.notes.add("folded", key);
    } else if (key === "nullable") this.notes.add(value === true ? "folded" : "dropped", key);
    else if (key === "$defs" || key === "definitions")
      this.#definitions.collect({ key, value, isAtRoot: this.#depth === 1 });
  }

  #finish(node: OpenNode, context: NodeContext): JsonObject {
    const { closing } = this.#dialect;
    const { original, out, words } = node;
    if (!this.#lenient) finishNode(node, context);
    if (words.length > 0) out.set("description", extendDescription(original["description"], words) ?? "");
    const lowered = Object.fromEntries(out);
    if (closing === null || !isObjectNode(original)) return lowered;
    const closed = closeObject(original, lowered, closing);
    if (!closed.possible) this.possible = false;
    if (original["additionalProperties"] !== false) this.notes.add("added", "additionalProperties");
    if (closing.required === "all" && closed.optional > 0) this.notes.add("added", "required");
    if (closing.required === "all" && lowered["properties"] === undefined) this.notes.add("added", "properties");
    this.#optional += closed.optional;
    return closed.schema;
  }

  #keepValue(key: string, value: Json): Json {
    // Booleans are allowed there everywhere.
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

  /** Patterns, formats and limits are taken or not, depending on their value. */
  #treatmentOf(key: string, value: Json): Treatment {
    const { formats, closing, mostFewest } = this.#dialect;
    const treatment = this.#treatment(key);
    if (key === "pattern" && treatment === "kept" && typeof value === "string")
      return refuses(this.#dialect, value) ? "described" : "kept";
    if (key === "format" && treatment === "kept" && formats !== null)
      return formats.has(stringOr(value, "")) ? "kept" : "described";
    if (key === "minItems" && treatment === "kept" && mostFewest !== null)
      return Number(value) <= mostFewest ? "kept" : "described";
    // A model can read a number, a word or a boolean in text; a keyword with schemas changes the meaning.
    if (treatment === "described" && closing?.required === "all" && typeof value === "object") return "impossible";
    return treatment;
  }
}
