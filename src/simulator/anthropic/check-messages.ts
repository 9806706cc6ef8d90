// Anthropic's checks of the list of messages: roles, blocks, tools answered in the very next message, and thinking that
// is neither forged nor missing. Throws a Complaint.
import { asList, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { checkBlockType, checkResultBlock, checkSystemBlock } from "./check-blocks.ts";
import { checkCache } from "./check-cache.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";
import { openCall } from "./pause-turn.ts";
import { checkSearchBlocks } from "./web-search.ts";

export function checkMessages(body: JsonRecord, traits: ModelTraits, version: string): void {
  const messages = asList(body["messages"]);
  if (messages === undefined) throw new Complaint("messages: Input should be a valid list");
  if (messages.length === 0) throw new Complaint("messages: at least one message is required");
  checkCache(body);
  const records = recordsOf(messages);
  for (const [index, message] of records.entries())
    checkMessage(message, { index, traits, version, isLast: index === records.length - 1 });
  if (records[0]?.["role"] !== "user") throw new Complaint('messages: first message must use the "user" role');
  for (const [index, block] of recordsOf(body["system"]).entries()) {
    checkSystemBlock(block, `system.${index}`);
    checkText(block, "system");
  }
  checkToolPairs(records);
  // A paused turn that is sent back is not a prefill.
  if (openCall(body) === undefined) checkEnding(records.at(-1) ?? {}, traits);
  if (asRecord(body["thinking"])?.["type"] === "enabled") checkThinkingKept(records);
}

interface MessagePlace {
  readonly index: number;
  readonly traits: ModelTraits;
  readonly version: string;
  readonly isLast: boolean;
}

function checkMessage(message: JsonRecord, place: MessagePlace): void {
  const { content } = message;
  const role = roleOf(message, place);
  if (content === undefined || content === null) throw new Complaint(`messages.${place.index}.content: Field required`);
  const isEmpty = content === "" || (Array.isArray(content) && content.length === 0);
  if (isEmpty && !(place.isLast && role === "assistant")) {
    throw new Complaint(
      `messages.${place.index}: all messages must have non-empty content except for the optional final assistant message`,
    );
  }
  for (const [at, block] of recordsOf(content).entries()) {
    checkBlockRole(block, { role, index: place.index });
    if (place.version >= "2026-10-21") checkNewRules(block, { role, path: `messages.${place.index}.content.${at}` });
    checkBlock(block, `messages.${place.index}.content.${at}`);
    checkImage(block, place.traits, `messages.${place.index}.content.${at}`);
  }
  checkSearchBlocks(recordsOf(content), `messages.${place.index}.content`, place.isLast);
  const last = recordsOf(content).at(-1)?.["type"];
  if (last === "thinking" || last === "redacted_thinking")
    throw new Complaint(`messages.${place.index}: The final block in an assistant message cannot be \`thinking\`.`);
}

/** Checks the role, and where it is allowed. */
function roleOf({ role }: JsonRecord, place: MessagePlace): "user" | "assistant" | "system" {
  if (role === "system" && place.index === 0 && place.traits.takesLaterSystem)
    throw new Complaint("messages.0: use the top-level 'system' parameter for the initial system prompt");
  if (role === "system" && !place.traits.takesLaterSystem) {
    throw new Complaint(
      'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, not "system" as an input message role.',
    );
  }
  if (role !== "user" && role !== "assistant" && role !== "system")
    throw new Complaint(`messages.${place.index}.role: Input should be 'user' or 'assistant'`);
  return role;
}

function checkBlock(block: JsonRecord, place: string): void {
  checkBlockType(block, place);
  switch (block["type"]) {
    case "text":
      checkExtras(block, blockMembers["text"] ?? [], `${place}.text`);
      return checkText(block, "messages");
    case "tool_result":
      checkExtras(block, blockMembers["tool_result"] ?? [], `${place}.tool_result`);
      for (const [index, inner] of recordsOf(block["content"]).entries()) {
        checkResultBlock(inner, `${place}.tool_result.content.${index}`);
        checkText(inner, "messages");
      }
      return;
    case "redacted_thinking":
      if (asText(block["data"]) === undefined) throw new Complaint(`${place}.redacted_thinking.data: Field required`);
      return;
    case "image":
    case "document":
      checkExtras(block, blockMembers[block["type"]] ?? [], `${place}.${block["type"]}`);
      return checkSource(block, place);
    case "tool_use":
      checkExtras(block, blockMembers["tool_use"] ?? [], `${place}.tool_use`);
      return checkToolUse(block, `${place}.tool_use`);
    case "thinking":
      checkExtras(block, blockMembers["thinking"] ?? [], `${place}.thinking`);
      return checkSignature(block, place);
    default:
  }
}

/** The members of a block, by its type. */
const blockMembers: Readonly<Record<string, readonly string[]>> = {
  text: ["type", "text", "cache_control", "citations"],
  image: ["type", "source", "cache_control"],
  document: ["type", "source", "title", "context", "citations", "cache_control"],
  tool_use: ["type", "id", "name", "input", "cache_control", "caller"],
  tool_result: ["type", "tool_use_id", "content", "is_error", "cache_control"],
  thinking: ["type", "thinking", "signature"],
};

function checkExtras(record: JsonRecord, knownNames: readonly string[], place: string): void {
  const extra = Object.keys(record).find((name) => !knownNames.includes(name));
  if (extra !== undefined) throw new Complaint(`${place}.${extra}: Extra inputs are not permitted`);
}

/** Which role may send which block. */
const blockRoles: Readonly<Record<string, "assistant" | "user">> = {
  tool_use: "assistant",
  thinking: "assistant",
  redacted_thinking: "assistant",
  tool_result: "user",
  server_tool_use: "assistant",
  mcp_tool_use: "assistant",
  mcp_tool_result: "assistant",
  web_search_tool_result: "assistant",
  web_fetch_tool_result: "assistant",
  code_execution_tool_result: "assistant",
  bash_code_execution_tool_result: "assistant",
  text_editor_code_execution_tool_result: "assistant",
  tool_search_tool_result: "assistant",
  container_upload: "user",
};

function checkBlockRole(block: JsonRecord, { role, index }: { role: unknown; index: number }): void {
  const kind = show(block["type"]);
  const owner = blockRoles[kind];
  if (owner === undefined || owner === role) return;
  throw new Complaint(`messages.${index}: \`${kind}\` blocks can only be in \`${owner}\` messages`);
}

/** Forbidden since the API version of that date. */
function checkNewRules(block: JsonRecord, { role, path }: { role: unknown; path: string }): void {
  if (block["type"] === "document" && role === "assistant")
    throw new Complaint(`${path}: \`document\` blocks are not permitted in \`assistant\` messages`);
  if (block["type"] === "text" && role === "user" && block["citations"] !== undefined)
    throw new Complaint(`${path}.text.citations: Extra inputs are not permitted`);
}

function checkText(block: JsonRecord, place: string): void {
  if (block["type"] !== "text") return;
  const text = asText(block["text"]);
  if (text === "") throw new Complaint(`${place}: text content blocks must be non-empty`);
  if (text?.trim() === "") throw new Complaint(`${place}: text content blocks must contain non-whitespace text`);
}

function checkSource(block: JsonRecord, place: string): void {
  const source = asRecord(block["source"]);
  const kind = show(block["type"]);
  if (source === undefined) throw new Complaint(`${place}.${kind}.source: Field required`);
  const mediaType = asText(source["media_type"]) ?? "";
  if (kind === "image" && source["type"] === "base64" && !/^image\/(jpeg|png|gif|webp)$/.test(mediaType)) {
    throw new Complaint(
      `${place}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'`,
    );
  }
  if (source["type"] === "base64" && (asText(source["data"]) ?? "") === "") {
    throw new Complaint(`${place}.${kind}.source.base64.data: image cannot be empty`);
  }
  if (source["type"] === "url" && !(asText(source["url"]) ?? "").startsWith("https://")) {
    throw new Complaint(`${place}.${kind}.source.url.url: Only HTTPS URLs are supported.`);
  }
}

/** The first bytes of the accepted types, in base64. */
const beginnings = { "image/png": "iVBORw0KGgo", "image/jpeg": "/9j/", "image/gif": "R0lGOD" } as const;

/** Sources: home-assistant/core#167208, anthropics/claude-code#15746. Claude 3.5 took a JPEG as a PNG, as recorded. */
function checkImage(block: JsonRecord, { generation }: ModelTraits, place: string): void {
  const source = asRecord(block["source"]);
  if (block["type"] !== "image" || source?.["type"] !== "base64" || generation < 4) return;
  const data = asText(source["data"]) ?? "";
  const mediaType = asText(source["media_type"]) ?? "";
  if (/[^A-Za-z0-9+/=]/u.test(data)) throw new Complaint(`${place}.image.source.base64: invalid base64 data`);
  for (const [type, beginning] of Object.entries(beginnings)) {
    if (type === mediaType || !data.startsWith(beginning)) continue;
    throw new Complaint(
      `${place}.image.source.base64.data: The image was specified using the ${mediaType} media type, but the image appears to be a ${type} image`,
    );
  }
}

function checkToolUse(block: JsonRecord, place: string): void {
  const id = asText(block["id"]);
  if (id === undefined) throw new Complaint(`${place}.id: Field required`);
  if (!/^[a-zA-Z0-9_-]+$/.test(id)) throw new Complaint(`${place}.id: String should match pattern '^[a-zA-Z0-9_-]+$'`);
  if (asRecord(block["input"]) === undefined) throw new Complaint(`${place}.input: Input should be a valid dictionary`);
}

/** A signature is opaque; one that no vendor could have issued is refused. */
function checkSignature(block: JsonRecord, place: string): void {
  const signature = asText(block["signature"]);
  if (signature === undefined) throw new Complaint(`${place}.thinking.signature: Field required`);
  if (signature.length < 40 || /[^A-Za-z0-9+/=]/.test(signature))
    throw new Complaint(`${place}: Invalid \`signature\` in \`thinking\` block`);
}

function checkToolPairs(messages: readonly JsonRecord[]): void {
  checkIdsOnce(messages);
  for (const [index, message] of messages.entries()) {
    const blocks = recordsOf(message["content"]);
    const before = index === 0 ? [] : toolUseIds(messages[index - 1] ?? {});
    const answeredIds = new Set<string>();
    let isContiguous = true;
    for (const [place, block] of blocks.entries()) {
      if (block["type"] !== "tool_result") {
        isContiguous = false;
        continue;
      }
      const id = asText(block["tool_use_id"]) ?? "";
      checkResult(id, { path: `messages.${index}.content.${place}`, before, answeredIds });
      // a result after other blocks is not "immediately after"
      if (isContiguous) answeredIds.add(id);
    }
    const open = before.filter((id) => !answeredIds.has(id));
    if (open.length > 0) complainAboutOpen(index - 1, open);
  }
  const last = toolUseIds(messages.at(-1) ?? {});
  if (last.length > 0) complainAboutOpen(messages.length - 1, last);
}

function checkResult(
  id: string,
  { path, before, answeredIds }: { path: string; before: readonly string[]; answeredIds: ReadonlySet<string> },
): void {
  if (!before.includes(id)) {
    throw new Complaint(
      `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${id}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    );
  }
  if (answeredIds.has(id)) {
    throw new Complaint(
      `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with id: ${id}`,
    );
  }
}

function checkIdsOnce(messages: readonly JsonRecord[]): void {
  const seenIds = new Set<unknown>();
  for (const [index, message] of messages.entries()) {
    for (const [place, block] of recordsOf(message["content"]).entries()) {
      if (block["type"] !== "tool_use") continue;
      if (seenIds.has(block["id"]))
        throw new Complaint(`messages.${index}.content.${place}: \`tool_use\` ids must be unique`);
      seenIds.add(block["id"]);
    }
  }
}

function complainAboutOpen(index: number, ids: readonly string[]): never {
  throw new Complaint(
    `messages.${index}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${ids.join(", ")}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
  );
}

function toolUseIds(message: JsonRecord): string[] {
  if (message["role"] !== "assistant") return [];
  return recordsOf(message["content"])
    .filter((block) => block["type"] === "tool_use")
    .map((block) => asText(block["id"]) ?? "");
}

function checkEnding(last: JsonRecord, traits: ModelTraits): void {
  if (last["role"] !== "assistant") return;
  if (!traits.takesPrefill) {
    throw new Complaint(
      "This model does not support assistant message prefill. The conversation must end with a user message.",
    );
  }
  const { content } = last;
  const text = typeof content === "string" ? content : (asText(recordsOf(content).at(-1)?.["text"]) ?? "");
  if (text !== text.trimEnd())
    throw new Complaint("messages: final assistant content cannot end with trailing whitespace");
}

/** With manual thinking, a turn with tool calls must still begin with its thinking. */
function checkThinkingKept(messages: readonly JsonRecord[]): void {
  const isResult = recordsOf(messages.at(-1)?.["content"]).some((block) => block["type"] === "tool_result");
  const index = messages.length - 2;
  const first = recordsOf(messages[index]?.["content"])[0];
  if (!isResult || first === undefined || first["type"] === "thinking" || first["type"] === "redacted_thinking") return;
  throw new Complaint(
    `messages.${index}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${show(first["type"])}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block (preceeding the lastmost set of \`tool_use\` and \`tool_result\` blocks). We recommend you include thinking blocks from previous turns. To avoid this requirement, disable \`thinking\`. Please consult our documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking`,
  );
}
