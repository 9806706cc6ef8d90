// Encodes neutral parts of an answer as items of `output`: reasoning, messages, calls, in their order. Another vendor's
// state travels in fields that clients echo.
import type { Citation, Part, ReasoningPart, RefusalPart, TextPart, TokenLogprob } from "../../../core/chat.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import { byEnd, type FindCitations, foreignCitations, lengthOf, writeAnnotation } from "../../shared/citations.ts";
import { writeLogprobs } from "../../shared/logprobs.ts";
import { arrayOr, membersOf } from "../../shared/read.ts";
import { foreignStep, isOfAll, searchesIn, uncited } from "../../shared/searches.ts";
import { itemId } from "./envelope.ts";
import { encodeCallItem } from "./encode-call.ts";
import type { CallForms } from "../features/forms.ts";
import { carryObject, carryText, ownItem, ownMembers, self } from "../features/own-state.ts";
import { searchItem } from "../features/searches.ts";

export interface OutputOptions {
  readonly response: string;
  /** For the last item of a truncated answer. */
  readonly cut: boolean;
  readonly logprobs: readonly TokenLogprob[] | null;
  readonly forms?: CallForms | undefined;
  /** The client asks for the pages that a search found. */
  readonly sources?: boolean | undefined;
}

type WordsPart = TextPart | RefusalPart;

export function encodeOutput(parts: readonly Part[], options: OutputOptions): JsonObject[] {
  const searches = searchesIn(parts, self);
  const ownCitations = foreignCitations(parts, self);
  const cited = options.sources === true ? ownCitations : [...ownCitations, ...uncited(searches, ownCitations)];
  const find = cited.length === 0 ? null : byEnd(cited);
  const groups = groupParts(searches.isEmpty ? parts : firstSteps(parts));
  const lastWords = groups.findLast((group) => Array.isArray(group));
  let before = 0;
  let logprobs = options.logprobs;
  const items: JsonObject[] = [];
  for (const group of groups) {
    const place = { response: options.response, index: items.length };
    const status = options.cut && group === groups.at(-1) ? "incomplete" : "completed";
    if (Array.isArray(group)) {
      const ofAll = group === lastWords ? cited.filter(isOfAll) : [];
      items.push(writeMessage(group, { ...place, status, logprobs, find, before, ofAll }));
      logprobs = null;
      if (find !== null) before += lengthOf(group.map((part) => (part.type === "text" ? part.text : "")).join(""));
    } else {
      const step = foreignStep(group, self);
      const search = step === undefined ? undefined : searches.get(step.id);
      const sources = options.sources === true;
      const item =
        search === undefined
          ? encodePart(group, { ...place, status, forms: options.forms })
          : searchItem(search, { ...place, sources });
      if (item !== null) items.push(item);
    }
  }
  return items;
}

/** The first step of a search represents all. */
function firstSteps(parts: readonly Part[]): readonly Part[] {
  const seenIds = new Set<string>();
  return parts.filter((part) => {
    const step = foreignStep(part, self);
    if (step === undefined) return true;
    if (seenIds.has(step.id)) return false;
    seenIds.add(step.id);
    return true;
  });
}

/** Groups the texts of one message; everything else stays alone. */
function groupParts(parts: readonly Part[]): (WordsPart[] | Exclude<Part, WordsPart>)[] {
  const groups: (WordsPart[] | Exclude<Part, WordsPart>)[] = [];
  let open: WordsPart[] | null = null;
  for (const part of parts) {
    if (part.type !== "text" && part.type !== "refusal") {
      open = null;
      groups.push(part);
    } else if (open !== null && belongs(part, open)) open.push(part);
    else groups.push((open = [part]));
  }
  return groups;
}

function belongs(part: WordsPart, open: readonly WordsPart[]): boolean {
  const item = part.type === "text" ? ownItem(part.state) : null;
  const first = open.find((one) => one.type === "text");
  const before = first?.type === "text" ? ownItem(first.state) : null;
  return item === null || before === null || item === before || item["id"] === before["id"];
}

export interface ItemPlace {
  readonly response: string;
  readonly index: number;
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly forms?: CallForms | undefined;
}

interface MessagePlace extends ItemPlace, Pick<OutputOptions, "logprobs"> {
  /** Null: there are none. */
  readonly find: FindCitations | null;
  /** Citations of the whole answer; the first message gets them. */
  readonly ofAll: readonly Citation[];
  /** Characters of the earlier texts. */
  readonly before: number;
}

function writeMessage(parts: readonly WordsPart[], place: MessagePlace): JsonObject {
  const { index, status, find, ofAll } = place;
  const lastText = parts.findLast((part) => part.type === "text");
  let { before } = place;
  let own: JsonObject = {};
  let carried: JsonObject = {};
  const content: JsonObject[] = [];
  for (const part of parts) {
    if (part.type === "refusal") content.push({ type: "refusal", refusal: part.text });
    else {
      own = ownItem(part.state) ?? own;
      if (part.state !== undefined && part.state.protocol !== self) {
        carried = { extra_content: carryObject(part.state) };
      }
      const logprobs = content.length === 0 && place.logprobs !== null ? place.logprobs : [];
      const annotations = find === null ? [] : find(before, lengthOf(part.text)).map(urlCitation);
      if (part === lastText) for (const one of ofAll) annotations.push(urlCitation(one));
      const written = textContent(part.text, logprobs, annotations);
      content.push({ ...written, ...membersOf(ownMembers(part.state)["part"]) });
      if (find !== null) before += lengthOf(part.text);
    }
  }
  const id = itemId("msg", place.response, index);
  return { id, type: "message", status, role: "assistant", content, ...carried, ...own };
}

export function urlCitation(citation: Citation): JsonObject {
  return { type: "url_citation", ...writeAnnotation(citation) };
}

export function textContent(
  text: string,
  logprobs: readonly TokenLogprob[],
  annotations: readonly JsonObject[] = [],
): JsonObject {
  const written = logprobs.length === 0 ? [] : arrayOr(writeLogprobs(logprobs)["content"], []);
  return { type: "output_text", text, annotations, logprobs: written.map(withBytes) };
}

/** This protocol requires bytes for every token. */
function withBytes(entry: JsonObject[string]): JsonObject {
  const token = membersOf(entry);
  const top = arrayOr(token["top_logprobs"], []).map((other) => ({ bytes: [], ...notNull(membersOf(other)) }));
  return { bytes: [], ...notNull(token), top_logprobs: top };
}

function notNull(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** Null for a part that this protocol's answers cannot contain. */
export function encodePart(part: Exclude<Part, WordsPart>, place: ItemPlace): JsonObject | null {
  switch (part.type) {
    case "reasoning":
      return writeReasoning(part, place);
    case "tool-call":
      return encodeCallItem(part, place);
    case "foreign":
      return ownItem(part.state);
    case "image": {
      const own = ownItem(part.state);
      if (own !== null || part.source.kind !== "data") return own;
      const { mediaType, data } = part.source;
      return {
        id: itemId("ig", place.response, place.index),
        type: "image_generation_call",
        status: "completed",
        result: data,
        output_format: mediaType.replace("image/", ""),
      };
    }
    case "file":
    case "tool-result":
      return null;
  }
}

export function writeReasoning(part: ReasoningPart, place: ItemPlace): JsonObject {
  const own = ownItem(part.state);
  if (own !== null) return own;
  const item: MutableJson = { id: itemId("rs", place.response, place.index), type: "reasoning", summary: [] };
  if (part.text !== "") item["summary"] = [{ type: "summary_text", text: part.text }];
  item["encrypted_content"] = carryText(part.state);
  return item;
}
