// OpenAI's checks of the items of a Responses input: their kinds and ids, that calls and results match, and that
// reasoning is neither forged, nor left alone, nor left out. Throws a Complaint.
import { asList, asRecord, asText, recordsOf, show, type JsonRecord } from "../../json-record.ts";
import { checkMembers, Complaint, invalidType, listOf, missingParameter, tooLong } from "../envelope.ts";
import { followsReasoning, sameTurn } from "./item-ids.ts";

const roles: readonly string[] = ["assistant", "system", "developer", "user"];

/** Items that the simulator reads, their members, and the prefixes of their ids. */
const kinds: Readonly<Record<string, { readonly members: readonly string[]; readonly prefix: string }>> = {
  message: { members: ["type", "id", "role", "content", "status", "phase"], prefix: "msg" },
  function_call: {
    members: ["type", "id", "call_id", "name", "namespace", "arguments", "status", "caller"],
    prefix: "fc",
  },
  function_call_output: {
    members: ["type", "id", "call_id", "name", "namespace", "output", "status", "caller"],
    prefix: "fc",
  },
  custom_tool_call: {
    members: ["type", "id", "call_id", "name", "namespace", "input", "status", "caller"],
    prefix: "ctc",
  },
  custom_tool_call_output: {
    members: ["type", "id", "call_id", "name", "namespace", "output", "status", "caller"],
    prefix: "ctc",
  },
  tool_search_call: { members: ["type", "id", "call_id", "execution", "arguments", "status"], prefix: "tsc" },
  tool_search_output: { members: ["type", "id", "call_id", "execution", "tools", "status"], prefix: "tso" },
  reasoning: { members: ["type", "id", "summary", "content", "encrypted_content", "status"], prefix: "rs" },
};

/** Items of the vendor's own tools and of stored state: accepted unchanged. */
const otherKinds: readonly string[] =
  "file_search_call computer_call computer_call_output web_search_call code_interpreter_call image_generation_call local_shell_call local_shell_call_output mcp_list_tools mcp_approval_request mcp_approval_response mcp_call compaction additional_tools shell_call shell_call_output apply_patch_call apply_patch_call_output".split(
    " ",
  );

/** Returns the items of the input; a string is a message of the user. */
export function checkInput(input: unknown): readonly JsonRecord[] {
  if (typeof input === "string") return [{ type: "message", role: "user", content: input }];
  const items = asList(input);
  if (items === undefined) throw new Complaint(invalidType("input", "one of an array of objects or string", input));
  for (const [index, item] of items.entries()) {
    const record = asRecord(item);
    if (record === undefined) throw new Complaint(invalidType(`input[${index}]`, "object", item));
    checkItem(record, `input[${index}]`);
  }
  return recordsOf(items);
}

/** The rules for the whole conversation, including earlier turns. */
export function checkConversation(items: readonly JsonRecord[]): void {
  checkCallPairs(items);
  checkReasoningPairs(items);
}

function checkItem(item: JsonRecord, place: string): void {
  const kind = asText(item["type"]) ?? (item["role"] === undefined ? undefined : "message");
  if (kind === undefined) throw new Complaint(missingParameter(`${place}.type`));
  if (kind === reference) return checkReference(item, place);
  const knownKind = kinds[kind];
  if (knownKind === undefined) {
    if (otherKinds.includes(kind)) return;
    const message = `Invalid value: '${kind}'. Supported values are: ${listOf([...Object.keys(kinds), ...otherKinds])}.`;
    throw new Complaint({ message, param: `${place}.type`, code: "invalid_value" });
  }
  checkMembers(item, knownKind.members, place);
  checkId(item["id"], knownKind.prefix, `${place}.id`);
  if (kind === "message") checkMessage(item, place);
  if (kind === "function_call") checkCall(item, place, "arguments");
  if (kind === "custom_tool_call") checkCall(item, place, "input");
  if (kind === "function_call_output" || kind === "custom_tool_call_output") checkOutput(item, place);
  if (kind === "reasoning") checkReasoning(item, place);
}

/** Refers to an item of a stored answer. */
export const reference = "item_reference";

function checkReference(item: JsonRecord, place: string): void {
  checkMembers(item, ["type", "id"], place);
  const { id } = item;
  if (id === undefined) throw new Complaint(missingParameter(`${place}.id`));
  if (typeof id !== "string") throw new Complaint(invalidType(`${place}.id`, "string", id));
}

function checkId(id: unknown, prefix: string, param: string): void {
  if (id === undefined || id === null) return;
  if (typeof id !== "string") throw new Complaint(invalidType(param, "string", id));
  if (id.length > 64) throw new Complaint(tooLong(param, id.length));
  if (id.startsWith(prefix)) return;
  const message = `Invalid '${param}': '${id}'. Expected an ID that begins with '${prefix}'.`;
  throw new Complaint({ message, param, code: "invalid_value" });
}

function checkMessage(item: JsonRecord, place: string): void {
  const role = asText(item["role"]);
  if (role === undefined) throw new Complaint(missingParameter(`${place}.role`));
  if (!roles.includes(role)) {
    const message = `Invalid value: '${role}'. Supported values are: ${listOf(roles)}.`;
    throw new Complaint({ message, param: `${place}.role`, code: "invalid_value" });
  }
  const { content } = item;
  if (content === undefined) throw new Complaint(missingParameter(`${place}.content`));
  if (typeof content === "string") return;
  if (!Array.isArray(content)) {
    throw new Complaint(invalidType(`${place}.content`, "one of an array of objects or string", content));
  }
  for (const [index, part] of recordsOf(content).entries()) checkPart(part, role, `${place}.content[${index}]`);
}

const partMembers: Readonly<Record<string, readonly string[]>> = {
  input_text: ["type", "text", "prompt_cache_breakpoint"],
  input_image: ["type", "image_url", "file_id", "detail", "prompt_cache_breakpoint"],
  input_file: ["type", "file_id", "file_data", "file_url", "filename", "detail", "prompt_cache_breakpoint"],
  output_text: ["type", "text", "annotations", "logprobs"],
  refusal: ["type", "refusal"],
};

function checkPart(part: JsonRecord, role: string, place: string): void {
  const allowed = role === "assistant" ? ["output_text", "refusal"] : ["input_text", "input_image", "input_file"];
  const kind = show(part["type"]);
  if (!allowed.includes(kind)) {
    const supported = allowed.length === 2 ? "'output_text' and 'refusal'" : listOf(allowed);
    const message = `Invalid value: '${kind}'. Supported values are: ${supported}.`;
    throw new Complaint({ message, param: place, code: "invalid_value" });
  }
  checkMembers(part, partMembers[kind] ?? [], place);
  checkFileName(part);
  const url = asText(part["image_url"]);
  if (kind !== "input_image" || url === undefined || /^(https?:\/\/|data:image\/)/.test(url)) return;
  const message = `Invalid '${place}.image_url'. Expected a valid URL, but got a value with an invalid format.`;
  throw new Complaint({ message, param: `${place}.image_url`, code: "invalid_value" });
}

/** Only the file ending tells its type. */
function checkFileName(part: JsonRecord): void {
  const name = asText(part["filename"]);
  if (part["type"] !== "input_file" || name === undefined || /\.\w{1,8}$/u.test(name)) return;
  const message = "Invalid input: Expected context stuffing file type to be a supported format: .pdf but got none.";
  throw new Complaint({ message, param: "input" });
}

function checkCall(item: JsonRecord, place: string, argumentMember: "arguments" | "input"): void {
  checkCallId(item, place);
  for (const name of ["name", argumentMember]) {
    const value = item[name];
    if (value === undefined) throw new Complaint(missingParameter(`${place}.${name}`));
    if (typeof value !== "string") throw new Complaint(invalidType(`${place}.${name}`, "string", value));
  }
}

function checkOutput(item: JsonRecord, place: string): void {
  checkCallId(item, place);
  const { output } = item;
  if (output === undefined) throw new Complaint(missingParameter(`${place}.output`));
  if (typeof output === "string") return;
  if (!Array.isArray(output)) {
    throw new Complaint(invalidType(`${place}.output`, "one of an array of objects or string", output));
  }
  for (const [index, part] of recordsOf(output).entries()) checkPart(part, "tool", `${place}.output[${index}]`);
}

function checkCallId(item: JsonRecord, place: string): void {
  const id = item["call_id"];
  if (id === undefined) throw new Complaint(missingParameter(`${place}.call_id`));
  if (typeof id !== "string") throw new Complaint(invalidType(`${place}.call_id`, "string", id));
  if (id.length > 64) throw new Complaint(tooLong(`${place}.call_id`, id.length));
}

function checkReasoning(item: JsonRecord, place: string): void {
  if (item["summary"] === undefined) throw new Complaint(missingParameter(`${place}.summary`));
  const sealed = item["encrypted_content"];
  if (sealed === undefined || sealed === null) return;
  if (typeof sealed === "string" && /^gAAAA[A-Za-z0-9_=-]{40,}$/.test(sealed)) return;
  const message = `The encrypted content for item ${show(item["id"])} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`;
  throw new Complaint({ message, code: "invalid_encrypted_content" });
}

/** Each kind of call has its own kind of output; with their names in messages. */
const pairs: readonly (readonly [call: string, output: string, words: string])[] = [
  ["function_call", "function_call_output", "function call"],
  ["custom_tool_call", "custom_tool_call_output", "custom tool call"],
  ["tool_search_call", "tool_search_output", "tool search call"],
];

function checkCallPairs(items: readonly JsonRecord[]): void {
  // The vendor answers its own searches.
  const called = items.filter((item) => item["execution"] !== "server");
  for (const [call, output, words] of pairs) checkPairs(called, { call, output, words });
}

/** Calls and results match by id, in any position. */
function checkPairs(
  items: readonly JsonRecord[],
  { call, output, words }: { readonly call: string; readonly output: string; readonly words: string },
): void {
  const calls = new Set<unknown>();
  for (const item of items) {
    if (item["type"] === call) calls.add(item["call_id"]);
    if (item["type"] !== output || calls.has(item["call_id"])) continue;
    const message = `No tool call found for ${words} output with call_id ${show(item["call_id"])}.`;
    throw new Complaint({ message, param: "input" });
  }
  const answeredIds = new Set(items.filter((item) => item["type"] === output).map((item) => item["call_id"]));
  const open = items.find((item) => item["type"] === call && !answeredIds.has(item["call_id"]));
  if (open === undefined) return;
  const message = `No tool output found for ${words} ${show(open["call_id"])}.`;
  throw new Complaint({ message, param: "input" });
}

function checkReasoningPairs(items: readonly JsonRecord[]): void {
  for (const [index, item] of items.entries()) {
    if (item["type"] === "reasoning") {
      const next = items[index + 1];
      const follows = next !== undefined && (next["role"] === "assistant" || isMade(next));
      if (follows) continue;
      const message = `Item '${show(item["id"])}' of type 'reasoning' was provided without its required following item.`;
      throw new Complaint({ message, param: "input" });
    }
    const id = asText(item["id"]);
    if (id === undefined || !isMade(item) || !followsReasoning(id)) continue;
    const hasReasoning = items.some((other) => other["type"] === "reasoning" && sameTurn(asText(other["id"]), id));
    if (hasReasoning) continue;
    const message = `Item '${id}' of type '${show(item["type"] ?? "message")}' was provided without its required 'reasoning' item: 'rs_${id.slice(id.indexOf("_") + 1)}'.`;
    throw new Complaint({ message, param: "input" });
  }
}

/** Text or a call of the model itself. */
function isMade(item: JsonRecord): boolean {
  const kind = item["type"] ?? "message";
  if (kind === "message") return item["role"] === "assistant";
  return kind === "reasoning" || (typeof kind === "string" && kind.endsWith("_call"));
}

export function notFound(id: string): Complaint {
  const message = `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
  return new Complaint({ message, param: "input" }, 404);
}
