// Searches of the web as blocks: the call and what it found, each a block of its own, which share an id. Another vendor's
// searches are told in the same blocks, with an empty seal: nobody could open one, and by it they are known when they come
// back. Source: ServerToolUseBlock and WebSearchToolResultBlock of the Messages API.
import type { Citation, Usage } from "../../../core/chat.ts";
import type { FoundPage, SearchStep } from "../../../core/search-step.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { shortHash } from "../../shared/identifiers.ts";
import { membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { pagesOf, queryOf, readPages, readQueries, type Search } from "../../shared/searches.ts";
import { objectsOf } from "./own.ts";

const tool = "web_search";
const resultType = "web_search_tool_result";
const direct = { type: "direct" };

/** What other protocols can say of a block; undefined where it is no search. */
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

/** Ids are the service's own, by their beginning. */
function blockId(id: string, seed: string): string {
  return `srvtoolu_${shortHash(`${seed}:${id}`, 24)}`;
}

/** Without its input, which comes behind it in a stream. */
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

/** The pages that an answer cites: they know titles, and stand in where what was found is not told. */
export interface CitedPages {
  readonly pages: readonly FoundPage[];
  readonly titles: ReadonlyMap<string, string | null>;
}

export function citedPages(citations: readonly Citation[]): CitedPages {
  const pages = pagesOf(citations);
  return { pages, titles: new Map(pages.map(({ url, title }) => [addressOf(url), title])) };
}

export function resultBlock(search: Search, seed: string, cited: CitedPages): JsonObject {
  const found = (search.pages ?? cited.pages).map(({ url, title, age }) => ({
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
    content: error === null ? found : failed,
    caller: direct,
  };
}

/** Without the mark that OpenAI puts on the addresses that it cites. */
function addressOf(url: string): string {
  return url.replace(/[?&]utm_source=openai$/u, "");
}

/** Blocks that another vendor's search came in: each result with an empty seal, and its call. By the search's id. */
export function foreignSearches(blocks: readonly JsonObject[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { type, tool_use_id: id, content } of blocks) {
    const unsealed = (): boolean => objectsOf(content).some((page) => page["encrypted_content"] === "");
    if (type === resultType && typeof id === "string" && unsealed()) ids.add(id);
  }
  return ids;
}

/** The searches that the vendor counted. */
export function readSearches(usage: JsonObject): Pick<Usage, "searches"> {
  const searches = numberOr(membersOf(usage["server_tool_use"])["web_search_requests"], null);
  return searches ? { searches } : {};
}

/** As the usage tells them; nothing where there were none. */
export function searchUsage(searches: number): { readonly [name: string]: Json } {
  return searches === 0 ? {} : { server_tool_use: { web_search_requests: searches, web_fetch_requests: 0 } };
}
