// The body for one target. If both sides speak the same protocol, it is the caller's bytes with `model` and the route's
// params set; only what the target is known to refuse is corrected. Across protocols, the request is encoded in the
// target's protocol. Everything dropped or changed is recorded.
import type { ChatRequest } from "../core/chat.ts";
import type { Asking, Call } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import { andThen } from "../domain/and-then.ts";
import { parseBody } from "../domain/parse-body.ts";
import type { Protocol, TargetFacts, TargetProtocol } from "../core/protocol.ts";
import type { EncodedRequest, RawMembers } from "../core/encoded-request.ts";
import type { Quirk } from "../core/provider.ts";
import type { TargetNode } from "../core/rules.ts";
import { MENDED_SURROGATES, wellFormedJson, writeJson } from "../domain/write-json.ts";
import { continuationRequest } from "./continuation.ts";
import type { InlineMedia, NeedsBytes } from "./media.ts";
import {
  type Mended,
  type MendedFor,
  meeting,
  mend,
  note,
  refuseDrops,
  refuseKnown,
  refuseMembers,
  setsMembers,
} from "./mend.ts";
import type { PlacedCall } from "./placed-call.ts";
import { spliceFields } from "./splice.ts";
import type { QuirksOf } from "./own-quirks.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";
import { mendSurrogates } from "./surrogates.ts";

export interface BodyParts {
  /** The caller's codec and the target's. */
  readonly inner: Protocol;
  readonly outer: TargetProtocol;
  readonly target: TargetFacts;
  readonly placement: PlacedCall;
  /** Downloads media that the target cannot fetch, into the request. Throws GatewayFailure(`unsupported`). */
  readonly inlineMedia: InlineMedia;
  readonly keeper: StateKeeper;
  readonly quirksOf: QuirksOf;
  /** Where the history's state goes; null if the target's protocol has none. */
  readonly place: StatePlace | null;
}

export interface RequestBody {
  readonly body: Uint8Array | string | readonly Uint8Array[];
  /** The answer's bytes are in the format that the caller expects. */
  readonly raw: boolean;
  /** The body is the caller's own, except for the model's name and the option that reports a stream's tokens. */
  readonly own: boolean;
  /**
   * The gateway asked for the tokens of a stream and the caller did not: the client does not get the event that reports
   * them.
   */
  readonly hidesUsage?: boolean | undefined;
  /** The body before it was written. Absent: the caller's own bytes. */
  readonly json?: JsonObject | undefined;
  /** See `EncodedRequest.names`. */
  readonly names?: ReadonlyMap<string, string> | undefined;
}

/** Bytes. */
export function sizeOf(body: RequestBody["body"]): number {
  if (typeof body === "string") return Buffer.byteLength(body);
  return body instanceof Uint8Array ? body.byteLength : body.reduce((sum, piece) => sum + piece.byteLength, 0);
}

/**
 * A promise only if the request must be read. Throws GatewayFailure: `unsupported` if this target cannot serve the
 * request, `bad_request` if it must be parsed and cannot be.
 */
export function requestBody(asking: Asking, parts: BodyParts): Promise<RequestBody> | RequestBody {
  const { call } = asking;
  const { inner, outer, target, keeper, place } = parts;
  const { target: node, members } = parts.placement;
  const ownQuirks = parts.quirksOf(node.provider.row, outer.name, target.model);
  // And the learned limits.
  const quirks = asking.learnedLimit ? [...ownQuirks, ...asking.learnedLimit.quirks] : ownQuirks;
  const raw = inner.name === outer.name && call.continues === undefined ? members : null;
  const fits = raw !== null && (outer.chat.request.fits?.(raw, target) ?? true);
  const looks = raw === null || !fits || (place !== null && keeper.concerns(raw, place));
  return looks === false ? ownBody(asking, parts, quirks) : readBody(asking, parts, { quirks, fits, looks });
}

/** The caller's bytes. */
function ownBody(asking: Asking, { outer, target, placement }: BodyParts, quirks: readonly Quirk[]): RequestBody {
  const { call, attempt, exchange, learnedLimit } = asking;
  const { target: node, members } = placement;
  const native = nativeBody(call, node, { protocol: outer, target, attempt, quirks, members, learnedLimit });
  refuseDrops(exchange.request.headers, attempt, target.model);
  return { ...native, raw: target.facts.partsInAnswers !== true };
}

interface Looking {
  readonly quirks: readonly Quirk[];
  /** The caller's bytes can be sent. */
  readonly fits: boolean;
  /** Whether the request must be read. */
  readonly looks: Promise<boolean> | boolean;
}

function readBody(asking: Asking, parts: BodyParts, looking: Looking): RequestBody | Promise<RequestBody> {
  return andThen(looking.looks, (isRead) =>
    isRead ? readRequest(asking, parts, looking) : ownBody(asking, parts, looking.quirks),
  );
}

function readRequest(asking: Asking, parts: BodyParts, looking: Looking): RequestBody | Promise<RequestBody> {
  const { inner, target, keeper, place } = parts;
  const read = (): ChatRequest => requestFor(asking.call, parts.placement.target, { inner, target });
  // A body that could be sent unchanged is sent even if it cannot be parsed: its vendor may know a format that our
  // codec does not.
  const decoded = looking.fits ? unlessUnreadable(read) : read();
  const restored = decoded === null || place === null ? decoded : keeper.mend(decoded, place);
  return andThen(restored, (request) =>
    request === null || (looking.fits && request === decoded)
      ? ownBody(asking, parts, looking.quirks)
      : inlineAndEncode(request, asking, { parts, quirks: looking.quirks }),
  );
}

interface Encoding {
  readonly parts: BodyParts;
  readonly quirks: readonly Quirk[];
}

function inlineAndEncode(request: ChatRequest, asking: Asking, encoding: Encoding): RequestBody | Promise<RequestBody> {
  const { inner, outer, target, inlineMedia } = encoding.parts;
  const native = inner.name === outer.name;
  const codec = outer.chat.request;
  const needsBytes: NeedsBytes = (part) => codec.needsBytes?.(part, target, native) ?? false;
  return andThen(inlineMedia(request, asking, needsBytes), (complete) => encodedBody(complete, asking, encoding));
}

function encodedBody(request: ChatRequest, asking: Asking, { parts, quirks }: Encoding): RequestBody {
  const { attempt, exchange } = asking;
  const { outer, target } = parts;
  const encoded = outer.chat.request.encode(request, target);
  const mended = mend(encoded.body, quirks, mendedFor(outer, target, asking.call));
  refuseKnown(mended.body, asking.learnedLimit, target.model);
  const plain = JSON.stringify(mended.body);
  const body = wellFormedJson(plain);
  noteEncoding(attempt, { encoded, mended, isWhole: body === plain });
  refuseDrops(exchange.request.headers, attempt, target.model);
  return { body, json: mended.body, raw: false, own: false, names: encoded.names };
}

function mendedFor({ chat }: TargetProtocol, { model, headers }: TargetFacts, { stream }: Call): MendedFor {
  return { model, headers, stream, placeParams: chat.request.placeParams };
}

const NOTHING: readonly string[] = [];

interface Written {
  readonly encoded: EncodedRequest;
  readonly mended: Mended;
  /** All its characters are whole. */
  readonly isWhole: boolean;
}

function noteEncoding(attempt: AttemptRecord, { encoded, mended, isWhole }: Written): void {
  const changes = [encoded.dropped, encoded.adapted, mended.dropped, mended.adapted];
  if (isWhole && changes.every(({ length }) => length === 0)) return note(attempt, NOTHING, NOTHING);
  const whole = isWhole ? [] : [MENDED_SURROGATES];
  // What a quirk dropped no longer counts as changed before.
  const adapted = encoded.adapted.filter((entry) => !mended.dropped.includes(entry.slice(0, entry.indexOf(":"))));
  note(attempt, [...encoded.dropped, ...mended.dropped], [...adapted, ...mended.adapted, ...whole]);
}

/** Null instead of an error about the request. */
function unlessUnreadable(read: () => ChatRequest): ChatRequest | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof GatewayFailure) return null;
    throw error;
  }
}

interface Native {
  readonly protocol: TargetProtocol;
  readonly target: TargetFacts;
  readonly attempt: AttemptRecord;
  readonly quirks: readonly Quirk[];
  readonly learnedLimit: Asking["learnedLimit"];
  /** The body with the route's params on top. */
  readonly members: RawMembers;
}

/** The caller's bytes; they are parsed and written again only if a quirk has something to correct. */
function nativeBody(
  call: Call,
  { params }: TargetNode,
  native: Native,
): Pick<RequestBody, "body" | "own" | "hidesUsage"> {
  const { protocol, target, attempt } = native;
  const { model, facts } = target;
  const usageOptions =
    call.stream && !refusesUsage(native.quirks) ? (protocol.chat.request.askUsage?.(native.members) ?? null) : null;
  const hidesUsage = usageOptions !== null;
  const changes = { ...withModel(params, model, { protocol, fields: call.fields }), ...usageOptions };
  const bytes = facts.loneSurrogates === false ? mendSurrogates(call.body) : call.body;
  const whole = bytes === call.body ? [] : [MENDED_SURROGATES];
  note(attempt, [], whole);
  const quirks = meeting(native.quirks, native.members, model);
  if (quirks.length > 0) {
    const changedBody: JsonObject = { ...parseBody(bytes), ...changes };
    const mended = mend(changedBody, quirks, mendedFor(protocol, target, call));
    note(attempt, mended.dropped, [...mended.adapted, ...whole]);
    refuseKnown(mended.body, native.learnedLimit, model);
    if (mended.body !== changedBody) return { body: writeJson(mended.body), own: false, hidesUsage };
  } else refuseMembers((name) => native.members.has(name), native.learnedLimit, model);
  const own = bytes === call.body && !setsMembers(params);
  return { body: spliceFields(bytes, call.fields, changes), own, hidesUsage };
}

/** The target refused this option before, and only the gateway asked for it. */
function refusesUsage(quirks: readonly Quirk[]): boolean {
  return quirks.some(({ fields }) => fields?.includes("stream_options") === true);
}

/** If the path names the model, the body need not name it; a body that does must name the same one. */
function withModel(
  params: JsonObject,
  model: string,
  { protocol, fields }: { readonly protocol: TargetProtocol; readonly fields: Call["fields"] },
): JsonObject {
  if (protocol.egress.modelInPath === undefined) return { ...params, model };
  return { ...params, model: fields.has("model") ? protocol.egress.modelInPath(model) : undefined };
}

function requestFor(
  call: Call,
  node: TargetNode,
  { inner, target }: { readonly inner: Protocol; readonly target: TargetFacts },
): ChatRequest {
  const request = neutralRequest(call, node, inner);
  return call.continues === undefined ? request : continuationRequest(request, call.continues, target.facts);
}

/** The neutral request with the route's params applied, in the caller's own terms. */
export function neutralRequest(call: Call, node: TargetNode, protocol: Protocol): ChatRequest {
  for (const name in node.params) {
    if (name === "model") continue;
    const body: JsonObject = { ...parseBody(call.body), ...node.params };
    return protocol.chat.request.decode(body, { model: call.model, stream: call.stream });
  }
  return call.chat();
}
