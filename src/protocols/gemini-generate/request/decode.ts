// A client's request, from the wire to the neutral form. Strict where it must be, with the place in the error; what
// has no neutral place is kept under its path (`generationConfig.responseModalities`) for targets of this protocol.
import type { ChatRequest, Message, OutputFormat, Reasoning, Sampling, Tool, ToolChoice } from "../../../core/chat.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import {
  asObject,
  asString,
  badRequest,
  isObject,
  optionalBoolean,
  optionalObject,
  optionalString,
  requiredString,
  stringOr,
  wrongKind,
  numberIn,
} from "../../shared/read.ts";
import { detailOfLevel } from "../../shared/image-detail.ts";
import { decodeContents, decodeInstruction } from "./decode-contents.ts";
import { raiseSchema } from "./schema-raise.ts";
import { asksToSearch } from "../../shared/web-search.ts";
import { objectsAt, textsAt } from "../features/members.ts";
import { withCamelSpelling } from "../features/spelling.ts";

export function decodeRequest(
  body: JsonObject,
  hint: { readonly model: string | null; readonly stream: boolean },
): ChatRequest {
  const { systemInstruction, contents, tools, toolConfig, generationConfig, model, ...others } =
    withCamelSpelling(body);
  const extras = new Map<string, Json>();
  for (const [key, value] of Object.entries(others)) if (value !== undefined) extras.set(key, value);
  if (isObject(others["safetySettings"])) extras.set("safetySettings", [others["safetySettings"]]);
  const messages: Message[] = [];
  const instruction =
    systemInstruction === undefined ? null : decodeInstruction(systemInstruction, "systemInstruction");
  if (instruction !== null) messages.push(instruction);
  const config = withCamelSpelling(
    generationConfig === undefined ? {} : asObject(generationConfig, "generationConfig"),
  );
  const detail = detailOfLevel(config["mediaResolution"]);
  messages.push(...decodeContents(objectsAt(contents, "contents")).map((message) => lookAt(message, detail)));
  const read = {
    tools: decodeTools(tools, extras),
    toolChoice: decodeChoice(toolConfig, extras),
    ...decodeConfig(config, extras),
  };
  const ownExtras = { protocol: "gemini-generate", fields: Object.fromEntries(extras) } as const;
  return {
    model: hint.model ?? stringOr(model, ""),
    messages,
    ...read,
    ...(asksToSearch(ownExtras) ? { searches: true } : {}),
    parallelTools: null,
    stream: hint.stream,
    includeUsage: true,
    user: null,
    extras: ownExtras,
  };
}

/** The request's setting applies to images without one of their own. */
function lookAt(message: Message, detail: string | null): Message {
  if (detail === null) return message;
  const parts = message.parts.map((part) =>
    part.type === "image" ? { ...part, detail: part.detail ?? detail } : part,
  );
  return { ...message, parts };
}

function decodeTools(value: Json | undefined, extras: Map<string, Json>): readonly Tool[] {
  if (value === undefined) return [];
  const tools: Tool[] = [];
  const others: Json[] = [];
  for (const [index, entry] of objectsAt(value, "tools").entries()) {
    const place = `tools[${index}]`;
    const { functionDeclarations, ...rest } = withCamelSpelling(asObject(entry, place));
    const declarations =
      functionDeclarations === undefined ? [] : objectsAt(functionDeclarations, `${place}.functionDeclarations`);
    tools.push(...declarations.map((one, at) => decodeDeclaration(one, `${place}.functionDeclarations[${at}]`)));
    // One entry may contain several; each alone has the same meaning.
    for (const [key, one] of Object.entries(rest)) if (one !== undefined) others.push({ [key]: one });
  }
  if (others.length > 0) extras.set("tools", others);
  return tools;
}

function decodeDeclaration(value: Json, place: string): Tool {
  const declaration = withCamelSpelling(asObject(value, place));
  const schema = optionalObject(declaration, "parametersJsonSchema", place);
  const legacy = optionalObject(declaration, "parameters", place);
  const {
    name: _name,
    description: _description,
    parametersJsonSchema: _schema,
    parameters: _legacy,
    ...rest
  } = declaration;
  return {
    name: requiredString(declaration, "name", place),
    description: optionalString(declaration, "description", place),
    parameters: schema ?? (legacy === null ? null : raiseSchema(legacy)),
    strict: null,
    // Other protocols have no field for the schema of a result.
    ...(Object.keys(rest).length === 0 ? {} : { state: { protocol: "gemini-generate", value: rest } }),
  };
}

const modePath = "toolConfig.functionCallingConfig.mode";

function decodeChoice(value: Json | undefined, extras: Map<string, Json>): ToolChoice | null {
  if (value === undefined) return null;
  const { functionCallingConfig, ...rest } = withCamelSpelling(asObject(value, "toolConfig"));
  for (const [key, inner] of Object.entries(rest)) if (inner !== undefined) extras.set(`toolConfig.${key}`, inner);
  if (functionCallingConfig === undefined) return null;
  const place = "toolConfig.functionCallingConfig";
  const { mode, allowedFunctionNames, ...more } = withCamelSpelling(asObject(functionCallingConfig, place));
  for (const [key, inner] of Object.entries(more)) if (inner !== undefined) extras.set(`${place}.${key}`, inner);
  const names = textsAt(allowedFunctionNames ?? [], `${place}.allowedFunctionNames`).map((name) =>
    asString(name, `${place}.allowedFunctionNames`),
  );
  return choiceOf(
    typeof mode === "number" ? (numberedModes[mode] ?? "") : asString(mode ?? "", modePath),
    names,
    extras,
  );
}

const numberedModes = ["MODE_UNSPECIFIED", "AUTO", "ANY", "NONE"] as const;

function choiceOf(mode: string, names: readonly string[], extras: Map<string, Json>): ToolChoice | null {
  const [only] = names;
  switch (mode.toUpperCase()) {
    case "":
    case "MODE_UNSPECIFIED":
      return null;
    case "AUTO":
      return names.length > 0 ? { kind: "subset", mode: "auto", names } : { kind: "auto" };
    case "NONE":
      return { kind: "none" };
    case "ANY":
      if (only === undefined) return { kind: "required" };
      return names.length === 1 ? { kind: "tool", name: only } : { kind: "subset", mode: "required", names };
    case "VALIDATED":
      if (names.length > 0) return { kind: "subset", mode: "auto", names };
      extras.set(modePath, "VALIDATED");
      return null;
    default:
      throw badRequest(modePath, `expected AUTO, ANY, NONE or VALIDATED, got "${mode.slice(0, 40)}"`);
  }
}

interface Settings {
  readonly output: OutputFormat | null;
  readonly reasoning: Reasoning | null;
  readonly sampling: Sampling;
}

function decodeConfig(config: JsonObject, extras: Map<string, Json>): Settings {
  const place = "generationConfig";
  const {
    temperature,
    topP,
    topK,
    seed,
    candidateCount,
    maxOutputTokens,
    stopSequences,
    presencePenalty,
    frequencyPenalty,
    responseLogprobs,
    logprobs,
    responseMimeType,
    responseSchema,
    responseJsonSchema,
    thinkingConfig,
    ...rest
  } = config;
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) extras.set(`${place}.${key}`, value);
  const number = (key: string, value: Json | undefined): number | null => readNumber(value, `${place}.${key}`);
  const sampling: Sampling = {
    maxTokens: number("maxOutputTokens", maxOutputTokens),
    temperature: number("temperature", temperature),
    topP: number("topP", topP),
    topK: number("topK", topK),
    seed: number("seed", seed),
    n: number("candidateCount", candidateCount),
    stop: textsAt(stopSequences ?? [], `${place}.stopSequences`).map((stop) =>
      asString(stop, `${place}.stopSequences`),
    ),
    presencePenalty: number("presencePenalty", presencePenalty),
    frequencyPenalty: number("frequencyPenalty", frequencyPenalty),
    logprobs: optionalBoolean({ responseLogprobs }, "responseLogprobs", place),
    topLogprobs: number("logprobs", logprobs),
    logitBias: null,
  };
  const output = decodeOutput({ responseMimeType, responseSchema, responseJsonSchema }, extras);
  const reasoning =
    thinkingConfig === undefined ? null : decodeThinking(asObject(thinkingConfig, `${place}.thinkingConfig`), extras);
  return { output, reasoning, sampling };
}

/** 64-bit integers travel as text. */
function readNumber(value: Json | undefined, place: string): number | null {
  if (value === undefined || value === null) return null;
  const number = numberIn(value);
  if (number !== undefined) return number;
  if (typeof value === "string" && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  throw wrongKind(place, "a number", value);
}

function decodeOutput(config: JsonObject, extras: Map<string, Json>): OutputFormat | null {
  const place = "generationConfig";
  const mime = optionalString(config, "responseMimeType", place);
  const schema = optionalObject(config, "responseJsonSchema", place);
  const legacy = optionalObject(config, "responseSchema", place);
  if (mime === null && schema === null && legacy === null) return null;
  if (mime === "text/plain") return { kind: "text" };
  if (mime !== null && mime !== "application/json") {
    for (const [key, value] of Object.entries(config)) if (value !== undefined) extras.set(`${place}.${key}`, value);
    return null;
  }
  const ownSchema = schema ?? (legacy === null ? null : raiseSchema(legacy));
  if (ownSchema === null) return { kind: "json" };
  const title = stringOr(ownSchema["title"], "")
    .replaceAll(/[^A-Za-z0-9_-]/g, "_")
    .slice(0, 64);
  return { kind: "json_schema", name: title || "response", description: null, schema: ownSchema, strict: null };
}

function decodeThinking(value: JsonObject, extras: Map<string, Json>): Reasoning {
  const place = "generationConfig.thinkingConfig";
  const { includeThoughts, thinkingBudget, thinkingLevel, ...rest } = withCamelSpelling(value);
  for (const [key, inner] of Object.entries(rest)) if (inner !== undefined) extras.set(`${place}.${key}`, inner);
  const level = (optionalString({ thinkingLevel }, "thinkingLevel", place) ?? "").toLowerCase();
  return {
    effort: efforts.find((effort) => effort === level) ?? null,
    budget: readNumber(thinkingBudget, `${place}.thinkingBudget`),
    visible: optionalBoolean({ includeThoughts } as MutableJson, "includeThoughts", place),
  };
}
