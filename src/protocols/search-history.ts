// Searches in a history, for a target that did not run them: what was looked for and found is told in words. They stand in
// the user's next turn, in tags: in the assistant's own, models take to writing such words in place of a search. What their
// vendor sealed goes nowhere else, and its loss is reported.
import type { ChatRequest, Message, Part, ProtocolName, TextPart } from "../core/chat.ts";
import type { SearchStep } from "../core/search-step.ts";
import type { Report } from "./report.ts";
import { type Search, SearchBook } from "./searches.ts";

type Book = Pick<Report, "drop" | "adapt">;

/** The same request where there is nothing to tell. */
export function tellSearches(request: ChatRequest, own: ProtocolName, report: Book): ChatRequest {
  if (!request.messages.some((message) => holdsForeign(message, own))) return request;
  report.adapt("messages.web_search", "blocks", "text");
  const messages: Message[] = [];
  let waiting: readonly TextPart[] = [];
  for (const message of request.messages) {
    if (message.role === "assistant" && waiting.length > 0) {
      messages.push(userTurn(waiting));
      waiting = [];
    }
    const told = holdsForeign(message, own) ? readSearches(message, own, report) : [];
    const kept = told.length === 0 ? message : withoutSearches(message, own);
    if (kept.parts.length > 0 || message.parts.length === 0) {
      messages.push(message.role === "user" && waiting.length > 0 ? before(waiting, kept) : kept);
    }
    if (message.role === "user") waiting = [];
    waiting = [...waiting, ...told];
  }
  if (waiting.length > 0) messages.push(userTurn(waiting));
  return { ...request, messages };
}

function userTurn(parts: readonly Part[]): Message {
  return { role: "user", parts, name: null };
}

function before(words: readonly TextPart[], message: Message): Message {
  return { ...message, parts: [...words, ...message.parts] };
}

function holdsForeign({ parts }: Message, own: ProtocolName): boolean {
  for (const part of parts) if (part.type === "foreign" && stepIn(part, own) !== undefined) return true;
  return false;
}

function withoutSearches(message: Message, own: ProtocolName): Message {
  return { ...message, parts: message.parts.filter((part) => stepIn(part, own) === undefined) };
}

/** Another protocol's, and what was written in this one's blocks for another vendor. */
function stepIn(part: Part, own: ProtocolName): SearchStep | undefined {
  if (part.type !== "foreign" || part.search === undefined) return undefined;
  return part.state.protocol === own && part.search.seal !== "none" ? undefined : part.search;
}

function readSearches({ parts }: Message, own: ProtocolName, report: Book): readonly TextPart[] {
  const book = new SearchBook();
  for (const part of parts) {
    const step = stepIn(part, own);
    if (step === undefined) continue;
    if (step.seal === "own") report.drop("web_search_result.encrypted_content");
    book.add(step);
  }
  return book.all.map((search) => ({ type: "text", text: wordsOf(search) }));
}

function wordsOf({ queries, pages, error }: Search): string {
  const found = (pages ?? []).map(({ url, title }) => (title === null ? `found: ${url}` : `found: ${title} <${url}>`));
  const lines = [
    ...queries.map((query) => `query: ${query}`),
    ...found,
    ...(error === null ? [] : [`failed: ${error}`]),
    ...(error === null && pages?.length === 0 ? ["found: nothing"] : []),
  ];
  return ["<assistant_web_search>", ...lines, "</assistant_web_search>"].join("\n");
}
