// Whether a Gemini request that was written for another vendor has a shape that Google takes. Other vendors, and our
// own decoder, are lenient: an empty content, a sixth stop, a tool choice without tools. Google answers each of these
// with 400, for every model. It must never check requests for the caller's own vendor, which judges them itself.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { registeredType } from "../../shared/data-url.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";
import { objectsInMembers } from "../features/members.ts";
import { withCamelSpelling } from "../features/spelling.ts";
import { mostStops } from "./encode-generation.ts";
import { nameShape } from "./names.ts";

export function ownShapeFits(request: RawMembers, { isStandIn = false }: TargetFacts): boolean {
  if (!isStandIn) return true;
  return (
    settingsFit(request) && instructionsFit(request) && toolsFit(request) && choiceFits(request) && contentsFit(request)
  );
}

/** "Invalid value at 'system_instruction' (…Content)": text, or a list, is none. */
function instructionsFit(request: RawMembers): boolean {
  return ["systemInstruction", "system_instruction"].every((name) => {
    const value = request.has(name) ? (request.read(name) ?? null) : null;
    return value === null || isObject(value);
  });
}

/** "Invalid value at 'generation_config.top_k' (TYPE_INT32)". */
const wholeSettings = ["topK", "maxOutputTokens", "candidateCount", "seed", "logprobs"] as const;

function configOf(request: RawMembers): JsonObject {
  return withCamelSpelling(membersOf(request.read("generationConfig") ?? request.read("generation_config")));
}

function settingsFit(request: RawMembers): boolean {
  const config = configOf(request);
  const { temperature, maxOutputTokens: most, topP: share, stopSequences: stops } = config;
  if (typeof temperature === "number" && (temperature < 0 || temperature > 2)) return false;
  if (typeof most === "number" && most < 1) return false;
  if (wholeSettings.some((name) => typeof config[name] === "number" && !Number.isInteger(config[name]))) return false;
  if (typeof share === "number" && (share < 0 || share > 1)) return false;
  return arrayOr<readonly Json[]>(stops, []).length <= mostStops && formFits(config);
}

/** "Only one of response_schema and response_json_schema may be set", and neither without JSON. */
function formFits({ responseSchema, responseJsonSchema, responseMimeType: type }: JsonObject): boolean {
  const schemas = [responseSchema, responseJsonSchema].filter(isObject);
  return schemas.length === 0 || (schemas.length === 1 && typeof type === "string" && type !== "text/plain");
}

function toolsFit(request: RawMembers): boolean {
  if (!request.has("tools")) return true;
  const find = (): boolean => declarationsIn(request).every(declarationFits);
  return request.memoize?.("gemini-generate shapes of tools", "tools", find) ?? find();
}

function declarationsIn(request: RawMembers): readonly JsonObject[] {
  return objectsInMembers(request.read("tools"))
    .flatMap((tool) => objectsInMembers(withCamelSpelling(tool)["functionDeclarations"]))
    .map(withCamelSpelling);
}

function declarationFits({ name, parameters, parametersJsonSchema }: JsonObject): boolean {
  const isNamed = typeof name === "string" && name.length <= nameShape.max && nameShape.pattern.test(name);
  return isNamed && !(isObject(parameters) && isObject(parametersJsonSchema));
}

/**
 * Only ANY and VALIDATED take names. A call can be required only if there are tools, and if the answer has no format:
 * "mode ANY with a response mime type: 'application/json' is unsupported".
 */
function choiceFits(request: RawMembers): boolean {
  const config = withCamelSpelling(membersOf(request.read("toolConfig") ?? request.read("tool_config")));
  const { mode, allowedFunctionNames: names } = withCamelSpelling(membersOf(config["functionCallingConfig"]));
  if (mode === undefined) return true;
  const isForced = mode === "ANY" || mode === "VALIDATED";
  if (!isForced) return arrayOr<readonly Json[]>(names, []).length === 0;
  if (mode === "ANY" && configOf(request)["responseMimeType"] === "application/json") return false;
  return declarationsIn(request).length > 0;
}

function contentsFit(request: RawMembers): boolean {
  return objectsInMembers(request.read("contents")).every(({ parts }) => {
    const partList = arrayOr<readonly Json[]>(parts, []);
    return partList.length > 0 && partList.every((part) => isObject(part) && partFits(withCamelSpelling(part)));
  });
}

/** The content of a part: "required oneof field 'data' must have one initialized field". */
const contentMembers = [
  "text",
  "inlineData",
  "fileData",
  "functionCall",
  "functionResponse",
  "executableCode",
  "codeExecutionResult",
  "toolCall",
  "toolResponse",
] as const;

function partFits(part: JsonObject): boolean {
  if (contentMembers.every((name) => part[name] === undefined || part[name] === null)) return false;
  const { mimeType } = withCamelSpelling(membersOf(part["inlineData"]));
  if (typeof mimeType === "string" && registeredType(mimeType) !== mimeType) return false;
  return part["functionCall"] === undefined || membersOf(part["functionCall"])["args"] !== null;
}
