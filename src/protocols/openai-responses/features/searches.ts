// Web searches as items of an output: a call with its query, and the found pages if the client asks for them. Source:
// ResponseFunctionWebSearch of the `openai` SDK.
import type { Usage } from "../../../core/chat.ts";
import type { SearchStep } from "../../../core/search-step.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { readPages, readQueries, type Search } from "../../shared/searches.ts";
import { itemId } from "../response/envelope.ts";
import { foundPages } from "./own-state.ts";

export const searchType = "web_search_call";

/** The search in an item, for other protocols; undefined if it is not a search. Opened pages are not. */
export function stepOf(item: JsonObject): SearchStep | undefined {
  if (item["type"] !== searchType) return undefined;
  const action = membersOf(item["action"]);
  if (stringOr(action["type"], "search") !== "search") return undefined;
  const { sources } = action;
  const error = item["status"] === "failed" ? "unavailable" : null;
  const pages = sources === undefined ? null : readPages(sources, { url: "url" });
  return { id: stringOr(item["id"], ""), queries: readQueries(action), pages, error };
}

/** Whether the client asks for the pages. */
export function wantsPages(request: JsonObject | undefined): boolean {
  return arrayOr<readonly Json[]>(request?.["include"], []).includes(foundPages);
}

export function searchItem(
  search: Search,
  { response, index, sources }: { readonly response: string; readonly index: number; readonly sources: boolean },
): JsonObject & { readonly id: string } {
  const { queries, pages, error } = search;
  const pageSources = (pages ?? []).map(({ url }) => ({ type: "url", url }));
  return {
    id: itemId("ws", response, index),
    type: searchType,
    status: error === null ? "completed" : "failed",
    action: { type: "search", query: queries[0] ?? "", queries, ...(sources ? { sources: pageSources } : {}) },
  };
}

/** The vendor's count of searches, beside its tokens. */
export function withSearches(usage: Usage | null, response: JsonObject): Usage | null {
  const counts = membersOf(membersOf(response["tool_usage"])["web_search"]);
  const searches = numberOr(counts["num_requests"], null);
  return usage === null || !searches ? usage : { ...usage, searches };
}

/** The count in a response; empty if there were none. */
export function toolUsage(searches: number): JsonObject {
  return searches === 0 ? {} : { tool_usage: { web_search: { num_requests: searches } } };
}
