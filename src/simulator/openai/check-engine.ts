// Schemas at hosts that compile them, with their messages: Groq's validator, Moonshot's flavour of JSON Schema, the
// grammars of llama.cpp, and xgrammar in vLLM. By the names of models that only they serve here. Throws a Complaint.
import { asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { findInSchema, followReference, patternsOf, type SchemaPath } from "../schemas.ts";
import { Complaint } from "./envelope.ts";

export type Engine = "groq" | "moonshot" | "llama.cpp" | "xgrammar";

const engines: readonly (readonly [RegExp, Engine])[] = [
  [/^llama-[\w.-]+-(?:versatile|instant)$/u, "groq"],
  [/^kimi-/u, "moonshot"],
  [/-gguf$/iu, "llama.cpp"],
  [/-fp8$/iu, "xgrammar"],
];

export function engineOf(model: string): Engine | undefined {
  return engines.find(([pattern]) => pattern.test(model))?.[1];
}

export function checkEngine(body: JsonRecord, engine: Engine): void {
  const format = asRecord(asRecord(asRecord(body["response_format"])?.["json_schema"])?.["schema"]);
  if (format !== undefined) refuse(format, engine, "response_format");
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    const described = asRecord(tool["function"]);
    const schema = asRecord(described?.["parameters"]);
    if (schema !== undefined)
      refuse(schema, engine, `${asText(described?.["name"])}, tools[${index}].function.parameters`);
  }
}

function refuse(schema: JsonRecord, engine: Engine, place: string): void {
  const message = engineFault(schema, engine, place);
  if (message !== undefined) throw new Complaint({ message, code: "400", type: "BadRequestError" });
}

/** The engine's message; undefined if it takes the schema. */
export function engineFault(
  schema: JsonRecord,
  engine: Engine,
  place = "f, tools[0].function.parameters",
): string | undefined {
  return faults[engine](schema, place);
}

const faults: Readonly<Record<Engine, (schema: JsonRecord, place: string) => string | undefined>> = {
  // usestrix/strix#1204
  groq(schema, place) {
    const path = findInSchema(schema, (node, way) => (requiresNothingKnown(node) ? way : undefined));
    return (
      path &&
      `invalid JSON schema for tool ${place}: \`${slashes(path)}\`: 'required' present but 'properties' is missing`
    );
  },
  // MoonshotAI/kimi-code#2661
  moonshot(schema) {
    const path = findInSchema(schema, (node, way) =>
      node["anyOf"] !== undefined && node["type"] !== undefined ? way : undefined,
    );
    return (
      path &&
      `tools.function.parameters is not a valid moonshot flavored json schema, details: <At path '${path.join(".")}': type should be defined in anyOf items instead of the parent schema>`
    );
  },
  // ggml-org/llama.cpp, `json-schema-to-grammar.cpp`
  "llama.cpp"(schema) {
    const ref = findInSchema(schema, (node) => {
      const target = asText(node["$ref"]);
      return target === undefined || followReference(schema, target) !== undefined ? undefined : target;
    });
    if (ref !== undefined) return `JSON schema conversion failed:\nError resolving ref ${ref}`;
    const isOpen = (pattern: string): boolean => !/^\^.*\$$/su.test(pattern);
    const open = findInSchema(schema, (node) => patternsOf(node).find(isOpen));
    return open === undefined
      ? undefined
      : "JSON schema conversion failed:\nPattern must start with '^' and end with '$'";
  },
  // vllm-project/vllm, `has_xgrammar_unsupported_json_features`, and #16880
  xgrammar(schema) {
    const isLacking = (node: JsonRecord): true | undefined =>
      unsupportedKeywords.some((keyword) => node[keyword] !== undefined) || undefined;
    return findInSchema(schema, isLacking) && "The provided JSON schema contains features not supported by xgrammar.";
  },
};

const unsupportedKeywords: readonly string[] =
  "multipleOf uniqueItems contains minContains maxContains patternProperties propertyNames".split(" ");

function requiresNothingKnown({ required, properties }: JsonRecord): boolean {
  return Array.isArray(required) && required.length > 0 && properties === undefined;
}

function slashes(path: SchemaPath): string {
  return path.map((step) => `/${step}`).join("");
}
