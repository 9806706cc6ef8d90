// Decodes a Responses client's request. It is strict about the types of known fields, and lenient about everything
// else: an unknown field travels in `extras`, and a target that cannot do without it is refused, not the caller.
import type {
  ChatRequest,
  Effort,
  Message,
  OutputFormat,
  Reasoning,
  Sampling,
  ToolChoice,
} from "../../../core/chat.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import {
  badRequest,
  isArray,
  isObject,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
  stringOr,
} from "../../shared/read.ts";
import { decodeInput } from "./decode-input.ts";
import { asksToSearch, isSearch, searchChoice } from "../../shared/web-search.ts";
import { addedTools, logprobs, ownState, self, without } from "../features/own-state.ts";
import { decodeToolChoice, decodeTools, resolveChoice } from "./decode-tools.ts";
import { readToolSpace } from "../features/tool-space.ts";

/** Fields with a neutral form; their readers add the rest of them to the extras. */
const mappedNames: ReadonlySet<string> = new Set([
  "model",
  "input",
  "instructions",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "text",
  "reasoning",
  "include",
  "max_output_tokens",
  "temperature",
  "top_p",
  "top_logprobs",
  "stream",
  "user",
  "safety_identifier",
]);
/** Any of these may replace the input. */
const inputNames: readonly string[] = ["previous_response_id", "conversation", "prompt"];

export function decodeRequest(
  body: JsonObject,
  hint: { readonly model: string | null; readonly stream: boolean },
): ChatRequest {
  const extras: MutableJson = without(body, mappedNames);
  const nameOf = readToolSpace(body);
  const input = decodeInput(body["input"], nameOf);
  if (input.messages.length === 0 && !inputNames.some((key) => extras[key] !== undefined && extras[key] !== null)) {
    throw badRequest("input", "expected a string or a list of at least one item");
  }
  // Markers for targets of other protocols; never sent.
  for (const type of input.closed) extras[type] = true;
  const { tools, others, added } = decodeTools(body, input.added, nameOf);
  if (others.length > 0) extras["tools"] = others;
  if (added > 0) extras[addedTools] = added;
  const namedChoice = resolveChoice(decodeToolChoice(body["tool_choice"], nameOf), tools);
  const toolChoice = namedChoice ?? chosenSearch(body["tool_choice"], others);
  if (toolChoice === null && isObject(body["tool_choice"])) extras["tool_choice"] = body["tool_choice"];
  return {
    model: optionalString(body, "model", "") ?? hint.model ?? "",
    messages: [...decodeInstructions(body, extras), ...input.messages],
    tools,
    toolChoice,
    ...(asksToSearch({ protocol: self, fields: extras }) ? { searches: true } : {}),
    parallelTools: optionalBoolean(body, "parallel_tool_calls", ""),
    output: decodeOutput(body, extras),
    reasoning: decodeReasoning(body, extras),
    sampling: decodeSampling(body, extras),
    stream: optionalBoolean(body, "stream", "") ?? hint.stream,
    includeUsage: true,
    user: decodeUser(body, extras),
    extras: { protocol: self, fields: extras },
  };
}

function chosenSearch(choice: Json | undefined, tools: readonly Json[]): ToolChoice | null {
  if (!isObject(choice) || !isSearch(choice)) return null;
  return searchChoice(tools, stringOr(choice["type"], ""), () => true);
}

function decodeInstructions(body: JsonObject, extras: MutableJson): Message[] {
  const { instructions } = body;
  if (isArray(instructions)) {
    extras["instructions"] = instructions;
    return [];
  }
  const text = optionalString(body, "instructions", "");
  if (text === null) return [];
  return [{ role: "system", parts: [{ type: "text", text, state: ownState({ instructions: true }) }], name: null }];
}

const textMembers: ReadonlySet<string> = new Set(["format"]);

/** `text.format`; the rest of `text` (the verbosity) stays in the extras. */
function decodeOutput(body: JsonObject, extras: MutableJson): OutputFormat | null {
  const text = optionalObject(body, "text", "") ?? {};
  const rest = without(text, textMembers);
  if (Object.keys(rest).length > 0) extras["text"] = rest;
  const format = optionalObject(text, "format", "text");
  if (format === null) return null;
  const place = "text.format";
  switch (requiredString(format, "type", place)) {
    case "text":
      return { kind: "text" };
    case "json_object":
      return { kind: "json" };
    case "json_schema":
      return {
        kind: "json_schema",
        name: optionalString(format, "name", place) ?? "answer",
        description: optionalString(format, "description", place),
        schema: requiredObject(format, "schema", place),
        strict: optionalBoolean(format, "strict", place),
      };
    default:
      extras["text"] = text;
      return null;
  }
}

function isEffort(word: string): word is Effort {
  return (efforts as readonly string[]).includes(word);
}

const reasoningMembers: ReadonlySet<string> = new Set(["effort"]);

/** Asking for a summary means asking to see the reasoning; the kind of summary stays in the extras. */
function decodeReasoning(body: JsonObject, extras: MutableJson): Reasoning | null {
  const reasoning = optionalObject(body, "reasoning", "");
  if (reasoning === null) return null;
  const word = optionalString(reasoning, "effort", "reasoning");
  const effort = word !== null && isEffort(word) ? word : null;
  const rest = effort === null ? reasoning : without(reasoning, reasoningMembers);
  if (Object.keys(rest).length > 0) extras["reasoning"] = rest;
  const summary = reasoning["summary"] ?? reasoning["generate_summary"] ?? null;
  return { effort, budget: null, visible: summary === null ? null : summary !== "none" };
}

function decodeSampling(body: JsonObject, extras: MutableJson): Sampling {
  const maxTokens = optionalInteger(body, "max_output_tokens", "");
  if (maxTokens !== null && maxTokens < 1)
    throw badRequest("max_output_tokens", `expected at least 1, got ${maxTokens}`);
  const include = optionalArray(body, "include", "") ?? [];
  const others = include.filter((word) => word !== logprobs);
  if (others.length > 0) extras["include"] = others;
  return {
    maxTokens,
    temperature: optionalNumber(body, "temperature", ""),
    topP: optionalNumber(body, "top_p", ""),
    topK: null,
    seed: null,
    n: null,
    stop: [],
    presencePenalty: null,
    frequencyPenalty: null,
    logprobs: include.length > others.length ? true : null,
    topLogprobs: optionalInteger(body, "top_logprobs", ""),
    logitBias: null,
  };
}

/** `safety_identifier` is the newer name of `user`; a native target gets the name that the caller used. */
function decodeUser(body: JsonObject, extras: MutableJson): string | null {
  const user = optionalString(body, "user", "");
  const identifier = optionalString(body, "safety_identifier", "");
  if (user !== null && identifier !== null && user !== identifier) extras["safety_identifier"] = identifier;
  return user ?? identifier;
}
