// A search of the vendor's own, in its plain form: look it up, perhaps from some place or on some sites only. Each protocol
// asks for it in another place; what goes beyond the plain form stays where it was, and rules out other vendors.
import type { ChatRequest, ToolChoice } from "../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isBareSearch } from "../gemini-generate/features/search-tool.ts";
import { arrayOr, isArray, isObject, membersOf, numberOr, objectOr, stringOr } from "./read.ts";

export interface WebSearch {
  /** Of `city`, `region`, `country`, `timezone` those that were said; null where the searcher is anywhere. */
  readonly location: JsonObject | null;
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
  /** `low`, `medium`, `high`: how much of the pages is read. A hint. */
  readonly contextSize: string | null;
  /** How often it may be searched. A hint. */
  readonly most: number | null;
  /** Further hints that only their own protocol knows. */
  readonly hints: readonly string[];
}

/** The caller's search, and its extras without it. Null: none, or none that could go elsewhere. */
export function searchIn({ protocol, fields }: ChatRequest["extras"]): {
  readonly search: WebSearch | null;
  readonly fields: JsonObject;
} {
  if (protocol === "openai-chat") {
    const options = fields["web_search_options"];
    const search = isObject(options) ? plainSearch(options) : null;
    if (search === null) return { search, fields };
    const { web_search_options: _options, ...rest } = fields;
    return { search, fields: rest };
  }
  if (fields["tools"] === undefined) return { search: null, fields };
  const tools = arrayOr<readonly Json[]>(fields["tools"], []).filter(isObject);
  const searches = tools.map((tool) => searchOf(tool));
  const search = searches.find((one) => one !== null) ?? null;
  if (search === null || searches.filter((one) => one !== null).length > 1) return { search: null, fields };
  const { tools: _tools, max_tool_calls: calls, ...rest } = fields;
  const others = tools.filter((_tool, index) => searches[index] === null);
  if (others.length > 0) return { search, fields: { ...rest, ...given({ max_tool_calls: calls }), tools: others } };
  // Where nothing but the search runs at the vendor, its calls are searches.
  return { search: { ...search, most: search.most ?? numberOr(calls, null) }, fields: rest };
}

function given(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Whether the caller asks for a search that could go elsewhere. */
export function asksToSearch(extras: ChatRequest["extras"]): boolean {
  return searchIn(extras).search !== null;
}

/** The model is to search, whatever else it could do. */
export function forcesSearch({ toolChoice, tools, extras }: ChatRequest): boolean {
  if (toolChoice?.kind === "search") return true;
  return toolChoice?.kind === "required" && tools.length === 0 && asksToSearch(extras);
}

/** A choice that names the vendor's own search; null for any other. `isIt`: whether a tool is the one that is named. */
export function searchChoice(
  tools: Json | undefined,
  name: string,
  isIt: (tool: JsonObject) => boolean,
): ToolChoice | null {
  const named = arrayOr<readonly Json[]>(tools, []).some((tool) => isObject(tool) && isSearch(tool) && isIt(tool));
  return named ? { kind: "search", name } : null;
}

const typed = /^web_search(?:_preview)?(?:_\d{4}_?\d{2}_?\d{2})?$/u;

/** By its type, as OpenAI and Anthropic name it, in whichever version. */
export function isSearch({ type }: JsonObject): boolean {
  return typeof type === "string" && typed.test(type);
}

function searchOf(tool: JsonObject): WebSearch | null {
  if (typeof tool["type"] === "string") return isSearch(tool) ? plainSearch(tool) : null;
  return isBareSearch(tool) ? plainSearch({}) : null;
}

/** How it is run and shown: what is found elsewhere without them is the same kind of answer. */
const hints: ReadonlySet<string> = new Set([
  "cache_control",
  "allowed_callers",
  "defer_loading",
  "strict",
  "response_inclusion",
  "external_web_access",
  "indexed_web_access",
  "search_content_types",
  "return_token_budget",
]);
const plain: ReadonlySet<string> = new Set([
  "type",
  "name",
  "user_location",
  "filters",
  "allowed_domains",
  "blocked_domains",
  "search_context_size",
  "max_uses",
]);

/** Null where something in it is more than the plain form. */
function plainSearch(tool: JsonObject): WebSearch | null {
  const said = Object.entries(tool).filter(([, value]) => value !== null && value !== undefined);
  if (said.some(([key]) => !plain.has(key) && !hints.has(key))) return null;
  const filters = membersOf(tool["filters"]);
  const place = objectOr(tool["user_location"], null);
  return {
    location: place === null ? null : locationOf(objectOr(place["approximate"], null) ?? place),
    allowed: domains(tool["allowed_domains"] ?? filters["allowed_domains"]),
    blocked: domains(tool["blocked_domains"] ?? filters["blocked_domains"]),
    contextSize: stringOr(tool["search_context_size"], null),
    most: numberOr(tool["max_uses"], null),
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

/** The sites that a target cannot mind, by the names that callers know: there it would be another search. */
export function beyond(search: WebSearch): string | null {
  if (search.allowed.length > 0) return "allowed_domains";
  return search.blocked.length > 0 ? "blocked_domains" : null;
}

/** Hints that are lost without harm. `taken`: those that the target has a word for. */
export function lostHints(
  { contextSize, most, hints: others }: WebSearch,
  taken: { readonly size: boolean; readonly most: boolean },
): readonly string[] {
  const names = [...others];
  if (contextSize !== null && !taken.size) names.push("search_context_size");
  if (most !== null && !taken.most) names.push("max_uses");
  return names.map((name) => `web_search.${name}`);
}

/** Words in place of a tool's setting, for a target that has none. */
export function locationWords(location: JsonObject): string {
  const { timezone, ...place } = location;
  const named = Object.values(place)
    .filter((part) => typeof part === "string")
    .join(", ");
  const zone = typeof timezone === "string" ? `the time zone ${timezone}` : "";
  return `When you search the web, search as somebody in ${[named, zone].filter((part) => part !== "").join(", ")}.`;
}

/** Where nothing forces a search but words. */
export const searchWords = "Search the web before you answer.";
