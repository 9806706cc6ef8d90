// Decodes a client's Messages request. Errors name the path; unknown fields are kept for targets of this protocol.
// Source: the Messages API reference, version 2023-06-01 and later.
import type {
  ChatRequest,
  Effort,
  Message,
  OutputFormat,
  Part,
  Reasoning,
  Tool,
  ToolChoice,
} from "../../../core/chat.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { readCacheMarks } from "../../shared/cache-marks.ts";
import {
  asObject,
  badRequest,
  isObject,
  objectOr,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredArray,
  requiredObject,
  requiredString,
  stringOr,
} from "../../shared/read.ts";
import { decodeContent, decodeSystem, foreignTools, isFunction } from "./decode-content.ts";
import { asksToSearch, searchChoice } from "../../shared/web-search.ts";
import { ownState, self, without } from "../features/own-state.ts";

const mappedNames = [
  ..."model messages system max_tokens tools tool_choice output_config output_format".split(" "),
  ..."stop_sequences stream temperature top_p top_k metadata".split(" "),
];

export interface PathHint {
  readonly model: string | null;
  readonly stream: boolean;
}

export function decodeRequest(body: JsonObject, hint: PathHint): ChatRequest {
  const choice = optionalObject(body, "tool_choice", "");
  const single = choice === null ? null : optionalBoolean(choice, "disable_parallel_tool_use", "tool_choice");
  const metadata = optionalObject(body, "metadata", "");
  const extras = { protocol: self, fields: decodeExtras(body) };
  return {
    model: hint.model ?? requiredString(body, "model", ""),
    messages: decodeMessages(body),
    tools: decodeTools(body),
    toolChoice: choice === null ? null : decodeChoice(choice, body),
    ...(asksToSearch(extras) ? { searches: true } : {}),
    parallelTools: single === null ? null : !single,
    output: decodeOutput(body),
    reasoning: decodeReasoning(body),
    sampling: decodeSampling(body),
    stream: optionalBoolean(body, "stream", "") ?? hint.stream,
    includeUsage: true,
    user: metadata === null ? null : optionalString(metadata, "user_id", "metadata"),
    extras,
  };
}

function decodeMessages(body: JsonObject): Message[] {
  const system = decodeSystem(body["system"]);
  const messages: Message[] = system.length === 0 ? [] : [{ role: "system", parts: system, name: null }];
  let index = 0;
  for (const value of requiredArray(body, "messages", "")) {
    const place = `messages[${index}]`;
    const message = asObject(value, place);
    const role = decodeRole(message, place);
    const parts = decodeContent(message["content"], `${place}.content`, role === "assistant");
    for (const one of splitResults(role, parts, ownState(message, messageNames))) messages.push(one);
    index += 1;
  }
  return messages;
}

const messageNames: readonly string[] = ["role", "content"];

function decodeRole(message: JsonObject, place: string): "user" | "assistant" | "system" {
  const role = requiredString(message, "role", place);
  if (role === "user" || role === "assistant" || role === "system") return role;
  throw badRequest(`${place}.role`, `expected "user", "assistant" or "system", got "${role}"`);
}

/** Tool results are in a user's turn here, and in turns of their own in the neutral form. */
function splitResults(
  role: "user" | "assistant" | "system",
  parts: readonly Part[],
  state: Pick<Message, "state">,
): Message[] {
  if (!parts.some(({ type }) => type === "tool-result")) return [{ role, parts, name: null, ...state }];
  const results = parts.filter((part) => part.type === "tool-result");
  const rest = parts.filter((part) => part.type !== "tool-result");
  const messages: Message[] = [];
  messages.push({ role: "tool", parts: results, name: null, ...state });
  if (rest.length > 0) messages.push({ role, parts: rest, name: null, ...state });
  return messages;
}

function decodeTools(body: JsonObject): Tool[] {
  return (optionalArray(body, "tools", "") ?? []).flatMap((value, index) => {
    const place = `tools[${index}]`;
    return isFunction(asObject(value, place)) ? [decodeTool(asObject(value, place), place)] : [];
  });
}

function decodeTool(tool: JsonObject, place: string): Tool {
  return {
    name: requiredString(tool, "name", place),
    description: optionalString(tool, "description", place),
    parameters: requiredObject(tool, "input_schema", place),
    strict: optionalBoolean(tool, "strict", place),
    ...readCacheMarks(tool),
    ...ownState(tool, ["name", "description", "input_schema", "strict"]),
  };
}

function decodeChoice(choice: JsonObject, { tools }: JsonObject): ToolChoice {
  const type = requiredString(choice, "type", "tool_choice");
  if (type === "auto" || type === "none") return { kind: type };
  if (type === "any") return { kind: "required" };
  if (type === "tool") {
    const name = requiredString(choice, "name", "tool_choice");
    return searchChoice(tools, name, (tool) => tool["name"] === name) ?? { kind: "tool", name };
  }
  throw badRequest("tool_choice.type", `expected "auto", "any", "tool" or "none", got "${type}"`);
}

/** `output_format` is the beta's name of it. */
function decodeOutput(body: JsonObject): OutputFormat | null {
  const config = optionalObject(body, "output_config", "");
  const place = objectOr(config?.["format"], null) === null ? "output_format" : "output_config.format";
  const format = objectOr(config?.["format"], null) ?? objectOr(body["output_format"], null);
  if (format === null || format["type"] !== "json_schema") return null;
  const schema = requiredObject(format, "schema", place);
  // The other protocols require a name.
  const name =
    stringOr(schema["title"], "")
      .replaceAll(/[^\w-]+/g, "_")
      .slice(0, 64) || "answer";
  return { kind: "json_schema", name, description: null, schema, strict: true };
}

function decodeReasoning(body: JsonObject): Reasoning | null {
  const thinking = optionalObject(body, "thinking", "");
  const effort = decodeEffort(optionalObject(body, "output_config", ""));
  if (thinking === null) return effort === null ? null : { effort, budget: null, visible: null };
  // Newer Claude models hide thinking by default; a caller that makes a stand-in think pays for it, and gets to see it.
  const isOff = thinking["type"] === "disabled" || thinking["type"] === "between_tools";
  const visible = thinking["display"] == null ? !isOff || null : thinking["display"] !== "omitted";
  switch (requiredString(thinking, "type", "thinking")) {
    case "disabled":
    case "between_tools":
      return { effort: "none", budget: null, visible };
    case "enabled":
      return { effort, budget: optionalInteger(thinking, "budget_tokens", "thinking") ?? -1, visible };
    default:
      return { effort, budget: effort === null ? -1 : null, visible };
  }
}

/** An unknown value goes on to targets of this protocol with the rest of `output_config`. */
function decodeEffort(config: JsonObject | null): Effort | null {
  const word = config?.["effort"];
  return efforts.find((effort) => effort === word) ?? null;
}

function decodeSampling(body: JsonObject): ChatRequest["sampling"] {
  return {
    maxTokens: optionalInteger(body, "max_tokens", ""),
    temperature: optionalNumber(body, "temperature", ""),
    topP: optionalNumber(body, "top_p", ""),
    topK: optionalNumber(body, "top_k", ""),
    seed: null,
    n: null,
    stop: (optionalArray(body, "stop_sequences", "") ?? []).map((word, index) => decodeStop(word, index)),
    presencePenalty: null,
    frequencyPenalty: null,
    logprobs: null,
    topLogprobs: null,
    logitBias: null,
  };
}

function decodeStop(word: Json, index: number): string {
  if (typeof word === "string") return word;
  throw badRequest(`stop_sequences[${index}]`, "expected a string");
}

function decodeExtras(body: JsonObject): JsonObject {
  const extras: MutableJson = without(body, mappedNames);
  const tools = foreignTools(body["tools"]);
  if (tools !== null) extras["tools"] = tools;
  const config = configExtras(body["output_config"]);
  if (config !== null) extras["output_config"] = config;
  const metadata = isObject(body["metadata"]) ? without(body["metadata"], ["user_id"]) : {};
  if (Object.keys(metadata).length > 0) extras["metadata"] = metadata;
  return extras;
}

/** Its members without a neutral form; null: none. */
function configExtras(value: Json | undefined): JsonObject | null {
  if (!isObject(value)) return null;
  const { effort, ...others } = value;
  const isKnown = efforts.some((one) => one === effort);
  const config = without(isKnown ? others : { ...others, ...(effort == null ? {} : { effort }) }, ["format"]);
  return Object.keys(config).length > 0 ? config : null;
}
