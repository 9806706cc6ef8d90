// The translation's stop: one request to one target in its protocol, and its answer in neutral form (or its bytes, if
// both sides speak the same protocol). It sends once and classifies the result; whether to retry is decided elsewhere.
import { parseAnswer } from "../domain/parse-body.ts";
import type { SignableRequest } from "../core/auth.ts";
import type { ChatRequest } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Answer, Ask, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Protocol } from "../core/protocol.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import type { ProviderRules } from "../core/rules.ts";
import { writeJson } from "../domain/write-json.ts";
import type { Cancellation, InboundResponse, OutboundRequest, Transport } from "../core/transport.ts";
import { type AnswerReading, ownBytes, readStream, readWhole } from "./answer-reader.ts";
import { embeddingsBody, readEmbeddings } from "./embeddings.ts";
import { withLesson, type FactsOf } from "../domain/model-facts-cache.ts";
import { readAll } from "../domain/read-all.ts";
import { restating } from "./restating.ts";
import { fromGatewayFailure, fromTransport, plainFailure } from "./failures.ts";
import { autoContinue, silently } from "./auto-continue.ts";
import { lostThread } from "./lost-thread.ts";
import { type Address, outboundHeaders, pathFor, rememberAddresses } from "./outbound.ts";
import { modelOf } from "../domain/model-of.ts";
import { fillModelName } from "./fill-model-name.ts";
import { chooseApiVersion } from "./api-version.ts";
import { type QuirksOf, rememberOwnQuirks } from "./own-quirks.ts";
import { PauseDetector } from "./pause-detector.ts";
import { DecodedStream, parsers } from "./decoded-stream.ts";
import { readFailure, wrongType } from "./read-error.ts";
import { placeTarget } from "./placed.ts";
import { requestBody, sizeOf, type RequestBody } from "./request-body.ts";
import { withoutWithheld } from "./withheld.ts";
import { sign } from "./sign.ts";
import { factsIn, chooseProtocol } from "./choose-protocol.ts";
import { type FindStandIn, rememberStandIns } from "./stand-ins.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";
import { Verdicts } from "./verdicts.ts";

export type Protocols = Readonly<Partial<Record<string, Protocol>>>;

export interface TranslateParts {
  readonly protocols: Protocols;
  readonly transport: Transport;
  readonly clock: Clock;
  /** The facts about a provider's model. */
  readonly factsOf: FactsOf;
  /** Downloads media that the target cannot fetch, into the request. Throws GatewayFailure(`unsupported`). */
  readonly inlineMedia: (request: ChatRequest, asking: Asking) => Promise<ChatRequest>;
  /** The stored state of earlier answers. */
  readonly keeper: StateKeeper;
}

/** With cached lookups. */
interface Tools extends TranslateParts {
  readonly addressOf: (provider: ProviderRules) => Address;
  readonly standsInFor: FindStandIn;
  readonly quirksOf: QuirksOf;
  readonly verdicts: Verdicts;
}

/** The largest whole answer, in bytes. */
const MOST_ANSWER = 64 * 1024 * 1024;
const requestIdHeaders = ["x-request-id", "request-id", "x-goog-request-id"];

export function translate(parts: TranslateParts): Ask {
  const tools: Tools = {
    ...parts,
    addressOf: rememberAddresses(),
    standsInFor: rememberStandIns(),
    quirksOf: rememberOwnQuirks(),
    verdicts: new Verdicts(),
  };
  return async (asking) => {
    try {
      const prepared = await prepare(tools, asking);
      if ("verdict" in prepared) return prepared;
      const reply = await send(parts, asking, prepared);
      const first = "verdict" in reply ? await prepared.restate(reply) : reply;
      const { watch } = prepared;
      if (watch === null) return first;
      const rest = asking.call.stream ? silently(asking) : asking;
      const again = (body: JsonObject, cancellation: Cancellation): Promise<Answer | WireFailure> =>
        send(parts, { ...rest, cancellation }, { ...prepared, body: writeJson(body) });
      return await autoContinue(first, { asking, watch, again });
    } catch (error) {
      return error instanceof GatewayFailure ? fromGatewayFailure(error, asking.call) : fromTransport(error);
    }
  };
}

async function send(parts: TranslateParts, asking: Asking, prepared: Prepared): Promise<Answer | WireFailure> {
  const { outbound, body, protocol } = prepared;
  const { attempt, cancellation } = asking;
  const request = { ...outbound, body, cancellation, onSent: () => asking.onSent() };
  const signing = sign(request, asking, parts.clock);
  const unsigned = signing instanceof Promise ? await signing : signing;
  if (unsigned !== null) return unsigned;
  attempt.bytesOut += sizeOf(body);
  const response = await parts.transport.send(request);
  asking.onHead();
  attempt.status = response.status;
  attempt.vendorRequestId = vendorRequestId(response.headers);
  return await receive(parts, protocol, { ...prepared, asking, response });
}

interface Prepared {
  readonly outbound: Omit<SignableRequest, "body" | "cancellation"> & Pick<OutboundRequest, "guarded">;
  readonly body: NonNullable<OutboundRequest["body"]>;
  /** The protocol of the request to the target. */
  readonly protocol: Protocol;
  /** The answer's bytes can be passed on. */
  readonly raw: boolean;
  readonly reading: AnswerReading;
  /** Null if the answer cannot pause, or the client handles pauses itself. */
  readonly watch: PauseDetector | null;
  readonly hidesUsage: boolean;
  /** Marks a refusal of a seal that the client sent. */
  readonly restate: (refusal: WireFailure) => Promise<WireFailure>;
}

async function prepare(tools: Tools, asking: Asking): Promise<Prepared | WireFailure> {
  const { exchange, call } = asking;
  const { provider } = asking.target;
  const model = modelOf(asking.target, call);
  if (model === "")
    throw new GatewayFailure('The request names no "model".', { code: "bad_request", status: 400, param: "model" });
  const inner = protocolOf(tools.protocols, call.protocol);
  const facts = withLesson(tools.factsOf(provider.row, model), asking.lesson);
  const { inlineMedia, keeper, verdicts, quirksOf } = tools;
  const placement = placeTarget(asking.target, { call, inner, verdicts });
  const protocol = protocolOf(tools.protocols, chooseProtocol(placement, inner, facts));
  const own = call.protocol === protocol.name || call.protocol === provider.row.protocol;
  const version = chooseApiVersion(asking, factsIn(facts, protocol.name), own);
  const standsInFor = tools.standsInFor(exchange.route.node, asking.target);
  const isStandIn = standsInFor !== "nobody" || asking.ownOnly === true;
  const target = { model, facts: version.facts, isStandIn };
  const place = placeOf(asking, protocol, { keeper, model });
  const request = placement.members;
  const threadFailure =
    call.embeddings === undefined ? lostThread({ request, inner, outer: protocol, keeper, place }) : null;
  const unfit = threadFailure === null ? null : await threadFailure;
  if (unfit !== null) return unfit;
  const {
    body,
    json,
    raw,
    own: isOwn,
    path,
    names,
    hidesUsage = false,
  }: RequestBody = call.embeddings === undefined
    ? await requestBody(asking, { inner, outer: protocol, target, placement, inlineMedia, keeper, quirksOf, place })
    : embeddingsBody(asking, { inner, outer: protocol, model });
  const { origin, prefix } = tools.addressOf(provider);
  if (!isOwn) asking.attempt.rewritten = true;
  else if (standsInFor === "alike") asking.attempt.standsIn = true;
  const outbound: Prepared["outbound"] = {
    origin,
    path: prefix + pathFor(asking, model, path ?? protocol.egress.path(model, call.stream)),
    method: "POST",
    headers: withoutWithheld({ ...outboundHeaders(asking, own), ...version.headers }, asking.lesson),
    guarded: provider.guarded,
  };
  const isHeld = inner.name === protocol.name && isHeldFor(asking, protocol, request);
  const state = place === null ? null : keeper.read({ ...place, call, facts: target.facts, isHeld });
  const { autoContinue: pausing } = protocol;
  // A client that gets the vendor's own bytes speaks its protocol, and resumes pauses itself.
  const watch = json !== undefined && pausing?.canPause(json) === true ? new PauseDetector(pausing, json) : null;
  const isOwnForm = raw && call.borrowed === undefined;
  const restate = restating(keeper, request, inner.name === protocol.name ? place : null);
  return { outbound, body, raw: isOwnForm, protocol, reading: { names, state }, watch, hidesUsage, restate };
}

/** Where a conversation is stored matters only if the account matters, or if the client can learn that it is lost. */
function isHeldFor({ target }: Asking, { reasoningState }: Protocol, request: RawMembers): boolean {
  const { threads } = reasoningState ?? {};
  const matters = threads?.lostFailure.resend === true || target.provider.keys.length > 1;
  return matters && threads?.isHeldIn(request) === true;
}

function placeOf(
  { exchange, call, target, key }: Asking,
  { name, reasoningState }: Protocol,
  { keeper, model }: { readonly keeper: StateKeeper; readonly model: string },
): StatePlace | null {
  if (reasoningState === undefined || call.embeddings !== undefined) return null;
  const origin = keeper.originOf({ protocol: name, provider: target.provider, model, key });
  return { rules: reasoningState, origin, exchange };
}

interface Received extends Pick<Prepared, "raw" | "reading" | "watch" | "hidesUsage"> {
  readonly asking: Asking;
  readonly response: InboundResponse;
}

/** Returns the promises of its steps instead of awaiting them: a whole answer costs no extra wait. */
function receive(
  parts: TranslateParts,
  protocol: Protocol,
  received: Received,
): Promise<Answer | WireFailure> | Answer | WireFailure {
  const { asking, response } = received;
  if (response.status >= 400) {
    return received.hidesUsage ? readOwnFailure(parts, protocol, received) : readFailure(parts, protocol, response);
  }
  if (response.status >= 300) {
    response.body.cancel();
    const message = `the provider answered ${response.status}, a redirect, which the gateway does not follow: check the provider's base_url`;
    return plainFailure("malformed", message, response.status);
  }
  const type = (response.headers["content-type"] ?? "").toLowerCase();
  if (asking.call.stream) {
    if (type !== "" && !type.startsWith("text/event-stream")) return wrongType(parts, protocol, { ...received, type });
    return stream(parts, protocol, received);
  }
  return whole(parts, protocol, { ...received, type });
}

/** The vendor refused, by name, a field that the gateway added: then the body was not the caller's own (F7). */
async function readOwnFailure(
  parts: TranslateParts,
  protocol: Protocol,
  { asking, response }: Received,
): Promise<WireFailure> {
  const failure = await readFailure(parts, protocol, response);
  if (/stream_options|include_usage/u.test(`${failure.message} ${failure.param ?? ""}`))
    asking.attempt.rewritten = true;
  return failure;
}

function stream(parts: TranslateParts, protocol: Protocol, received: Received): Answer {
  const { asking, response, raw, reading, watch, hidesUsage } = received;
  const { attempt, target } = asking;
  const plain = protocol.chat.stream.decoder();
  const plainDecoder = readStream(watch?.follow(plain) ?? plain, reading);
  const decoder = raw ? plainDecoder : fillModelName(plainDecoder, modelOf(target, asking.call));
  const { clock } = parts;
  const pieces = new DecodedStream({
    bytes: response.body,
    parser: parsers[protocol.egress.framing](),
    decoder,
    clock,
    raw,
    hidesUsage,
    attempt,
  });
  return { kind: "stream", pieces, raw, headers: response.headers, target, attempt };
}

async function whole(
  parts: TranslateParts,
  protocol: Protocol,
  received: Received & { type: string },
): Promise<Answer | WireFailure> {
  const { asking, response, type } = received;
  if (type !== "" && type !== "application/json" && !/^application\/([\w.-]+\+)?json\b/iu.test(type))
    return wrongType(parts, protocol, received);
  let bytes: Uint8Array;
  try {
    bytes = await readAll(response.body, MOST_ANSWER);
  } catch (error) {
    if (error instanceof RangeError)
      return plainFailure("malformed", `the answer is too large: ${error.message}`, response.status);
    throw error;
  }
  asking.attempt.bytesIn = bytes.byteLength;
  const body = parseAnswer(bytes);
  if (body === undefined) return plainFailure("malformed", "the answer is not valid JSON", response.status);
  if (asking.call.embeddings !== undefined) return readEmbeddings(body, { ...received, protocol, bytes });
  received.watch?.see(body);
  const decoded = protocol.chat.response.decode(body);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  const answer = readWhole(decoded, received.reading);
  return {
    kind: "whole",
    response: answer.model === "" ? { ...answer, model: modelOf(asking.target, asking.call) } : answer,
    raw: received.raw ? ownBytes(bytes, protocol.chat.response.mend?.(body)) : null,
    headers: response.headers,
    target: asking.target,
    attempt: asking.attempt,
  };
}

function vendorRequestId(headers: Readonly<Record<string, string>>): string | null {
  const name = requestIdHeaders.find((one) => headers[one] !== undefined);
  return name === undefined ? null : (headers[name] ?? null);
}

function protocolOf(protocols: Protocols, name: string): Protocol {
  const protocol = protocols[name];
  if (!protocol) throw new Error(`no codec for ${name}`);
  return protocol;
}
