// OpenAI's own web search: the checks and answers of Responses and Chat Completions, key for key as recorded. Throws a
// Complaint.
import { citedSentence, type SearchOffer, searchTheWeb, type WebSearch } from "../answers/search-the-web.ts";
import { splitTokens } from "../answers/tokens.ts";
import { asList, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { checkMembers, Complaint, listOf } from "./envelope.ts";

const toolTypes: readonly string[] = [
  "web_search",
  "web_search_2025_08_26",
  "web_search_preview",
  "web_search_preview_2025_03_11",
];
const toolMembers: readonly string[] =
  "type filters user_location search_context_size external_web_access indexed_web_access search_content_types return_token_budget".split(
    " ",
  );
const locationMembers: readonly string[] = ["type", "city", "region", "country", "timezone"];
const sizes: readonly string[] = ["low", "medium", "high"];

/** OpenAI's models that search on Chat Completions. */
const chatSearchers = /-search(?:-|$)/u;
/** Models without a search on Responses. */
const without =
  /^(?:gpt-3|gpt-4(?!o|\.)|gpt-4\.1-nano|gpt-4o(?:-mini)?-(?:audio|realtime|search)|o1|o3-mini|gpt-audio)/u;

/** Whether a model searches on Responses. */
export function searchesInResponses(model: string): boolean {
  return !without.test(model);
}

export function isWebSearch(tool: JsonRecord): boolean {
  return toolTypes.includes(asText(tool["type"]) ?? "");
}

export function checkSearchTools(body: JsonRecord): void {
  for (const [index, tool] of recordsOf(body["tools"]).entries()) {
    if (!isWebSearch(tool)) continue;
    const place = `tools[${index}]`;
    checkMembers(tool, toolMembers, place);
    checkMembers(asRecord(tool["user_location"]) ?? {}, locationMembers, `${place}.user_location`);
    checkMembers(asRecord(tool["filters"]) ?? {}, ["allowed_domains", "blocked_domains"], `${place}.filters`);
    checkSize(tool["search_context_size"], `${place}.search_context_size`);
    const type = asText(tool["type"]) ?? "";
    const model = asText(body["model"]) ?? "";
    if (!searchesInResponses(model)) throw lackedTool(`Hosted tool '${type}'`, model, "tools");
    if (asRecord(body["reasoning"])?.["effort"] !== "minimal") continue;
    const message = `The following tools cannot be used with reasoning.effort 'minimal': ${type}.`;
    throw new Complaint({ message, param: "tools" });
  }
}

/** The message of a model that lacks a tool. */
export function lackedTool(tool: string, model: string, param: "tools" | "input"): Complaint {
  return new Complaint({ message: `${tool} is not supported with ${model}.`, param });
}

function checkSize(size: unknown, param: string): void {
  if (size === undefined || size === null || (typeof size === "string" && sizes.includes(size))) return;
  const message = `Invalid value: '${show(size)}'. Supported values are: ${listOf(sizes)}.`;
  throw new Complaint({ message, param, code: "invalid_value" });
}

/** A tool of the vendor's own that is chosen by its type. */
export function checkChosenSearch(choice: JsonRecord, tools: readonly JsonRecord[]): void {
  if (!isWebSearch(choice) || tools.some(({ type }) => type === choice["type"])) return;
  const message = `Tool choice '${asText(choice["type"]) ?? ""}' not found in 'tools' parameter.`;
  throw new Complaint({ message, param: "tool_choice" });
}

/** The search of a Responses request; undefined: none. */
export function searchInResponses(body: JsonRecord, userText: string): WebSearch | undefined {
  const tools = recordsOf(body["tools"]);
  const tool = tools.find(isWebSearch);
  const choice = body["tool_choice"];
  if (tool === undefined || choice === "none") return undefined;
  const forced = isWebSearch(asRecord(choice) ?? {}) || (choice === "required" && tools.length === 1);
  return searchTheWeb(userText, { forced, domains: domainsOf(tool) });
}

function domainsOf(tool: JsonRecord): readonly string[] {
  const allowed = asList(asRecord(tool["filters"])?.["allowed_domains"]) ?? [];
  return allowed.filter((one) => typeof one === "string");
}

export function checkChatSearch(body: JsonRecord): void {
  const options = asRecord(body["web_search_options"]);
  if (options === undefined) return;
  if (!chatSearchers.test(asText(body["model"]) ?? "")) {
    throw new Complaint({ message: "Web search options not supported with this model.", param: "web_search_options" });
  }
  checkMembers(options, ["search_context_size", "user_location"], "web_search_options");
  checkSize(options["search_context_size"], "web_search_options.search_context_size");
}

/** Such a model always searches. */
export function searchInChat(body: JsonRecord, userText: string): WebSearch | undefined {
  const offer: SearchOffer | undefined = chatSearchers.test(asText(body["model"]) ?? "")
    ? { forced: true, domains: [] }
    : undefined;
  return searchTheWeb(userText, offer);
}

export interface CitedText {
  readonly tokens: readonly string[];
  /** Offsets in characters of the text, as the service counts them. */
  readonly citation:
    | { readonly start_index: number; readonly end_index: number; readonly title: string; readonly url: string }
    | undefined;
}

/** The source follows a sentence as a link, and the annotation marks that link. */
export function citeIn(tokens: readonly string[], search: WebSearch | undefined): CitedText {
  const [page] = search?.pages ?? [];
  const text = tokens.join("");
  const cited = page === undefined ? undefined : citedSentence(text);
  if (page === undefined || cited === undefined) return { tokens, citation: undefined };
  const url = `${page.url}?utm_source=openai`;
  const link = `([${new URL(page.url).host}](${url}))`;
  const before = `${text.slice(0, cited.end)} `;
  const start_index = Array.from(before).length;
  const citation = { start_index, end_index: start_index + Array.from(link).length, title: page.title, url };
  return { tokens: [...splitTokens(before), link, ...splitTokens(text.slice(cited.end))], citation };
}

/** The call in the output. `sources`: if the caller asked for them. */
export function renderSearch(id: string, { query, pages, failed }: WebSearch, sources: boolean): JsonRecord {
  const pageSources = pages.map(({ url }) => ({ type: "url", url }));
  const action = { type: "search", queries: [query], query, ...(sources ? { sources: pageSources } : {}) };
  return { id, type: "web_search_call", status: failed ? "failed" : "completed", action };
}
