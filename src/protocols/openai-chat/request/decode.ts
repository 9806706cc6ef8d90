// Decodes a chat client's request. It is strict about the types of known fields, and lenient about everything else: an
// unknown field travels in `extras` and is never a reason to refuse.
import type { ChatRequest, OutputFormat, Sampling } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import {
  asString,
  badRequest,
  isArray,
  isObject,
  kindOf,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredArray,
  requiredObject,
  requiredString,
} from "../../shared/read.ts";
import { decodeMessages } from "./decode-messages.ts";
import { decodeReasoning } from "./decode-reasoning.ts";
import { decodeToolChoice, decodeTools } from "./decode-tools.ts";
import { hostWordNames, readHostWords, schemaWithoutName } from "./host-words.ts";
import { straysBelow } from "../../shared/member-shape.ts";
import { readTop } from "./read-members.ts";
import { asksToSearch } from "../../shared/web-search.ts";
import { self } from "../features/vendor-state.ts";

/** Fields with a neutral form; their readers add the rest of them to the extras. */
const mappedNames: ReadonlySet<string> = new Set([
  "model",
  "messages",
  "tools",
  "tool_choice",
  "functions",
  "function_call",
  "parallel_tool_calls",
  "response_format",
  "reasoning_effort",
  "reasoning",
  ...hostWordNames,
  "max_tokens",
  "max_completion_tokens",
  "temperature",
  "top_p",
  "top_k",
  "seed",
  "n",
  "stop",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "stream",
  "stream_options",
  "user",
  "safety_identifier",
]);

export function decodeRequest(
  body: JsonObject,
  hint: { readonly model: string | null; readonly stream: boolean },
): ChatRequest {
  const list = requiredArray(body, "messages", "");
  if (list.length === 0) throw badRequest("messages", "expected at least one message, got none");
  const extras: MutableJson = {};
  for (const key in body) if (!mappedNames.has(key)) extras[key] = body[key];
  const streamOptions = optionalObject(body, "stream_options", "") ?? {};
  const { include_usage: _usage, ...otherOptions } = streamOptions;
  if (Object.keys(otherOptions).length > 0) extras["stream_options"] = otherOptions;
  const legacy = body["functions"] !== undefined && body["functions"] !== null;
  const tools = decodeTools(body, extras);
  const words = readHostWords(body, extras);
  return {
    model: optionalString(body, "model", "") ?? hint.model ?? "",
    messages: decodeMessages(list, tools),
    tools,
    toolChoice: decodeToolChoice(body, extras),
    ...(asksToSearch({ protocol: self, fields: extras }) ? { searches: true } : {}),
    parallelTools: optionalBoolean(body, "parallel_tool_calls", ""),
    output: decodeOutput(body, extras) ?? words.output,
    reasoning: decodeReasoning(body, extras, words),
    sampling: decodeSampling(body),
    stream: optionalBoolean(body, "stream", "") ?? hint.stream,
    includeUsage: optionalBoolean(streamOptions, "include_usage", "stream_options") ?? false,
    user: decodeUser(body, extras),
    extras: { protocol: self, fields: extras },
    ...(words.fields === null ? {} : { hostWords: words.fields }),
    ...(legacy ? { legacyFunctions: true } : {}),
    ...straysBelow(body, readTop),
  };
}

function decodeOutput(body: JsonObject, extras: MutableJson): OutputFormat | null {
  const format = optionalObject(body, "response_format", "");
  if (format === null) return null;
  const type = requiredString(format, "type", "response_format");
  if (type === "text") return { kind: "text" };
  const ownSchema = type === "json_object" ? optionalObject(format, "schema", "response_format") : null;
  // Hosts of open models had this before `json_schema`: an answer of this schema (docs.fireworks.ai, docs.together.ai).
  if (ownSchema !== null) return schemaWithoutName(ownSchema);
  if (type === "json_object") return { kind: "json" };
  if (type !== "json_schema") {
    extras["response_format"] = format;
    return null;
  }
  // llama.cpp, Together and clients of Responses write the schema's members beside the type.
  const isFlat = format["json_schema"] === undefined && isObject(format["schema"]);
  const place = isFlat ? "response_format" : "response_format.json_schema";
  const schema = isFlat ? format : requiredObject(format, "json_schema", "response_format");
  return {
    kind: "json_schema",
    name: optionalString(schema, "name", place) ?? "answer",
    description: optionalString(schema, "description", place),
    schema: optionalObject(schema, "schema", place) ?? {},
    strict: optionalBoolean(schema, "strict", place),
  };
}

function decodeSampling(body: JsonObject): Sampling {
  const maxTokens = optionalInteger(body, "max_completion_tokens", "") ?? optionalInteger(body, "max_tokens", "");
  const n = optionalInteger(body, "n", "");
  if (maxTokens !== null && maxTokens < 1) throw badRequest("max_tokens", `expected at least 1, got ${maxTokens}`);
  if (n !== null && n < 1) throw badRequest("n", `expected at least 1, got ${n}`);
  return {
    maxTokens,
    temperature: optionalNumber(body, "temperature", ""),
    topP: optionalNumber(body, "top_p", ""),
    topK: optionalNumber(body, "top_k", ""),
    seed: optionalInteger(body, "seed", ""),
    n,
    stop: decodeStop(body["stop"]),
    presencePenalty: optionalNumber(body, "presence_penalty", ""),
    frequencyPenalty: optionalNumber(body, "frequency_penalty", ""),
    logprobs: optionalBoolean(body, "logprobs", ""),
    topLogprobs: optionalInteger(body, "top_logprobs", ""),
    logitBias: optionalObject(body, "logit_bias", ""),
  };
}

function decodeStop(stop: Json | undefined): string[] {
  if (stop === undefined || stop === null) return [];
  if (typeof stop === "string") return [stop];
  if (!isArray(stop)) throw badRequest("stop", `expected a string or an array of strings, got ${kindOf(stop)}`);
  return stop.map((word, index) => asString(word, `stop[${index}]`));
}

/** `safety_identifier` is the newer name of `user`; if both are set and differ, it stays in the extras. */
function decodeUser(body: JsonObject, extras: MutableJson): string | null {
  const user = optionalString(body, "user", "");
  const identifier = optionalString(body, "safety_identifier", "");
  if (user !== null && identifier !== null && user !== identifier) extras["safety_identifier"] = identifier;
  return user ?? identifier;
}
