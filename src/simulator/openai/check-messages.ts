// OpenAI's checks of the list of messages: roles, contents, and that every tool call has its result.
import { asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import {
  checkMembers,
  checkToolName,
  Complaint,
  emptyArray,
  invalidType,
  missingParameter,
  tooLong,
} from "./envelope.ts";

const roles: readonly string[] = ["system", "assistant", "user", "function", "tool", "developer"];

/** The members of a message, by its role. An assistant message may come back unchanged. */
const members: Readonly<Record<string, readonly string[]>> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: ["role", "content", "name", "refusal", "audio", "tool_calls", "function_call", "annotations", "parsed"],
  tool: ["role", "content", "tool_call_id", "name"],
  function: ["role", "content", "name"],
};

const partMembers: Readonly<Record<string, readonly string[]>> = {
  text: ["type", "text", "prompt_cache_breakpoint"],
  image_url: ["type", "image_url", "prompt_cache_breakpoint"],
  input_audio: ["type", "input_audio", "prompt_cache_breakpoint"],
  file: ["type", "file", "prompt_cache_breakpoint"],
  refusal: ["type", "refusal"],
};

const innerMembers: Readonly<Record<string, readonly string[]>> = {
  image_url: ["url", "detail"],
  input_audio: ["data", "format"],
  file: ["filename", "file_data", "file_id"],
  prompt_cache_breakpoint: ["mode"],
};

export function checkMessages(body: JsonRecord): void {
  const messages = body["messages"];
  if (messages === undefined || messages === null) {
    throw new Complaint({
      message: "Missing required parameter: 'messages'.",
      param: "messages",
      code: "missing_required_parameter",
    });
  }
  if (!Array.isArray(messages)) throw new Complaint(invalidType("messages", "array of objects", messages));
  if (messages.length === 0) {
    throw new Complaint(emptyArray("messages"));
  }
  for (const [index, message] of messages.entries()) {
    const record = asRecord(message);
    if (record === undefined) throw new Complaint(invalidType(`messages[${index}]`, "object", message));
    checkMessage(record, index);
  }
  checkToolPairs(recordsOf(messages));
}

function checkMessage(message: JsonRecord, index: number): void {
  const { role, content } = message;
  if (role === undefined) {
    const param = `messages[${index}].role`;
    throw new Complaint({
      message: `Missing required parameter: '${param}'.`,
      param,
      code: "missing_required_parameter",
    });
  }
  if (!roles.includes(show(role))) {
    const message = `Invalid value: '${show(role)}'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.`;
    throw new Complaint({ message, param: `messages[${index}].role`, code: "invalid_value" });
  }
  checkMembers(message, members[show(role)] ?? [], `messages[${index}]`);
  const mayBeEmpty =
    role === "assistant" &&
    (message["tool_calls"] !== undefined ||
      message["function_call"] !== undefined ||
      message["refusal"] != null ||
      message["audio"] != null);
  if ((content === null || content === undefined) && !mayBeEmpty) {
    const actual = content === null ? "null" : "undefined";
    throw new Complaint({
      message: `Invalid value for 'content': expected a string, got ${actual}.`,
      param: `messages.[${index}].content`,
    });
  }
  if (Array.isArray(content) && content.length === 0) throw new Complaint(emptyArray(`messages[${index}].content`));
  for (const [place, part] of recordsOf(content).entries()) {
    checkPart(part, `messages[${index}].content[${place}]`);
    checkSpeaker(part, show(role), index);
  }
  if (role === "tool" && message["tool_call_id"] === undefined) {
    const param = `messages[${index}].tool_call_id`;
    throw new Complaint({
      message: `Missing required parameter: '${param}'.`,
      param,
      code: "missing_required_parameter",
    });
  }
  checkCalls(message["tool_calls"], `messages[${index}].tool_calls`);
}

/** Sources: openai/openai-python#2061, home-assistant/core#118577. */
function checkCalls(calls: unknown, param: string): void {
  if (calls === undefined) return;
  if (!Array.isArray(calls)) throw new Complaint(invalidType(param, "array of objects", calls));
  if (calls.length === 0) throw new Complaint(emptyArray(param));
  for (const [place, call] of recordsOf(calls).entries()) {
    checkCall(call, `${param}[${place}]`);
  }
}

function checkPart(part: JsonRecord, place: string): void {
  const knownTypes = ["text", "image_url", "input_audio", "refusal", "file"];
  if (!knownTypes.includes(show(part["type"]))) {
    const message = `Invalid value: '${show(part["type"])}'. Supported values are: 'text', 'image_url', 'input_audio', 'refusal', and 'file'.`;
    throw new Complaint({ message, param: `${place}.type`, code: "invalid_value" });
  }
  checkMembers(part, partMembers[show(part["type"])] ?? [], place);
  for (const [name, knownNames] of Object.entries(innerMembers)) {
    const inner = asRecord(part[name]);
    if (inner !== undefined) checkMembers(inner, knownNames, `${place}.${name}`);
  }
  if (part["type"] !== "image_url") return;
  const url = asText(asRecord(part["image_url"])?.["url"]) ?? "";
  if (/^(https?:\/\/|data:image\/)/.test(url)) return;
  const message = `Invalid image URL: '${url.slice(0, 60)}'. Expected a base64-encoded data URL with an image MIME type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU='), or a HTTP(S) URL.`;
  throw new Complaint({ message, param: `${place}.image_url.url`, code: "invalid_value" });
}

/** Only the user may send media. */
function checkSpeaker(part: JsonRecord, role: string, index: number): void {
  if (role === "user" || part["type"] === "text" || (part["type"] === "refusal" && role === "assistant")) return;
  const param = `messages[${index}]`;
  const message =
    part["type"] === "image_url"
      ? `Invalid '${param}'. Image URLs are only allowed for messages with role 'user', but this message with role '${role}' contains an image URL.`
      : `Invalid value: '${show(part["type"])}'. Supported values are: ${role === "assistant" ? "'text' and 'refusal'" : "'text'"}.`;
  throw new Complaint({ message, param, code: "invalid_value" });
}

function checkCall(call: JsonRecord, place: string): void {
  const id = asText(call["id"]);
  if (id === undefined) {
    throw new Complaint({
      message: `Missing required parameter: '${place}.id'.`,
      param: `${place}.id`,
      code: "missing_required_parameter",
    });
  }
  checkMembers(call, ["id", "type", "function", "custom", "index"], place);
  checkMembers(asRecord(call["function"]) ?? {}, ["name", "arguments", "parsed_arguments"], `${place}.function`);
  if (call["type"] === undefined) throw new Complaint(missingParameter(`${place}.type`));
  if (call["type"] === "function") checkToolName(asRecord(call["function"])?.["name"], `${place}.function.name`);
  const args = asRecord(call["function"])?.["arguments"];
  if (call["type"] === "function" && typeof args !== "string") {
    throw new Complaint(invalidType(`${place}.function.arguments`, "string", args));
  }
}

/** Sources of OpenAI's 40 characters: vercel/ai#8132, anomalyco/opencode#12653. Hosts themselves send longer ones. */
export function checkCallIds(body: JsonRecord): void {
  for (const [index, message] of recordsOf(body["messages"]).entries()) {
    checkId(message["tool_call_id"], `messages[${index}].tool_call_id`);
    for (const [place, call] of recordsOf(message["tool_calls"]).entries())
      checkId(call["id"], `messages[${index}].tool_calls[${place}].id`);
  }
}

function checkId(id: unknown, param: string): void {
  if (typeof id === "string" && id.length > 40) throw new Complaint(tooLong(param, id.length, 40));
}

function checkToolPairs(messages: readonly JsonRecord[]): void {
  let open = new Set<string>();
  let openedAt = 0;
  /** The positions of this turn's results. */
  let answerCounts = new Map<string, number>();
  for (const [index, message] of messages.entries()) {
    if (message["role"] === "tool") {
      const id = asText(message["tool_call_id"]) ?? "";
      const before = answerCounts.get(id);
      if (before !== undefined) throw twice(id, before, index);
      if (!open.delete(id)) {
        const text =
          "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.";
        throw new Complaint({ message: text, param: `messages.[${index}].role` });
      }
      answerCounts.set(id, index);
      continue;
    }
    complainAboutOpen(open, openedAt);
    open = new Set(recordsOf(message["tool_calls"]).map((call) => asText(call["id"]) ?? ""));
    answerCounts = new Map();
    openedAt = index;
  }
  complainAboutOpen(open, openedAt);
}

/** Source: agno-agi/agno#5116. */
function twice(id: string, first: number, second: number): Complaint {
  const message = `Invalid parameter: Duplicate value for 'tool_call_id' of '${id}', in messages[${first}] and messages[${second}].`;
  return new Complaint({ message, param: `messages.[${second}].tool_call_id` });
}

function complainAboutOpen(open: ReadonlySet<string>, openedAt: number): void {
  if (open.size === 0) return;
  const message = `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(", ")}`;
  throw new Complaint({ message, param: `messages.[${openedAt + 1}].role` });
}
