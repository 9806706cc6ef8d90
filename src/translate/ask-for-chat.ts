// A chat at one target: chooses the protocol, its version and the state to send, and reads the whole or streamed answer.
// If the vendor pauses, it continues the answer.
import type { Answer, Asking } from "../core/exchange.ts";
import { GatewayFailure, type WireFailure } from "../core/failure.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { TargetNode } from "../core/rules.ts";
import { modelOf } from "../domain/model-of.ts";
import type { JsonObject } from "../core/json.ts";
import type { Protocol, TargetProtocol } from "../core/protocol.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import { writeJson } from "../domain/write-json.ts";
import type { Cancellation } from "../core/transport.ts";
import { andThen } from "../domain/and-then.ts";
import { factsWithRoom } from "../domain/answer-room.ts";
import { withLearnedLimit } from "../domain/model-facts-cache.ts";
import { restated, type SentHistory } from "./restating.ts";
import { AnswerWords } from "./answer-words.ts";
import { autoContinue, silently } from "./auto-continue.ts";
import { lostThread } from "./lost-thread.ts";
import { chooseApiVersion } from "./api-version.ts";
import { PauseDetector } from "./pause-detector.ts";
import { readAnswer } from "./read-answer.ts";
import { placeTarget } from "./placed-call.ts";
import { type BodyParts, type RequestBody, requestBody } from "./request-body.ts";
import { checkTask, namedModel, outboundRequest, type Prepared, send } from "./send.ts";
import { chooseProtocol, factsIn } from "./choose-protocol.ts";
import type { StateKeeper, StatePlace } from "./state-keeper.ts";
import type { StandsInFor } from "./stand-ins.ts";
import { withoutWithheld } from "./withheld.ts";
import { protocolOf, targetProtocolOf, type Tools } from "./translate-parts.ts";

export async function askForChat(tools: Tools, asking: Asking): Promise<Answer | WireFailure> {
  checkTask(asking);
  const preparing = prepare(tools, asking);
  const prepared = preparing instanceof Promise ? await preparing : preparing;
  if ("verdict" in prepared) return prepared;
  const { watch, history } = prepared;
  const reply = await send(tools, asking, prepared);
  const first = "verdict" in reply ? await restated(reply, history) : reply;
  if (watch === null) return first;
  const rest = asking.call.stream ? silently(asking) : asking;
  const again = (body: JsonObject, cancellation: Cancellation): Promise<Answer | WireFailure> =>
    send(tools, { ...rest, cancellation }, { ...prepared, body: writeJson(body) });
  return autoContinue(first, { asking, watch, again });
}

interface PreparedChat extends Prepared {
  /** Null if the answer cannot pause, or the client handles pauses itself. */
  readonly watch: PauseDetector | null;
  /** What a refusal of it may be about. */
  readonly history: SentHistory;
}

/** How the request goes to the target: everything but its body. */
interface Plan extends BodyParts {
  /** The caller speaks the target's protocol. */
  readonly sameProtocol: boolean;
  readonly standsIn: StandsInFor;
  /** Headers with the protocol's version. */
  readonly version: Readonly<Record<string, string>>;
}

/** A promise only if there is something to wait for. */
function prepare(tools: Tools, asking: Asking): PreparedChat | WireFailure | Promise<PreparedChat | WireFailure> {
  const plan = planRequest(tools, asking);
  const { inner, outer, keeper, place, placement } = plan;
  const write = (threadFailure: WireFailure | null): PreparedChat | WireFailure | Promise<PreparedChat> =>
    threadFailure ?? andThen(requestBody(asking, plan), (body) => withBody(tools, asking, { plan, body }));
  return andThen(lostThread({ request: placement.members, inner, outer, keeper, place }), write);
}

function planRequest(tools: Tools, asking: Asking): Plan {
  const { exchange, call } = asking;
  const { provider } = asking.target;
  const model = namedModel(asking);
  const inner = protocolOf(tools.protocols, call.protocol);
  const modelFacts = withLearnedLimit(tools.factsOf(provider, model), asking.learnedLimit);
  const facts = factsWithRoom(modelFacts, call, asking.target.params);
  const { inlineMedia, keeper, verdicts, quirksOf } = tools;
  const placement = placeTarget(asking.target, { call, inner, verdicts });
  const outer = targetProtocolOf(tools, chooseProtocol(placement, inner, facts));
  const sameProtocol = call.protocol === outer.name || call.protocol === provider.row.protocol;
  const factsOfWay = asking.learnedLimit ? factsIn : tools.factsIn;
  const version = chooseApiVersion(asking, factsOfWay(facts, outer.name), sameProtocol);
  const protocolAt = protocolsFor(tools, asking, { inner, own: outer.name });
  const standsIn = tools.standsInFor(exchange.route.node, asking.target, protocolAt);
  const isStandIn = standsIn !== "nobody" || asking.ownOnly === true;
  const headers = sameProtocol ? withoutWithheld(exchange.request.headers, asking.learnedLimit) : undefined;
  const target = { model, facts: version.facts, isStandIn, headers };
  const place = placeOf(asking, outer, { keeper, model });
  return {
    inner,
    outer,
    target,
    placement,
    inlineMedia,
    keeper,
    quirksOf,
    place,
    sameProtocol,
    standsIn,
    version: version.headers,
  };
}

function withBody(
  tools: Tools,
  asking: Asking,
  { plan, body: written }: { readonly plan: Plan; readonly body: RequestBody },
): PreparedChat {
  const { call } = asking;
  const { inner, outer, target, keeper, place, sameProtocol, standsIn, version } = plan;
  const { body, json, own, names, hidesUsage = false } = written;
  const request = plan.placement.members;
  const path = outer.egress.path(target.model, call.stream);
  const { name: protocol } = outer;
  const outbound = outboundRequest(tools, asking, { path, protocol, own, sameProtocol, standsIn, version });
  const isSame = inner.name === outer.name;
  const isHeld = isSame && isHeldFor(asking, outer, request);
  const state = place === null ? null : keeper.read({ ...place, call, facts: target.facts, isHeld });
  const { autoContinue: pausing } = outer;
  // A client that gets the vendor's own bytes speaks its protocol, and resumes pauses itself.
  const watch = json !== undefined && pausing?.canPause(json) === true ? new PauseDetector(pausing, json) : null;
  const raw = written.raw && call.borrowed === undefined;
  const hasBlocks = outer.chat.hasBlocks === true;
  // Null: OpenAI's own models, which leave no reasoning in the text.
  const mayHaveTags = !hasBlocks && target.facts.reasoningField !== null;
  const { attempt } = asking;
  const words = isSame ? null : new AnswerWords({ attempt, client: inner.chat, hasBlocks, mayHaveTags });
  const onStored = storedAt(tools, asking, { inner, request, raw });
  const reading = { raw, words, reading: { names, state }, watch, hidesUsage, protocol: outer, onStored };
  const isPrefilled = call.continues !== undefined && target.facts.prefill === true;
  const read: Prepared["read"] = (response, question) => {
    const answer = readAnswer(tools, question, { ...reading, response });
    return isPrefilled ? answer.then(prefilled) : answer;
  };
  const onRefusal = hidesUsage ? (refusal: WireFailure) => noteOwnField(asking, refusal) : undefined;
  const history = { keeper, request, place: isSame ? place : null };
  return { outbound, body, protocol: outer, read, onRefusal, watch, history };
}

/** Later requests for the answer by its id go to the same account. Undefined: it is not stored. */
function storedAt(
  { storedThings }: Tools,
  { target: { provider }, key }: Asking,
  { inner, request, raw }: { readonly inner: Protocol; readonly request: RawMembers; readonly raw: boolean },
): ((id: string) => void) | undefined {
  if (!raw || inner.ingress.storesAnswer?.(request) !== true) return undefined;
  return (id) => storedThings.rememberAt(provider, key, [id]);
}

/** In which protocol each target of the route is asked in this call; `own`: this one. */
function protocolsFor(
  { factsOf, verdicts }: Tools,
  { call, target }: Asking,
  { inner, own }: { readonly inner: Protocol; readonly own: ProtocolName },
): (other: TargetNode) => ProtocolName {
  return (other) => {
    if (other === target) return own;
    const { provider } = other;
    try {
      const facts = factsOf(provider, modelOf(other, call));
      return chooseProtocol(placeTarget(other, { call, inner, verdicts }), inner, facts);
    } catch (error) {
      // It cannot be read with that target's params: that target reports it.
      if (error instanceof GatewayFailure) return provider.row.protocol;
      throw error;
    }
  };
}

/** Where a conversation is stored matters only if the account matters, or if the client can learn that it is lost. */
function isHeldFor({ target }: Asking, { reasoningState }: TargetProtocol, request: RawMembers): boolean {
  const { threads } = reasoningState ?? {};
  const matters = threads?.lostFailure.resend === true || target.provider.keys.length > 1;
  return matters && threads?.isHeldIn(request) === true;
}

function placeOf(
  { exchange, target, key }: Asking,
  { name, reasoningState }: TargetProtocol,
  { keeper, model }: { readonly keeper: StateKeeper; readonly model: string },
): StatePlace | null {
  if (reasoningState === undefined) return null;
  const origin = keeper.originOf({ protocol: name, provider: target.provider, model, key });
  return { rules: reasoningState, origin, exchange };
}

/** The vendor refused, by name, a field that the gateway added: then the body was not the caller's own (F7). */
function noteOwnField({ attempt }: Asking, { message, param }: WireFailure): void {
  if (/stream_options|include_usage/u.test(`${message} ${param ?? ""}`)) attempt.rewritten = true;
}

/** The model continues its own turn, which has begun: its text needs no proof. */
function prefilled(answer: Answer | WireFailure): Answer | WireFailure {
  return "kind" in answer && answer.kind === "stream" ? { ...answer, prefilled: true } : answer;
}
