// Anthropic's own web search, key for key as recorded: the call, the results, the text with its citations; and the
// service's checks of such blocks and of the tool. Throws a Complaint.
import type { Answer } from "../answers/prompt.ts";
import { citedSentence, type SearchOffer, searchTheWeb, type WebSearch } from "../answers/search-the-web.ts";
import { splitTokens } from "../answers/tokens.ts";
import { asList, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { BASE_58, LETTERS_AND_DIGITS, type Random } from "../random.ts";
import { Complaint } from "./envelope.ts";

const versions = /^web_search_(?:20250305|20260209|20260318)$/u;
const members: readonly string[] =
  "type name allowed_domains blocked_domains max_uses user_location cache_control allowed_callers defer_loading strict response_inclusion".split(
    " ",
  );
const direct = { type: "direct" };
const sealed = (random: Random, length: number): string => `E${random.characters(length, `${LETTERS_AND_DIGITS}+/`)}`;

export function checkSearchTool(tool: JsonRecord, place: string): void {
  const kind = asText(tool["type"]) ?? "";
  if (kind.startsWith("web_search") && !versions.test(kind)) {
    const index = place.slice(0, place.lastIndexOf("."));
    throw new Complaint(
      `${index}: Input tag '${kind}' found using 'type' does not match any of the expected tags: 'custom', 'web_search_20250305', 'web_search_20260209', 'web_search_20260318'`,
    );
  }
  if (!versions.test(kind)) return;
  if (tool["name"] !== "web_search") throw new Complaint(`${place}.name: Input should be 'web_search'`);
  const extra = Object.keys(tool).find((member) => !members.includes(member));
  if (extra !== undefined) throw new Complaint(`${place}.${extra}: Extra inputs are not permitted`);
  if (lists(tool, "allowed_domains") && lists(tool, "blocked_domains")) {
    throw new Complaint(`${place}: Only one of \`allowed_domains\` or \`blocked_domains\` can be specified`);
  }
}

function lists(tool: JsonRecord, name: string): boolean {
  return (asList(tool[name])?.length ?? 0) > 0;
}

/** The search that the request offers; undefined if none. */
function offerIn(body: JsonRecord): SearchOffer | undefined {
  const tool = recordsOf(body["tools"]).find(({ type }) => versions.test(asText(type) ?? ""));
  const choice = asRecord(body["tool_choice"]);
  if (tool === undefined || choice?.["type"] === "none") return undefined;
  const only = recordsOf(body["tools"]).length === 1;
  const forced = choice?.["name"] === "web_search" || (choice?.["type"] === "any" && only);
  return { forced, domains: (asList(tool["allowed_domains"]) ?? []).filter((one) => typeof one === "string") };
}

/** A turn that pauses, or only calls, does not search. */
export function webSearchOf(body: JsonRecord, userText: string, answer: Answer): WebSearch | undefined {
  return answer.calls.length > 0 ? undefined : searchTheWeb(userText, offerIn(body));
}

export function searchBlocks(
  { query, pages, failed }: WebSearch,
  random: Random,
): (
  | { readonly type: "server_tool_use"; readonly id: string; readonly name: string; readonly input: JsonRecord }
  | { readonly type: "server_tool_result"; readonly data: JsonRecord }
)[] {
  const id = `srvtoolu_01${random.characters(22, BASE_58)}`;
  const results = pages.map(({ url, title, age }) => ({
    type: "web_search_result",
    title,
    url,
    encrypted_content: sealed(random, 119),
    page_age: age,
  }));
  const content = failed ? { type: "web_search_tool_result_error", error_code: "unavailable" } : results;
  const data = { type: "web_search_tool_result", tool_use_id: id, content, caller: direct };
  return [
    { type: "server_tool_use", id, name: "web_search", input: { query } },
    { type: "server_tool_result", data },
  ];
}

export interface TextStretch {
  readonly tokens: readonly string[];
  readonly citations?: readonly JsonRecord[];
}

/** The text in blocks: cited text is in a block of its own. */
export function textStretches(answer: Answer, search: WebSearch | undefined, random: Random): TextStretch[] {
  const text = answer.text.join("");
  const [page] = search?.pages ?? [];
  const cited = page === undefined ? undefined : citedSentence(text);
  if (page === undefined || cited === undefined) return text === "" ? [] : [{ tokens: answer.text }];
  const citation = {
    type: "web_search_result_location",
    cited_text: `What ${page.title} says of it.`,
    url: page.url,
    title: page.title,
    encrypted_index: sealed(random, 79),
  };
  const rest = splitTokens(text.slice(cited.end));
  const stretch = { tokens: splitTokens(text.slice(cited.start, cited.end)), citations: [citation] };
  return rest.length === 0 ? [stretch] : [stretch, { tokens: rest }];
}

export function searchUsage({ failed }: WebSearch): JsonRecord {
  return { server_tool_use: { web_search_requests: failed ? 0 : 1, web_fetch_requests: 0 } };
}

/** The result type for each of the vendor's own tools. Source: the blocks of `@anthropic-ai/sdk` 1.12.0. */
const resultTypes: ReadonlyMap<string, string> = new Map([
  ["web_search", "web_search_tool_result"],
  ["web_fetch", "web_fetch_tool_result"],
  ["code_execution", "code_execution_tool_result"],
  ["bash_code_execution", "bash_code_execution_tool_result"],
  ["text_editor_code_execution", "text_editor_code_execution_tool_result"],
  ["tool_search_tool_regex", "tool_search_tool_result"],
  ["tool_search_tool_bm25", "tool_search_tool_result"],
]);
const answers: ReadonlySet<string> = new Set(resultTypes.values());

/** The calls of the vendor's own tools and their results, in one assistant turn. */
export function checkSearchBlocks(blocks: readonly JsonRecord[], place: string, isLast: boolean): void {
  const open = new Map<string, { readonly at: number; readonly name: string; readonly result: string }>();
  for (const [at, block] of blocks.entries()) {
    if (block["type"] === "server_tool_use") {
      const id = asText(block["id"]) ?? "";
      if (!/^srvtoolu_[a-zA-Z0-9_]+$/u.test(id)) {
        throw new Complaint(
          `${place}.${at}.server_tool_use.id: String should match pattern '^srvtoolu_[a-zA-Z0-9_]+$'`,
        );
      }
      const name = asText(block["name"]) ?? "";
      const result = resultTypes.get(name);
      if (result !== undefined) open.set(id, { at, name, result });
    }
    const type = asText(block["type"]) ?? "";
    if (answers.has(type)) {
      if (type === "web_search_tool_result") checkResult(block, `${place}.${at}`);
      const id = asText(block["tool_use_id"]) ?? "";
      if (open.get(id)?.result !== type) {
        throw new Complaint(
          `${place}.${at}: unexpected \`tool_use_id\` found in \`${type}\` blocks: ${id}. Each \`${type}\` block must have a corresponding \`server_tool_use\` block before it.`,
        );
      }
      open.delete(id);
    }
    if (block["type"] === "text") checkCitations(block, `${place}.${at}`);
  }
  const [firstOpen] = open;
  if (firstOpen === undefined || isLast) return;
  const [id, { at, name, result }] = firstOpen;
  throw new Complaint(
    `${place}.${at}: \`${name}\` tool use with id \`${id}\` was found without a corresponding \`${result}\` block`,
  );
}

/** Sealed by the service, which opens the seal when it comes back. */
function checkResult(block: JsonRecord, place: string): void {
  for (const [index, result] of recordsOf(block["content"]).entries()) {
    const inside = `${place}.web_search_tool_result.content.${index}`;
    const content = asText(result["encrypted_content"]);
    if (content === undefined) throw new Complaint(`${inside}.encrypted_content: Field required`);
    if (!/^E[A-Za-z0-9+/]{40,}=*$/u.test(content))
      throw new Complaint(`${place}: Invalid \`encrypted_content\` in \`search_result\` block`);
    for (const name of ["title", "url"])
      if (asText(result[name]) === undefined) throw new Complaint(`${inside}.${name}: Field required`);
  }
}

function checkCitations(block: JsonRecord, place: string): void {
  for (const citation of recordsOf(block["citations"])) {
    if (citation["type"] !== "web_search_result_location") continue;
    const index = show(citation["encrypted_index"] ?? "");
    if (!/^E[A-Za-z0-9+/]{40,}=*$/u.test(index))
      throw new Complaint(`${place}: Could not find search result for citation index: ${index}`);
  }
}
