// Whether a value is what a JSON Schema asks for, as far as answers of models go wrong: kinds, members, items, choices.
// Keywords that it does not know it passes over: it may take what a full validator would refuse, never the other way.
import type { Json, JsonObject } from "../core/json.ts";

/** Schemas that lead to themselves stop here; no answer of use nests deeper. */
const DEEPEST = 64;
/** Choices within choices multiply: beyond so many steps what is left is taken as right. */
const MOST_STEPS = 50_000;

/** The place and the words of the first thing that is wrong; null where nothing is. */
export function findMismatch(value: Json, schema: JsonObject): string | null {
  return new SchemaCheck(schema).find(value, { schema, at: "", depth: 0 });
}

interface Step {
  readonly schema: Json | undefined;
  /** `.a[0].b` */
  readonly at: string;
  readonly depth: number;
}

class SchemaCheck {
  readonly #root: JsonObject;
  #steps = 0;

  constructor(root: JsonObject) {
    this.#root = root;
  }

  find(value: Json, { schema, at, depth }: Step): string | null {
    if (schema === false) return `${place(at)} must not be there`;
    this.#steps += 1;
    if (!isObject(schema) || depth > DEEPEST || this.#steps > MOST_STEPS) return null;
    const inner = (next: Json | undefined): Step => ({ schema: next, at, depth: depth + 1 });
    const reference = schema["$ref"];
    if (typeof reference === "string") {
      const wrong = this.find(value, inner(this.#resolve(reference)));
      if (wrong !== null) return wrong;
    }
    return (
      wrongKind(value, schema, at) ??
      wrongChoice(value, schema, at) ??
      this.#wrongCombination(value, schema, inner) ??
      (isObject(value) ? this.#wrongMember(value, schema, { at, depth }) : null) ??
      (isList(value) ? this.#wrongItem(value, schema, { at, depth }) : null)
    );
  }

  #wrongCombination(value: Json, schema: JsonObject, inner: (next: Json | undefined) => Step): string | null {
    for (const part of listOf(schema["allOf"])) {
      const wrong = this.find(value, inner(part));
      if (wrong !== null) return wrong;
    }
    for (const keyword of ["anyOf", "oneOf"]) {
      const choices = listOf(schema[keyword]);
      if (choices.length === 0) continue;
      const wrongs = choices.map((choice) => this.find(value, inner(choice)));
      if (!wrongs.includes(null)) return wrongs[0] ?? null;
    }
    return null;
  }

  #wrongMember(value: JsonObject, schema: JsonObject, { at, depth }: Omit<Step, "schema">): string | null {
    for (const name of listOf(schema["required"])) {
      if (typeof name === "string" && !Object.hasOwn(value, name)) return `${place(`${at}.${name}`)} is missing`;
    }
    const properties = isObject(schema["properties"]) ? schema["properties"] : {};
    const patterns = schema["patternProperties"] !== undefined;
    for (const name of Object.keys(value)) {
      const known = Object.hasOwn(properties, name);
      const next = known ? properties[name] : patterns ? undefined : schema["additionalProperties"];
      const wrong = this.find(value[name] ?? null, { schema: next, at: `${at}.${name}`, depth: depth + 1 });
      if (wrong !== null) return wrong;
    }
    return null;
  }

  #wrongItem(value: readonly Json[], schema: JsonObject, { at, depth }: Omit<Step, "schema">): string | null {
    const [least, most] = [schema["minItems"], schema["maxItems"]];
    if (typeof least === "number" && value.length < least) return `${place(at)} has fewer than ${least} items`;
    if (typeof most === "number" && value.length > most) return `${place(at)} has more than ${most} items`;
    const first = listOf(schema["prefixItems"]);
    for (const [index, item] of value.entries()) {
      const next = index < first.length ? first[index] : schema["items"];
      const wrong = this.find(item, { schema: next, at: `${at}[${index}]`, depth: depth + 1 });
      if (wrong !== null) return wrong;
    }
    return null;
  }

  /** `#/$defs/name`; what leads elsewhere is not looked at. */
  #resolve(reference: string): Json | undefined {
    if (!reference.startsWith("#")) return undefined;
    let found: Json | undefined = this.#root;
    for (const step of reference.slice(1).split("/").slice(1)) {
      const name = decode(step).replaceAll("~1", "/").replaceAll("~0", "~");
      found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return found;
  }
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

function wrongKind(value: Json, schema: JsonObject, at: string): string | null {
  const type = schema["type"];
  const kinds = (isList(type) ? type : [type]).filter((kind) => typeof kind === "string");
  if (kinds.length === 0 || (schema["nullable"] === true && value === null)) return null;
  const kind = kindOf(value);
  if (kinds.includes(kind) || (kind === "integer" && kinds.includes("number"))) return null;
  return `${place(at)} is ${kind}, not ${kinds.join(" or ")}`;
}

function wrongChoice(value: Json, schema: JsonObject, at: string): string | null {
  const text = JSON.stringify(value);
  const choices = listOf(schema["enum"]);
  if (choices.length > 0 && !choices.some((choice) => JSON.stringify(choice) === text))
    return `${place(at)} is none of the values that are allowed`;
  const only = schema["const"];
  return only !== undefined && JSON.stringify(only) !== text && !isObject(only)
    ? `${place(at)} is not the value that is asked for`
    : null;
}

function kindOf(value: Json): string {
  if (value === null) return "null";
  if (isList(value)) return "array";
  return typeof value === "number" && Number.isInteger(value) ? "integer" : typeof value;
}

function place(at: string): string {
  return at === "" ? "the answer" : at.replace(/^\./u, "").slice(0, 120);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !isList(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
