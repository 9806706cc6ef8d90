// Whether a chat request that was written for another vendor has a shape that OpenAI takes. Other vendors, and our own
// decoder, are lenient: an empty list of tools, a name with dots, a message without content. OpenAI answers each of
// these with 400, for every model. It must never check requests for the caller's own vendor, which judges them itself.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { IdShape } from "../../shared/identifiers.ts";
import { arrayOr, isArray, isObject, membersOf } from "../../shared/read.ts";
import { areArguments } from "../../shared/tool-arguments.ts";
import { plainNames } from "../../shared/tool-names.ts";
import { isExact } from "./strangers.ts";

/** OpenAI's own limit. Some hosts take more. */
export const maxStops = 4;

/** "Expected a string with maximum length 40": vercel/ai#8132, anomalyco/opencode#12653. Its Responses protocol takes 64. */
export const ownIds: IdShape = { max: 40, pattern: /./ };

export function shapeFits(request: RawMembers, { facts, isStandIn = false }: TargetFacts): boolean {
  if (!isStandIn) return true;
  const exact = isExact(facts);
  return settingsFit(request, exact) && toolsFit(request) && formatFits(request) && historyFits(request, exact);
}

/**
 * Source: "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported."
 * (langchain-ai/langgraph#5943).
 */
function settingsFit(request: RawMembers, exact: boolean): boolean {
  if (exact && !(stopsFit(request.read("stop")) && logprobsFit(request))) return false;
  if (isGiven(request, "max_tokens") && isGiven(request, "max_completion_tokens")) return false;
  return !isGiven(request, "stream_options") || request.read("stream") === true;
}

function stopsFit(stop: Json | undefined): boolean {
  return stop !== "" && !(isArray(stop) && (stop.length > maxStops || stop.includes("")));
}

/** "`logprobs` must be set to true if this parameter is used" (openai/openai-cookbook#948). */
function logprobsFit(request: RawMembers): boolean {
  return !isGiven(request, "top_logprobs") || request.read("logprobs") === true;
}

function toolsFit(request: RawMembers): boolean {
  const find = (): boolean => isOffered(request.read("tools"));
  return !isGiven(request, "tools") || (request.memoize?.("openai-chat shapes of tools", "tools", find) ?? find());
}

function isOffered(tools: Json | undefined): boolean {
  if (!isArray(tools)) return true;
  const names = tools.map(nameOf);
  return !names.includes(null) && new Set(names).size === names.length;
}

/** Null: a refused name or type. Other code judges tools of unknown kinds. */
function nameOf(tool: Json, index: number): string | null {
  const { type, ...members } = membersOf(tool);
  const name = type === undefined ? null : membersOf(members[typeof type === "string" ? type : ""])["name"];
  if (name === undefined) return `${index} without a name`;
  return isPlain(name) ? name : null;
}

function isPlain(name: Json | undefined): name is string {
  return typeof name === "string" && name.length <= plainNames.max && plainNames.pattern.test(name);
}

function formatFits(request: RawMembers): boolean {
  if (!request.has("response_format")) return true;
  const { type, json_schema: declared } = membersOf(request.read("response_format"));
  if (type === "json_schema") return isPlain(membersOf(declared)["name"]);
  return type !== "json_object" || ["json", "JSON", "Json"].some((word) => request.mentions("messages", word));
}

function historyFits(request: RawMembers, exact: boolean): boolean {
  return arrayOr<readonly Json[]>(request.read("messages"), []).every((message) =>
    messageFits(membersOf(message), exact),
  );
}

function messageFits(message: JsonObject, exact: boolean): boolean {
  const { role, content, name } = message;
  if (isArray(content) && content.length === 0) return false;
  if (exact && role !== "tool" && name !== undefined && !isPlain(name)) return false;
  switch (role) {
    case "assistant":
      return answerFits(message, exact);
    case "tool":
      return typeof content === "string" || (isArray(content) && content.every(isText));
    // The older format, which only OpenAI still knows.
    case "function":
      return exact;
    default:
      return content !== null;
  }
}

function isText(part: Json): boolean {
  return membersOf(part)["type"] === "text";
}

/** Sources: "tool_calls: empty array. Expected an array with minimum length 1" (openai/openai-python#2061), "expected a string, got null". */
function answerFits(message: JsonObject, exact: boolean): boolean {
  const { content, tool_calls: calls } = message;
  if (calls !== undefined)
    return isArray(calls) && calls.length > 0 && calls.every((call) => callFits(membersOf(call), exact));
  const others = [message["refusal"], message["function_call"], message["audio"]];
  if (others.some((other) => other !== undefined && other !== null))
    return exact || message["function_call"] === undefined;
  return content !== undefined && content !== null && (exact || content !== "");
}

/**
 * Hosts that render a history with the model's template parse the arguments, and fail on invalid ones
 * (vllm-project/vllm#43995).
 */
function callFits({ id, type, function: called }: JsonObject, exact: boolean): boolean {
  if (type === undefined || typeof id !== "string") return false;
  if (type !== "function" || !isObject(called)) return true;
  const { name, arguments: text } = called;
  if (!isPlain(name) || typeof text !== "string") return false;
  return exact || areArguments(text);
}

function isGiven(request: RawMembers, name: string): boolean {
  return request.has(name) && (request.read(name) ?? null) !== null;
}
