// A vendor's own work in a history (searches, calls of its own tools, sources of texts), for a target that did not do
// it. It becomes tagged text in the user's next turn, because in the assistant's turn models would imitate it in place
// of calls. Seals and bytes go to no other vendor, and their loss is reported.
import type { ChatRequest, ForeignPart, Message, Part, ProtocolName, TextPart } from "../../core/chat.ts";
import type { SearchStep, TextFallback } from "../../core/search-step.ts";
import type { Report } from "./report.ts";
import { type Search, SearchBook } from "./searches.ts";

interface SearchTelling {
  readonly own: ProtocolName;
  /** The caller speaks the target's protocol: its own blocks stay unchanged. */
  readonly native: boolean;
  readonly report: Pick<Report, "drop" | "adapt"> & {
    /** Parts of its own protocol that the target does not know. Absent: it knows all. */
    readonly foreign?: (part: ForeignPart) => boolean;
  };
}

/** The same object if there is nothing to convert. */
export function retellSearchHistory(
  request: ChatRequest,
  own: ProtocolName,
  report: SearchTelling["report"],
): ChatRequest {
  const telling: SearchTelling = { own, native: request.extras.protocol === own, report };
  if (!request.messages.some((message) => holdsToTell(message, telling))) return request;
  const messages: Message[] = [];
  let waiting: readonly TextPart[] = [];
  for (const message of request.messages) {
    if (message.role === "assistant" && waiting.length > 0) {
      messages.push(userTurn(waiting));
      waiting = [];
    }
    const retold = message.role === "assistant" ? describeTurn(message, telling) : [];
    const keptMessage =
      message.role === "assistant" ? withoutTold(message, telling) : describeInPlace(message, telling);
    if (keptMessage.parts.length > 0 || message.parts.length === 0) {
      messages.push(message.role === "user" && waiting.length > 0 ? before(waiting, keptMessage) : keptMessage);
    }
    if (message.role === "user") waiting = [];
    waiting = [...waiting, ...retold];
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

function holdsToTell({ parts }: { readonly parts: readonly Part[] }, telling: SearchTelling): boolean {
  for (const part of parts) if (isToTell(part, telling)) return true;
  return false;
}

function isToTell(part: Part, telling: SearchTelling): boolean {
  if (part.type === "foreign") return isForeignWork(part, telling);
  if (part.type === "text") return !telling.native && part.textFallback !== undefined;
  return part.type === "tool-result" && holdsToTell(part, telling);
}

function isForeignWork(part: ForeignPart, telling: SearchTelling): boolean {
  return stepIn(part, telling) !== undefined || toolWordsIn(part, telling) !== undefined;
}

/**
 * Parts of another protocol, parts that were written in this one for another vendor, and parts that the target does not
 * know.
 */
function stepIn(part: Part, { own, report }: SearchTelling): SearchStep | undefined {
  if (part.type !== "foreign" || part.search === undefined) return undefined;
  const stays = part.state.protocol === own && part.search.seal !== "none" && report.foreign?.(part) !== true;
  return stays ? undefined : part.search;
}

function toolWordsIn(part: ForeignPart, { own, report }: SearchTelling): TextFallback | undefined {
  return part.state.protocol === own && report.foreign?.(part) !== true ? undefined : part.textFallback;
}

function withoutTold(message: Message, telling: SearchTelling): Message {
  const isLeft = (part: Part): boolean => part.type !== "foreign" || !isForeignWork(part, telling);
  return message.parts.every(isLeft) ? message : { ...message, parts: message.parts.filter(isLeft) };
}

/** In the order of their beginnings; sources come last, because they belong to all of them. */
function describeTurn({ parts }: Message, telling: SearchTelling): readonly TextPart[] {
  const book = new SearchBook();
  const begunSearches = new Set<string>();
  const words: (() => string)[] = [];
  const cited: string[] = [];
  for (const part of parts) {
    const step = stepIn(part, telling);
    if (step !== undefined) {
      if (step.seal === "own") telling.report.drop("web_search_result.encrypted_content");
      telling.report.adapt("messages.web_search", "blocks", "text");
      if (!begunSearches.has(step.id)) words.push(() => searchWords(book.get(step.id)));
      begunSearches.add(step.id);
      book.add(step);
      continue;
    }
    const textFallback = part.type === "foreign" ? toolWordsIn(part, telling) : undefined;
    if (textFallback !== undefined) words.push(() => inTags(`assistant_${tagOf(textFallback)}`, textFallback));
    if (textFallback !== undefined) note(textFallback, telling);
    if (part.type === "text") cited.push(...citedIn(part, telling));
  }
  const citationTexts = cited.length === 0 ? [] : [inTags("assistant_citations", { text: cited.join("\n") })];
  return [...words.map((say) => say()), ...citationTexts].map((text) => ({ type: "text", text }));
}

function note({ kind, lostPlaces }: TextFallback, { report }: SearchTelling): void {
  report.adapt(`messages.${tagOf({ kind })}`, "blocks", "text");
  for (const place of lostPlaces) report.drop(place);
}

/** The lines about one text, each once; none if its own protocol reads them itself. */
function citedIn({ textFallback }: TextPart | ForeignPart, telling: SearchTelling): readonly string[] {
  if (textFallback === undefined || telling.native) return [];
  note(textFallback, telling);
  return textFallback.text === "" ? [] : [textFallback.text];
}

/** The sources of content without text. */
function isSources(part: Part, telling: SearchTelling): part is ForeignPart {
  return part.type === "foreign" && toolWordsIn(part, telling)?.kind === "citations";
}

/** In turns of other roles, the text follows directly. */
function describeInPlace(message: Message, telling: SearchTelling): Message {
  if (!holdsToTell(message, telling)) return message;
  const beside = <One extends Part>(part: One): readonly (One | TextPart)[] => {
    const lines = part.type === "text" || isSources(part, telling) ? citedIn(part, telling) : [];
    return lines.length === 0
      ? [part]
      : [part, { type: "text", text: inTags("citations", { text: lines.join("\n") }) }];
  };
  const parts = message.parts.flatMap((part): readonly Part[] =>
    part.type === "tool-result" ? [{ ...part, parts: part.parts.flatMap(beside) }] : beside(part),
  );
  return { ...message, parts };
}

/** Types that a client invents may contain any characters. */
function tagOf({ kind }: Pick<TextFallback, "kind">): string {
  return kind.replaceAll(/[^a-z0-9_]+/giu, "_").slice(0, 60);
}

function inTags(tag: string, { text }: Pick<TextFallback, "text">): string {
  return [`<${tag}>`, text, `</${tag}>`].join("\n");
}

function searchWords(search: Search | undefined): string {
  const { queries, pages, error } = search ?? { queries: [], pages: null, error: null };
  const pageLines = (pages ?? []).map(({ url, title, age }) => {
    const page = title === null ? url : `${title} <${url}>`;
    return `found: ${page}${age === null ? "" : ` (${age})`}`;
  });
  const lines = [
    ...queries.map((query) => `query: ${query}`),
    ...pageLines,
    ...(error === null ? [] : [`failed: ${error}`]),
    ...(error === null && pages?.length === 0 ? ["found: nothing"] : []),
  ];
  return inTags("assistant_web_search", { text: lines.join("\n") });
}
