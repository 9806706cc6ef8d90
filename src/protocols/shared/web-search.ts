// A vendor's own web search in its plain form: search, perhaps from a location or on some sites only. Each protocol
// asks for it with another field; options beyond the plain form stay in the extras, and exclude other vendors.
import type { ChatRequest, ToolChoice } from "../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isBareSearch } from "../gemini-generate/features/search-tool.ts";
import { arrayOr, isArray, isObject, membersOf, numberOr, objectOr, stringOr } from "./read.ts";

export interface WebSearch {
  /** The set ones of `city`, `region`, `country`, `timezone`; null if none. */
  readonly location: JsonObject | null;
  readonly allowed: readonly string[];
  readonly blocked: readonly string[];
  /** `low`, `medium`, `high`: how much of the pages to read. A hint. */
  readonly contextSize: string | null;
  /** The most searches. A hint. */
  readonly most: number | null;
  /** Further hints that only their own protocol knows. */
  readonly hints: readonly string[];
}

/** The caller's search, and its extras without it. Null: none, or none that other vendors could run. */
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
  if (others.length > 0)
    return { search, fields: { ...rest, ...presentMembers({ max_tool_calls: calls }), tools: others } };
  // If the search is the vendor's only tool, its limit of calls is a limit of searches.
  return { search: { ...search, most: search.most ?? numberOr(calls, null) }, fields: rest };
}

function presentMembers(members: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Whether the caller asks for a search that other vendors could run. */
export function asksToSearch(extras: ChatRequest["extras"]): boolean {
  return searchIn(extras).search !== null;
}

/** The model must search, whatever other tools it has. */
export function forcesSearch({ toolChoice, tools, extras }: ChatRequest): boolean {
  if (toolChoice?.kind === "search") return true;
  return toolChoice?.kind === "required" && tools.length === 0 && asksToSearch(extras);
}

/** A choice that names the vendor's own search; null for any other. `isIt`: whether a tool is the named one. */
export function searchChoice(
  tools: Json | undefined,
  name: string,
  isIt: (tool: JsonObject) => boolean,
): ToolChoice | null {
  const isNamed = arrayOr<readonly Json[]>(tools, []).some((tool) => isObject(tool) && isSearch(tool) && isIt(tool));
  return isNamed ? { kind: "search", name } : null;
}

const typed = /^web_search(?:_preview)?(?:_\d{4}_?\d{2}_?\d{2})?$/u;

/** By its type in OpenAI's and Anthropic's formats, in any version. */
export function isSearch({ type }: JsonObject): boolean {
  return typeof type === "string" && typed.test(type);
}

function searchOf(tool: JsonObject): WebSearch | null {
  if (typeof tool["type"] === "string") return isSearch(tool) ? plainSearch(tool) : null;
  return isBareSearch(tool) ? plainSearch({}) : null;
}

/** How to run and show it: an answer without them is of the same kind. */
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

/** Null if it has options beyond the plain form. */
function plainSearch(tool: JsonObject): WebSearch | null {
  const entries = Object.entries(tool).filter(([, value]) => value !== null && value !== undefined);
  if (entries.some(([key]) => !plain.has(key) && !hints.has(key))) return null;
  const filters = membersOf(tool["filters"]);
  const place = objectOr(tool["user_location"], null);
  return {
    location: place === null ? null : locationOf(objectOr(place["approximate"], null) ?? place),
    allowed: domains(tool["allowed_domains"] ?? filters["allowed_domains"]),
    blocked: domains(tool["blocked_domains"] ?? filters["blocked_domains"]),
    contextSize: stringOr(tool["search_context_size"], null),
    most: numberOr(tool["max_uses"], null),
    hints: entries.map(([key]) => key).filter((key) => hints.has(key)),
  };
}

function locationOf(place: JsonObject): JsonObject | null {
  const location: MutableJson = {};
  for (const key of ["city", "region", "country", "timezone"]) {
    if (typeof place[key] === "string") location[key] = place[key];
  }
  return Object.keys(location).length === 0 ? null : location;
}

function domains(value: Json | undefined): readonly string[] {
  return isArray(value) ? (value as readonly Json[]).filter((one) => typeof one === "string") : [];
}

/** The site filters that a target does not support, by the callers' names: without them it would be another search. */
export function beyond(search: WebSearch): string | null {
  if (search.allowed.length > 0) return "allowed_domains";
  return search.blocked.length > 0 ? "blocked_domains" : null;
}

/** Hints that can be dropped without harm. `taken`: those that the target supports. */
export function lostHints(
  { contextSize, most, hints: others }: WebSearch,
  support: { readonly size: boolean; readonly most: boolean },
): readonly string[] {
  const names = [...others];
  if (contextSize !== null && !support.size) names.push("search_context_size");
  if (most !== null && !support.most) names.push("max_uses");
  return names.map((name) => `web_search.${name}`);
}

/** Text that replaces a tool's setting, for a target that has none. */
export function locationWords(location: JsonObject): string {
  const { timezone, ...place } = location;
  const placeNames = Object.values(place)
    .filter((part) => typeof part === "string")
    .join(", ");
  const zone = typeof timezone === "string" ? `the time zone ${timezone}` : "";
  return `When you search the web, search as somebody in ${[placeNames, zone].filter((part) => part !== "").join(", ")}.`;
}

/** For targets that can force a search only by instruction. */
export const searchWords = "Search the web before you answer.";
