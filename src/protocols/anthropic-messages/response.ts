// Whole answers, both ways. Decoding never throws: what is no answer is a failure as a value.
import type { ChatResponse, Choice, Part } from "../../core/chat.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { StreamOptions } from "../../core/protocol.ts";
import { foreignCitations, lengthOf, placeCitations, within } from "../citations.ts";
import { foreignStep, type Search, type SearchBook, searchesIn, slicer } from "../searches.ts";
import { isObject, kindOf, membersOf, objectOr, stringOr } from "../read.ts";
import { decodeBlock } from "./blocks-decode.ts";
import { encodeAnswerPart } from "./blocks-encode.ts";
import { readCitations, writeCitation } from "./citations.ts";
import { inBandFailure, plainFailure } from "./failure.ts";
import { decodeFinish, encodeFinish } from "./finish.ts";
import { objectsOf, self, without } from "./own.ts";
import { markServedElsewhere } from "./threads.ts";
import { callBlock, type CitedPages, citedPages, inputOf, resultBlock } from "./searches.ts";
import { decodeUsage, encodeUsage, usageExtras } from "./usage.ts";

const envelope = ["id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "usage"];

export function decodeResponse(body: Json): ChatResponse | WireFailure {
  if (!isObject(body)) return plainFailure("malformed", `expected a message, got ${kindOf(body)}`);
  if (body["type"] === "error" || isObject(body["error"])) return inBandFailure(body);
  if (!Array.isArray(body["content"])) return plainFailure("malformed", "expected a message with content, got none");
  const usage = objectOr(body["usage"], null);
  const extra = usage === null ? {} : usageExtras(usage);
  return {
    id: stringOr(body["id"], ""),
    model: stringOr(body["model"], ""),
    created: null,
    choices: [decodeChoice(body)],
    usage: usage === null ? null : decodeUsage(usage),
    extras: {
      protocol: self,
      fields: { ...without(body, envelope), ...(Object.keys(extra).length > 0 ? { usage: extra } : {}) },
    },
  };
}

function decodeChoice(body: JsonObject): Choice {
  const parts = placeCitations(objectsOf(body["content"]).map((block) => cite(decodeBlock(block), block)));
  const raw = stringOr(body["stop_reason"], null);
  const hasCalls = parts.some((part) => part.type === "tool-call");
  return {
    index: 0,
    parts,
    finish: raw === null ? null : decodeFinish(raw, hasCalls),
    rawFinish: raw,
    stopSequence: stringOr(body["stop_sequence"], null),
    logprobs: null,
  };
}

function cite(part: Part, block: JsonObject): Part {
  const citations = part.type === "text" ? readCitations(block["citations"], part.text) : undefined;
  return part.type !== "text" || citations === undefined ? part : { ...part, citations };
}

/** Each block with those of another protocol that end in it. */
function encodeContent(parts: readonly Part[], seed: string, searches: SearchBook): readonly JsonObject[] {
  const cited = foreignCitations(parts, self);
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
    const block = encodeAnswerPart(part, `${seed}:${index}`);
    if (block === null || part.type !== "text" || cited.length === 0) return block === null ? [] : [block];
    const length = lengthOf(part.text);
    const cut = slicer(part.text);
    const here = within(cited, before, length).map((one) => writeCitation(one, cut));
    before += length;
    return [here.length === 0 ? block : { ...block, citations: here }];
  });
}

function searchBlocks(search: Search, seed: string, cited: CitedPages): readonly JsonObject[] {
  return [{ ...callBlock(search, seed), input: inputOf(search) }, resultBlock(search, seed, cited)];
}

/** The first choice only: the protocol has no room for more, and its clients cannot ask for them. */
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

/** For usage: what keeps a client from going on from an answer that its vendor does not hold. */
export function servedElsewhere(
  answer: Pick<ChatResponse, "id" | "model" | "usage">,
  { echo }: StreamOptions,
): JsonObject {
  return isOwnId(answer.id) ? {} : markServedElsewhere(echo, answer);
}

/** The vendor's id where it is one of this protocol, else the gateway's. */
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
