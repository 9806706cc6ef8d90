// Web searches as blocks: the call and its results, each a block, with the same id. Another vendor's searches use the
// same blocks with an empty seal: nobody could decrypt one, and it identifies them when they come back. Source:
// ServerToolUseBlock and WebSearchToolResultBlock of the Messages API.
import type { Citation, Usage } from "../../../core/chat.ts";
import type { FoundPage, SearchStep } from "../../../core/search-step.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { hashIdentifier } from "../../shared/identifiers.ts";
import { membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { pagesOf, queryOf, readPages, readQueries, type Search } from "../../shared/searches.ts";
import { objectsOf } from "./own-state.ts";

const tool = "web_search";
const resultType = "web_search_tool_result";
const direct = { type: "direct" };

/** The search in a block, for other protocols; undefined if it is not a search. */
export function stepOf(block: JsonObject): SearchStep | undefined {
  if (block["type"] === "server_tool_use" && block["name"] === tool) {
    const queries = readQueries(membersOf(block["input"]));
    return { id: stringOr(block["id"], ""), queries, pages: null, error: null };
  }
  if (block["type"] !== resultType) return undefined;
  const { content } = block;
  const error = stringOr(membersOf(content)["error_code"], null);
  const pages = error === null ? readPages(content, { url: "url", age: "page_age" }) : [];
  const step = { id: stringOr(block["tool_use_id"], ""), queries: null, pages, error };
  return objectsOf(content).some((page) => page["encrypted_content"]) ? { ...step, seal: "own" } : step;
}

/** Anthropic's own ids are recognized by their prefix. */
function blockId(id: string, seed: string): string {
  return `srvtoolu_${hashIdentifier(`${seed}:${id}`, 24)}`;
}

/** Without its input, which follows it in a stream. */
export function callBlock(search: Pick<Search, "id">, seed: string): JsonObject {
  return { type: "server_tool_use", id: blockId(search.id, seed), name: tool, input: {}, caller: direct };
}

export function inputOf(search: Pick<Search, "queries">): JsonObject {
  return { query: queryOf(search) };
}

const errors: ReadonlySet<string> = new Set([
  "invalid_tool_input",
  "unavailable",
  "max_uses_exceeded",
  "too_many_requests",
  "query_too_long",
  "request_too_large",
]);

/** The pages that an answer cites: they supply titles, and replace results that were not reported. */
export interface CitedPages {
  readonly pages: readonly FoundPage[];
  readonly titles: ReadonlyMap<string, string | null>;
}

export function citedPages(citations: readonly Citation[]): CitedPages {
  const pages = pagesOf(citations);
  return { pages, titles: new Map(pages.map(({ url, title }) => [addressOf(url), title])) };
}

export function resultBlock(search: Search, seed: string, cited: CitedPages): JsonObject {
  const results = (search.pages ?? cited.pages).map(({ url, title, age }) => ({
    type: "web_search_result",
    title: title ?? cited.titles.get(addressOf(url)) ?? url,
    url,
    encrypted_content: "",
    page_age: age,
  }));
  const { error } = search;
  const failed = {
    type: "web_search_tool_result_error",
    error_code: error !== null && errors.has(error) ? error : "unavailable",
  };
  return {
    type: resultType,
    tool_use_id: blockId(search.id, seed),
    content: error === null ? results : failed,
    caller: direct,
  };
}

/** Without the marker that OpenAI adds to the URLs that it cites. */
function addressOf(url: string): string {
  return url.replace(/[?&]utm_source=openai$/u, "");
}

/** Blocks of another vendor's search: each result with an empty seal, and its call. By the search's id. */
export function foreignSearches(blocks: readonly JsonObject[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { type, tool_use_id: id, content } of blocks) {
    const unsealed = (): boolean => objectsOf(content).some((page) => page["encrypted_content"] === "");
    if (type === resultType && typeof id === "string" && unsealed()) ids.add(id);
  }
  return ids;
}

/** The vendor's count of searches. */
export function readSearches(usage: JsonObject): Pick<Usage, "searches"> {
  const searches = numberOr(membersOf(usage["server_tool_use"])["web_search_requests"], null);
  return searches ? { searches } : {};
}

/** The count in the usage; empty if there were none. */
export function searchUsage(searches: number): { readonly [name: string]: Json } {
  return searches === 0 ? {} : { server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } };
}
