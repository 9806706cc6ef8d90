// Some Chat Completions clients (Cursor, with a custom base URL) post the body of a Responses request, and expect a
// chat completion as the answer. The body is read as Responses; what is left of Chat Completions in it is converted to
// Responses. Sources: BerriAI/litellm#34029; icebear0828/codex-proxy#507, #707.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { BorrowedForm } from "../../../core/ingress.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";

export const borrowedForm: BorrowedForm = {
  protocol: "openai-responses",
  isIn(request) {
    if (!request.has("input")) return false;
    return !request.has("messages") || arrayOr(request.read("messages"), null)?.length === 0;
  },
  rewrite({ messages: _none, stream_options: options, tools, tool_choice: choice, input, ...others }) {
    const { include_usage: usage, ...otherOptions } = membersOf(options);
    const flat = isArray(tools) ? tools.map(flatTool) : tools;
    const body: MutableJson = { ...others };
    if (input !== undefined) body["input"] = isArray(input) ? itemsOf(input, flat) : input;
    if (flat !== undefined) body["tools"] = flat;
    if (choice !== undefined) body["tool_choice"] = flatTool(choice);
    if (Object.keys(otherOptions).length > 0) body["stream_options"] = otherOptions;
    return { body, includeUsage: usage === true };
  },
};

/** Chat Completions nests a tool's members, and a grammar's. */
function flatTool(tool: Json): Json {
  if (!isObject(tool)) return tool;
  const type = stringOr(tool["type"], "function");
  const { [type]: inner, ...others } = tool;
  if (!isObject(inner)) return tool;
  const { format, ...members } = inner;
  if (!isObject(format)) return { ...others, type, ...inner };
  const { grammar, ...rest } = format;
  return { ...others, type, ...members, format: { ...rest, ...membersOf(grammar) } };
}

/** The result of a free-text call has another type than that of a function call. */
interface Calls {
  readonly freeTools: ReadonlySet<Json | undefined>;
  readonly freeCalls: Set<Json | undefined>;
}

function itemsOf(input: readonly Json[], tools: Json | undefined): Json[] {
  const free = arrayOr(tools, [])
    .map(membersOf)
    .filter(({ type }) => type === "custom");
  const calls: Calls = { freeTools: new Set(free.map(({ name }) => name)), freeCalls: new Set() };
  return input.flatMap((item): Json[] => (isObject(item) ? itemOf(item, calls) : [item]));
}

function itemOf(item: JsonObject, calls: Calls): JsonObject[] {
  const { role, content, tool_calls: called, ...others } = item;
  if (role === "tool")
    return [resultOf({ call_id: item["tool_call_id"] ?? item["call_id"] ?? null, output: content ?? "" }, calls)];
  if (item["type"] === "function_call") return [callOf(item, calls)];
  if (item["type"] === "function_call_output") return [resultOf(item, calls)];
  if (role === undefined) return [item];
  const text = content ?? "";
  const isSilent = isArray(called) && (text === "" || (isArray(text) && text.length === 0));
  const message = { ...others, role, content: isArray(text) ? text.map((part) => partOf(part, role)) : text };
  const items = arrayOr(called, []).map((call) => callOf(flatCall(membersOf(call)), calls));
  return isSilent ? items : [message, ...items];
}

function flatCall(call: JsonObject): JsonObject {
  const { name = "", arguments: written, input } = membersOf(call["function"] ?? call["custom"]);
  const id = { call_id: call["id"] ?? "", name };
  return call["custom"] === undefined
    ? { type: "function_call", ...id, arguments: written ?? "" }
    : { type: "custom_tool_call", ...id, input: input ?? "" };
}

/** Such a client reads a free-text call as a function call, and sends it back as one. */
function callOf(item: JsonObject, { freeTools, freeCalls }: Calls): JsonObject {
  const { arguments: text = "", ...others } = item;
  if (item["type"] === "custom_tool_call") freeCalls.add(item["call_id"]);
  if (item["type"] !== "function_call" || !freeTools.has(item["name"])) return item;
  freeCalls.add(item["call_id"]);
  return { ...others, type: "custom_tool_call", input: text };
}

function resultOf(item: JsonObject, { freeCalls }: Calls): JsonObject {
  const type = freeCalls.has(item["call_id"]) ? "custom_tool_call_output" : "function_call_output";
  return { ...item, type };
}

function partOf(part: Json, role: Json): Json {
  if (!isObject(part)) return part;
  if (part["type"] === "text") return { ...part, type: role === "assistant" ? "output_text" : "input_text" };
  if (part["type"] !== "image_url") return part;
  const { url = null, detail } = membersOf(part["image_url"]);
  return { type: "input_image", image_url: url, ...(detail === undefined ? {} : { detail }) };
}
