// Grounding with Google Search, key for key as recorded: the sources of the answer, with offsets in UTF-8 bytes, and
// the calls of the search if the request asked for them. Throws a Complaint if a tool is not allowed beside others.
import type { Answer } from "../answers/prompt.ts";
import { citedSentence, searchTheWeb, type WebSearch } from "../answers/search-the-web.ts";
import { asRecord, asText, eitherCase, recordsOf, type JsonRecord } from "../json-record.ts";
import type { Random } from "../random.ts";
import { Complaint } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

export interface GeminiSearch extends WebSearch {
  /** The search calls are parts of the answer. */
  readonly isShown: boolean;
}

const suggestions = '<style>\n.container {\n  align-items: center;\n}\n</style>\n<div class="container">…</div>\n';

export function checkServerTools(
  body: JsonRecord,
  { declared, traits }: { readonly declared: boolean; readonly traits: ModelTraits },
): void {
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  if (traits.generation < 3) {
    if (declared) throw new Complaint("Tool use with function calling is unsupported");
    if (eitherCase(config, "responseMimeType") !== "application/json") return;
    throw new Complaint("Tool use with a response mime type: 'application/json' is unsupported");
  }
  if (!declared || showsCalls(body)) return;
  throw new Complaint(
    "Please enable tool_config.include_server_side_tool_invocations to use Built-in tools with Function calling.",
  );
}

function showsCalls(body: JsonRecord): boolean {
  const toolConfig = asRecord(eitherCase(body, "toolConfig")) ?? {};
  return eitherCase(toolConfig, "includeServerSideToolInvocations") === true;
}

/** Nothing forces a search here: the model searches if it sees a reason. */
export function webSearchOf(body: JsonRecord, userText: string, answer: Answer | undefined): GeminiSearch | undefined {
  const offered = recordsOf(body["tools"]).some((tool) => eitherCase(tool, "googleSearch") !== undefined);
  if (!offered || answer === undefined || answer.calls.length > 0) return undefined;
  const system = recordsOf(asRecord(eitherCase(body, "systemInstruction"))?.["parts"]);
  const allText = [userText, ...system.map((part) => asText(part["text"]) ?? "")].join("\n");
  const search = searchTheWeb(userText, { forced: /search the web/iu.test(allText), domains: [] });
  return search === undefined ? undefined : { ...search, isShown: showsCalls(body) };
}

export function toolParts({ isShown, query }: GeminiSearch, random: Random): JsonRecord[] {
  if (!isShown) return [];
  const id = random.characters(8, "abcdefghijklmnopqrstuvwxyz0123456789");
  const toolType = "GOOGLE_SEARCH_WEB";
  const signature = (): string =>
    `E${random.characters(219, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}`;
  return [
    { thoughtSignature: signature(), toolCall: { toolType, args: { queries: [query] }, id } },
    { thoughtSignature: signature(), toolResponse: { toolType, response: { search_suggestions: suggestions }, id } },
  ];
}

/** The last page is among the chunks, without a support. `part`: the index of the text. */
export function groundingOf({ query, pages, failed }: GeminiSearch, text: string, part: number): JsonRecord {
  if (failed) return { groundingMetadata: {} };
  const cited = pages.length === 0 ? undefined : citedSentence(text);
  const chunks = pages.map(({ url, title }) => ({ web: { uri: redirectTo(url), title: new URL(url).host || title } }));
  const words = cited === undefined ? "" : text.slice(cited.start, cited.end);
  const place = part === 0 ? {} : { partIndex: part };
  const segment = { ...place, endIndex: Buffer.byteLength(words), text: words };
  const indices = pages.slice(0, Math.max(1, pages.length - 1)).map((_, index) => index);
  return {
    groundingMetadata: {
      webSearchQueries: [query],
      searchEntryPoint: { renderedContent: suggestions },
      ...(chunks.length === 0 ? {} : { groundingChunks: chunks }),
      ...(cited === undefined ? {} : { groundingSupports: [{ segment, groundingChunkIndices: indices }] }),
    },
  };
}

/** Pages have a URL of the vendor's own that redirects to them. */
function redirectTo(url: string): string {
  return `https://vertexaisearch.cloud.google.com/grounding-api-redirect/${Buffer.from(url).toString("base64url")}`;
}

const TOKENS = 61;

export function searchTokens(search: GeminiSearch | undefined): number {
  return search === undefined ? 0 : TOKENS;
}

export function searchUsage(search: GeminiSearch | undefined): JsonRecord {
  if (search === undefined) return {};
  return { toolUsePromptTokenCount: TOKENS, toolUsePromptTokensDetails: [{ modality: "TEXT", tokenCount: TOKENS }] };
}
