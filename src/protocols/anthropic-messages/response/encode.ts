// Encodes a neutral answer as a message: the first choice, with its searches and citations as blocks of this protocol.
import type { ChatResponse, Citation, Part } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { byEnd, foreignCitations, lengthOf } from "../../shared/citations.ts";
import { foreignStep, type Search, type SearchBook, searchesIn, slicer } from "../../shared/searches.ts";
import { membersOf } from "../../shared/read.ts";
import { encodeAnswerBlock } from "./encode-blocks.ts";
import { writeCitation } from "../features/citations.ts";
import { encodeFinish } from "./finish.ts";
import { self } from "../features/own-state.ts";
import { markServedElsewhere } from "../features/threads.ts";
import { callBlock, type CitedPages, citedPages, inputOf, resultBlock } from "../features/searches.ts";
import { encodeUsage } from "./usage.ts";

function encodeContent(parts: readonly Part[], seed: string, searches: SearchBook): readonly JsonObject[] {
  const cited = foreignCitations(parts, self);
  if (cited.length > 0 || !searches.isEmpty) return encodeSearched(parts, seed, { searches, cited });
  const content: JsonObject[] = [];
  for (const [index, part] of parts.entries()) {
    const block = encodeAnswerBlock(part, `${seed}:${index}`);
    if (block !== null) content.push(block);
  }
  return content;
}

interface Searched {
  readonly searches: SearchBook;
  readonly cited: readonly Citation[];
}

/** Each block with those citations of another protocol that end in it, and the searches in their places. */
function encodeSearched(parts: readonly Part[], seed: string, { searches, cited }: Searched): readonly JsonObject[] {
  const find = byEnd(cited);
  const written = new Set<string>();
  const pages = citedPages(cited);
  let before = 0;
  return parts.flatMap((part, index): readonly JsonObject[] => {
    const step = foreignStep(part, self);
    if (step !== undefined) {
      const search = written.has(step.id) ? undefined : searches.get(step.id);
      written.add(step.id);
      return search === undefined ? [] : searchBlocks(search, seed, pages);
    }
    const block = encodeAnswerBlock(part, `${seed}:${index}`);
    if (block === null || part.type !== "text" || cited.length === 0) return block === null ? [] : [block];
    const length = lengthOf(part.text);
    const cut = slicer(part.text);
    const here = find(before, length).map((one) => writeCitation(one, cut));
    before += length;
    return [here.length === 0 ? block : { ...block, citations: here }];
  });
}

function searchBlocks(search: Search, seed: string, cited: CitedPages): readonly JsonObject[] {
  return [{ ...callBlock(search, seed), input: inputOf(search) }, resultBlock(search, seed, cited)];
}

/** The first choice only: the protocol has no more, and its clients cannot ask for them. */
export function encodeResponse(response: ChatResponse, options: StreamOptions): JsonObject {
  const choice = response.choices[0];
  const parts: readonly Part[] = choice?.parts ?? [];
  const own = response.extras.protocol === self ? response.extras.fields : {};
  const refused = parts.some((part) => part.type === "refusal");
  const searches = searchesIn(parts, self);
  const counted = searches.all.filter(({ error }) => error === null).length;
  const reason = refused && choice?.finish === "stop" ? "content_filter" : (choice?.finish ?? null);
  return {
    ...encodeEnvelope({ id: messageId(response.id, options), model: response.model }),
    ...own,
    content: encodeContent(parts, options.id, searches),
    ...encodeFinish({ reason, raw: choice?.rawFinish ?? null, stopSequence: choice?.stopSequence ?? null }),
    usage: {
      ...encodeUsage(response.usage, counted),
      ...membersOf(own["usage"]),
      ...servedElsewhere(response, options),
    },
  };
}

/** For usage: prevents a client from continuing an answer that its vendor does not store. */
export function servedElsewhere(
  answer: Pick<ChatResponse, "id" | "model" | "usage">,
  { echo }: StreamOptions,
): JsonObject {
  return isOwnId(answer.id) ? {} : markServedElsewhere(echo, answer);
}

/** The vendor's id if it is from this protocol, otherwise the gateway's. */
export function messageId(id: string, options: StreamOptions): string {
  return isOwnId(id) ? id : options.id;
}

function isOwnId(id: string): boolean {
  return id.startsWith("msg_");
}

/** The members that a message always has; the SDKs' types expect the nullable ones. */
export function encodeEnvelope(message: { readonly id: string; readonly model: string }): JsonObject {
  return {
    id: message.id,
    type: "message",
    role: "assistant",
    model: message.model,
    content: [],
    container: null,
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    diagnostics: null,
  };
}
