// Which blocks Anthropic takes in which place: a message, a tool result, a document, a found page. Any other type is
// refused, with its messages. Blocks of betas are accepted too. Throws a Complaint. Source: ContentBlockParam,
// BetaContentBlockParam, ToolResultBlockParam and ContentBlockSource of `@anthropic-ai/sdk` 1.12.0.
import { asRecord, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";

const inMessages: readonly string[] =
  "advisor_tool_result bash_code_execution_tool_result code_execution_tool_result compaction container_upload document fallback image mcp_tool_listing mcp_tool_result mcp_tool_use redacted_thinking search_result server_tool_use text text_editor_code_execution_tool_result thinking tool_addition tool_removal tool_result tool_search_tool_result tool_use web_fetch_tool_result web_search_tool_result".split(
    " ",
  );
const inResults: readonly string[] = ["browser_state", "document", "image", "search_result", "text", "tool_reference"];
const inDocuments: readonly string[] = ["image", "text"];

/** `place`: the path of the block, e.g. `messages.0.content.1`. */
export function checkBlockType(block: JsonRecord, place: string): void {
  checkTag(block, inMessages, place);
  checkInside(block, place);
}

/** The content of a tool result. */
export function checkResultBlock(block: JsonRecord, place: string): void {
  checkTag(block, inResults, place);
  if (block["type"] === "tool_reference" && typeof block["tool_name"] !== "string")
    throw new Complaint(`${place}.tool_reference.tool_name: Field required`);
  checkInside(block, place);
}

export function checkSystemBlock(block: JsonRecord, place: string): void {
  if (block["type"] !== "text") throw new Complaint(`${place}.type: Input should be 'text'`);
}

function checkInside(block: JsonRecord, place: string): void {
  const source = asRecord(block["source"]);
  if (block["type"] === "document" && source?.["type"] === "content") {
    for (const [index, inner] of recordsOf(source["content"]).entries())
      checkTag(inner, inDocuments, `${place}.document.source.content.content.${index}`);
  }
  if (block["type"] !== "search_result") return;
  for (const name of ["content", "source", "title"]) {
    if (block[name] === undefined) throw new Complaint(`${place}.search_result.${name}: Field required`);
  }
  for (const [index, inner] of recordsOf(block["content"]).entries()) {
    if (inner["type"] !== "text")
      throw new Complaint(`${place}.search_result.content.${index}.type: Input should be 'text'`);
  }
}

function checkTag(block: JsonRecord, expected: readonly string[], place: string): void {
  const { type } = block;
  if (type === undefined) throw new Complaint(`${place}.type: Field required`);
  if (expected.includes(show(type))) return;
  const tags = expected.map((tag) => `'${tag}'`).join(", ");
  throw new Complaint(
    `${place}: Input tag '${show(type)}' found using 'type' does not match any of the expected tags: ${tags}`,
  );
}
