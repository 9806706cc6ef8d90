// Checks JSON against OpenAI's published API description, if present at `../shared/specs/openai-openapi.json`. The
// description is version 3.1, but uses 3.0's `nullable` in some places, and its `oneOf` alternatives overlap (a message
// of the input is described twice): both are converted to JSON Schema here.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const file = fileURLToPath(new URL("../../../shared/specs/openai-openapi.json", import.meta.url));

/** Why checks against the description are skipped; empty if they run. */
export const openapiMissing: string = existsSync(file)
  ? ""
  : "OpenAI's API description is not present at ../shared/specs";

/** Finds the errors of a value by the name of a schema, as lines `path message`; empty if valid. */
export interface SchemaChecker {
  faults(schema: string, value: unknown): string[];
}

/** Reads the description, once per call: make one checker per test file. */
export function openSchemas(): SchemaChecker {
  const description = JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Record<string, unknown> } };
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  addFormats.default(ajv);
  const schemas = Object.fromEntries(
    Object.entries(description.components.schemas).map(([name, schema]) => [name, withNull(schema)]),
  );
  ajv.addSchema({ $id: "openai", components: { schemas } });
  const compiled = new Map<string, ValidateFunction>();
  return {
    faults(schema, value) {
      const check = compiled.get(schema) ?? ajv.compile({ $ref: `openai#/components/schemas/${schema}` });
      compiled.set(schema, check);
      if (check(value) === true) return [];
      return (check.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? error.keyword}`);
    },
  };
}

type Described = Readonly<Record<string, unknown>>;

const asList = (value: unknown): readonly Described[] => (Array.isArray(value) ? (value as Described[]) : []);
const asObject = (value: unknown): Described =>
  typeof value === "object" && value !== null ? (value as Described) : {};

/** Knows the names of an object's members, by the path in a schema. */
export interface MemberFinder {
  /** Sorted. `place`: members with a dot between them, and the kind after a colon, from `type` or `role`. */
  membersAt(place: string): string[];
}

/** Reads the description, once per call. Lists are skipped over to their items. */
export function openMembers(schema: string): MemberFinder {
  const { components } = JSON.parse(readFileSync(file, "utf8")) as { components: { schemas: Described } };
  const objectsIn = (given: Described): readonly Described[] => {
    const { $ref: way } = given;
    const name = typeof way === "string" ? /[^/]+$/u.exec(way)?.[0] : undefined;
    const one = name === undefined ? given : asObject(components.schemas[name]);
    const all = asList(one["allOf"]).flatMap(objectsIn);
    if (all.length > 0) return [{ properties: Object.assign({}, ...all.map(propertiesOf)) as Described }];
    const ways = [...asList(one["oneOf"]), ...asList(one["anyOf"])];
    if (ways.length > 0) return ways.flatMap(objectsIn);
    return one["items"] === undefined ? [one] : objectsIn(asObject(one["items"]));
  };
  const below = (objects: readonly Described[], step: string): readonly Described[] => {
    const [name = "", kind] = step.split(":");
    const inner = objects.flatMap((one) => objectsIn(asObject(propertiesOf(one)[name])));
    return kind === undefined ? inner : inner.filter((one) => kindsOf(one).includes(kind));
  };
  const root = objectsIn(asObject(components.schemas[schema]));
  return {
    membersAt(place) {
      const found = place === "" ? root : place.split(".").reduce(below, root);
      return [...new Set(found.flatMap((one) => Object.keys(propertiesOf(one))))].toSorted();
    },
  };
}

function propertiesOf(one: Described): Described {
  return asObject(one["properties"]);
}

function kindsOf(one: Described): unknown[] {
  const { role, type } = propertiesOf(one);
  return [role, type].flatMap((each) => asObject(each)["enum"] ?? []);
}

/** `nullable: true` as a union with null, `oneOf` as `anyOf`; everything else unchanged. */
function withNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNull);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, withNull(inner)]);
  const { nullable, oneOf, ...others } = Object.fromEntries(entries);
  const schema = oneOf === undefined ? others : { anyOf: oneOf, ...others };
  return nullable === true ? { anyOf: [schema, { type: "null" }] } : schema;
}
