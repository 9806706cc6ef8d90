// Whether the schemas of this protocol's own client can go unchanged. Its older dialect answers 400 to every unknown
// field; of real JSON Schema, only a reference without a target is refused. Other schemas are decoded and written as
// JSON Schema.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import { isArray, isObject, membersOf } from "../../shared/read.ts";
import { geminiDialect } from "../../shared/tool-schema/dialects.ts";
import { mayHoldRefused } from "../../shared/tool-schema/refused.ts";
import { lower } from "../../shared/tool-schema/lower.ts";
import { objectsInMembers } from "../features/members.ts";
import { withCamelSpelling } from "../features/spelling.ts";

const settings = ["generationConfig", "generation_config"] as const;

export function ownSchemasFit(request: RawMembers, target: TargetFacts): boolean {
  return (
    !mayHoldRefused(request, target, ["tools", ...settings]) &&
    memoized(request, "tools", toolsFit) &&
    settings.every((name) => memoized(request, name, formatFits))
  );
}

function memoized(request: RawMembers, name: string, fits: (value: Json | undefined) => boolean): boolean {
  if (!request.has(name)) return true;
  const find = (): boolean => fits(request.read(name));
  return request.memoize?.("gemini-generate schemas", name, find) ?? find();
}

function toolsFit(tools: Json | undefined): boolean {
  return objectsInMembers(tools)
    .flatMap((tool) => objectsInMembers(withCamelSpelling(tool)["functionDeclarations"]))
    .every((declaration) => {
      const { parameters, parametersJsonSchema } = withCamelSpelling(declaration);
      return isOlder(parameters) && isTaken(parametersJsonSchema);
    });
}

function formatFits(config: Json | undefined): boolean {
  const { responseSchema, responseJsonSchema } = withCamelSpelling(membersOf(config));
  return isOlder(responseSchema) && isTaken(responseJsonSchema);
}

function isTaken(schema: Json | undefined): boolean {
  return !isObject(schema) || !lower(schema, geminiDialect, { root: "object", own: true }).changed;
}

/** Source: `Schema` in Google's `@google/genai` 3.1.0; "Unknown name … Cannot find field" (zed-industries/zed#44875). */
const olderFields: ReadonlySet<string> = new Set(
  [
    "type format title description nullable enum maxItems minItems properties required minProperties maxProperties",
    "minLength maxLength pattern example anyOf propertyOrdering default items minimum maximum",
  ]
    .join(" ")
    .split(" "),
);

/** A schema in the older dialect with fields of that dialect only. */
function isOlder(root: Json | undefined): boolean {
  const open: JsonObject[] = isObject(root) ? [root] : [];
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    const members = withCamelSpelling(schema);
    const { type, properties, items, anyOf, enum: values } = members;
    if (isArray(type) || Object.keys(members).some((key) => !olderFields.has(key))) return false;
    if (isArray(values) && values.some((value) => typeof value !== "string")) return false;
    const inner = [...Object.values(membersOf(properties)), items, ...(isArray(anyOf) ? anyOf : [])];
    for (const one of inner) if (isObject(one)) open.push(one);
  }
  return true;
}
