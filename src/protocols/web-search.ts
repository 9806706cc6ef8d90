// A search of the vendor's own, in its plain form: look it up, perhaps from some place or on some sites only. Each protocol
// asks for it in another place; what goes beyond the plain form stays where it was, and rules out other vendors.
import type { ChatRequest } from "../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../core/json.ts";
import { isBareSearch } from "./gemini-generate/search-tool.ts";
import { arrayOr, isArray, isObject, membersOf, objectOr, stringOr } from "./read.ts";

export interface WebSearch {
  /** Of `city`, `region`, `country`, `timezone` those that were said; null where the searcher is anywhere. */
  readonly location: JsonObject | null;
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
  /** `low`, `medium`, `high`: how much of the pages is read. A hint. */
  readonly contextSize: string | null;
  /** Further hints that only their own protocol knows. */
  readonly hints: readonly string[];
}

/** The caller's search, and its extras without it. Null: none, or none that could go elsewhere. */
export function searchIn({ protocol, fields }: ChatRequest["extras"]): {
  readonly search: WebSearch | null;
  readonly fields: JsonObject;
} {
  if (protocol === "openai-chat") {
    const { web_search_options: options, ...rest } = fields;
    const search = isObject(options) ? plainSearch(options) : null;
    return search === null ? { search, fields } : { search, fields: rest };
  }
  const tools = arrayOr<readonly Json[]>(fields["tools"], []).filter(isObject);
  const searches = tools.map((tool) => searchOf(tool));
  const search = searches.find((one) => one !== null) ?? null;
  if (search === null || searches.filter((one) => one !== null).length > 1) return { search: null, fields };
  const { tools: _tools, ...rest } = fields;
  const others = tools.filter((_tool, index) => searches[index] === null);
  return { search, fields: others.length === 0 ? rest : { ...rest, tools: others } };
}

const typed = /^web_search(?:_preview)?(?:_\d{4}_?\d{2}_?\d{2})?$/u;

function searchOf(tool: JsonObject): WebSearch | null {
  if (typeof tool["type"] === "string") return typed.test(tool["type"]) ? plainSearch(tool) : null;
  return isBareSearch(tool) ? plainSearch({}) : null;
}

const hints: ReadonlySet<string> = new Set(["max_uses", "cache_control", "allowed_callers"]);
const plain: ReadonlySet<string> = new Set([
  "type",
  "name",
  "user_location",
  "filters",
  "allowed_domains",
  "blocked_domains",
  "search_context_size",
]);

/** Null where something in it is more than the plain form. */
function plainSearch(given: JsonObject): WebSearch | null {
  const said = Object.entries(given).filter(([, value]) => value !== null && value !== undefined);
  if (said.some(([key]) => !plain.has(key) && !hints.has(key))) return null;
  const filters = membersOf(given["filters"]);
  const place = objectOr(given["user_location"], null);
  return {
    location: place === null ? null : locationOf(objectOr(place["approximate"], null) ?? place),
    allowed: domains(given["allowed_domains"] ?? filters["allowed_domains"]),
    blocked: domains(given["blocked_domains"] ?? filters["blocked_domains"]),
    contextSize: stringOr(given["search_context_size"], null),
    hints: said.map(([key]) => key).filter((key) => hints.has(key)),
  };
}

function locationOf(place: JsonObject): JsonObject | null {
  const said: MutableJson = {};
  for (const key of ["city", "region", "country", "timezone"]) {
    if (typeof place[key] === "string") said[key] = place[key];
  }
  return Object.keys(said).length === 0 ? null : said;
}

function domains(value: Json | undefined): readonly string[] {
  return isArray(value) ? (value as readonly Json[]).filter((one) => typeof one === "string") : [];
}

/** What of a search a target cannot take, by the names that callers know: there it would be another search. */
export function beyond(
  search: WebSearch,
  taken: { readonly location: boolean; readonly domains: boolean },
): string | null {
  if (search.location !== null && !taken.location) return "user_location";
  if (search.allowed.length > 0 && !taken.domains) return "allowed_domains";
  if (search.blocked.length > 0 && !taken.domains) return "blocked_domains";
  return null;
}

/** Hints that are lost without harm. */
export function lostHints({ contextSize, hints: given }: WebSearch, sized: boolean): readonly string[] {
  const names = contextSize === null || sized ? given : ["search_context_size", ...given];
  return names.map((name) => `web_search.${name}`);
}
