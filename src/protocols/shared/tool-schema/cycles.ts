// Recursive definitions for targets that allow them in optional members only: a required member that leads back to its
// own definition becomes optional. Input: lowered schemas, whose references all lead to definitions at the root.
import type { Json, JsonObject } from "../../../core/json.ts";
import { isArray, isObject } from "../read.ts";
import { circlesIn, definitionName, referencesIn } from "./references.ts";
import { describe } from "./words.ts";

type CyclicDefinitions = ReadonlyMap<string, JsonObject>;

/** The definitions with such members relaxed, and whether there was one. */
export function relaxCycles(definitions: CyclicDefinitions): {
  readonly definitions: CyclicDefinitions;
  readonly hasLost: boolean;
} {
  const names = (schema: JsonObject): ReadonlySet<string> =>
    new Set([...referencesIn(schema)].map((ref) => definitionName(ref) ?? ref));
  const circles = circlesIn(new Map([...definitions].map(([name, schema]) => [name, names(schema)])));
  let hasLost = false;
  const relaxed = new Map<string, JsonObject>();
  for (const [name, schema] of definitions) {
    const circle = circles.get(name);
    const relaxing = new Relaxing((ref) => circle !== undefined && circles.get(definitionName(ref) ?? "") === circle);
    const { part } = circle === undefined ? { part: schema } : relaxing.walk(schema);
    relaxed.set(name, part as JsonObject);
    hasLost ||= relaxing.hasLost;
  }
  return { definitions: relaxed, hasLost };
}

interface Walked {
  readonly part: Json;
  /** It contains a reference that leads back. */
  readonly leadsBack: boolean;
}

class Relaxing {
  hasLost = false;
  readonly #leadsBack: (ref: string) => boolean;

  constructor(leadsBack: (ref: string) => boolean) {
    this.#leadsBack = leadsBack;
  }

  walk(part: Json): Walked {
    if (isArray(part)) {
      const items = part.map((item) => this.walk(item));
      return { part: items.map((item) => item.part), leadsBack: items.some((item) => item.leadsBack) };
    }
    if (!isObject(part)) return { part, leadsBack: false };
    const members = Object.entries(part).map(
      ([key, value]) => [key, value === undefined || key === "enum" ? null : this.walk(value)] as const,
    );
    const ref = part["$ref"];
    const leadsBack = members.some(([, inner]) => inner?.leadsBack === true);
    const inner = Object.fromEntries(members.map(([key, walked]) => [key, walked === null ? part[key] : walked.part]));
    return {
      part: leadsBack ? this.#relax(inner, part) : inner,
      leadsBack: leadsBack || (typeof ref === "string" && this.#leadsBack(ref)),
    };
  }

  #relax(inner: JsonObject, part: JsonObject): JsonObject {
    const { required, ...rest } = inner;
    const properties = part["properties"];
    if (!isArray(required) || !isObject(properties)) return inner;
    const names = required.filter((name) => typeof name === "string");
    const cyclic = new Set(names.filter((name) => this.#holdsReference(properties[name])));
    if (cyclic.size === 0) return inner;
    this.hasLost = true;
    const requiredNames = names.filter((name) => !cyclic.has(name));
    const words = [`Always give: ${[...cyclic].join(", ")}.`];
    return { ...describe(rest, words), ...(requiredNames.length > 0 ? { required: requiredNames } : {}) };
  }

  #holdsReference(part: Json | undefined): boolean {
    return [...referencesIn(part)].some((ref) => this.#leadsBack(ref));
  }
}
