// One request, from top to bottom: each step returns what the next one needs, and lives in the folder of its name. A
// failure is thrown at most once, and one function renders it.
import { attempt } from "./attempt/attempt.ts";
import { authenticate } from "./authenticate/authenticate.ts";
import type { Arrival, ClientRequest, Exchange, Reply, UnwrittenAnswer } from "./core/exchange.ts";
import type { Protocol } from "./core/protocol.ts";
import type { Cancellation } from "./core/transport.ts";
import { Canceller } from "./domain/cancellation.ts";
import { type CallOutcome, type LateOptions, replyInTime } from "./decode/late-reply.ts";
import { readCloudForm } from "./decode/cloud-form.ts";
import { readForm } from "./decode/read-form.ts";
import type { RepeatableCall } from "./decode/repeated-calls.ts";
import { refusedSession } from "./decode/session-reply.ts";
import { SilenceTimer } from "./decode/silence-timer.ts";
import type { Endpoint } from "./decode/endpoint.ts";
import { earlyHeaders, encodeAnswer, encodeFailure, writeAnswer } from "./decode/reply.ts";
import { answerEndpoint } from "./endpoints/endpoints.ts";
import type { Parts } from "./gateway-parts.ts";
import type { SessionStart } from "./listen/options.ts";
import { checkAllowedRoute, mayAsk } from "./plan/allowed-route.ts";
import { readTimeLimit } from "./plan/time-limit.ts";
import { readMetadata } from "./plan/metadata.ts";
import { planRoute } from "./plan/plan.ts";
import { readPriority } from "./plan/priority.ts";
import { checkStrict } from "./plan/strict.ts";
import { whenOver } from "./record/when-over.ts";
import { translate } from "./translate/translate.ts";

/** A request whose body is not read yet. */
type RequestHead = Omit<ClientRequest, "body">;

export type Handle = (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;

/** Turns a client's request into a reply, whatever happens. */
export function handleRequests(parts: Parts): Handle {
  const attemptRoute = attemptRoutes(parts);
  return (request, cancellation) => {
    const endpoint = parts.endpoints.of(request);
    if (endpoint === null) return answerEndpoint(request, parts);
    const place = { endpoint, protocol: parts.protocols[endpoint.protocol] ?? parts.endpoints.fallback };
    return handleCall(arrive(request, cancellation, parts), { place, attemptRoute }, parts);
  };
}

const NOTHING = new Uint8Array(0);
const NO_HEADERS = {};

/**
 * The refusal of a call without a valid key, before its body is read: a stranger's body costs no memory. Null for all
 * other requests. The call is refused, and recorded, as it would be with its body.
 */
export function refuseStrangers(handle: Handle, parts: Parts): (head: RequestHead) => Promise<Reply> | null {
  return (head) => {
    const { keys } = parts.rules().server;
    if (keys.length === 0 || parts.endpoints.of(head) === null) return null;
    try {
      authenticate(head, keys);
      return null;
    } catch {
      return handle({ ...head, body: NOTHING }, new Canceller());
    }
  };
}

interface HeldLimits {
  readonly heldBytes: number;
  readonly sureBytes: number;
  readonly most: number;
}

/**
 * How to read a body that is passed on: only its beginning is held, but all of what a model answers, so that another target
 * can answer it, and wherever in the form the model is named. Null for all others: JSON is searched for the model and what it
 * names, and an encoded body must be decoded for that. `unknown`: the length of a body that is not announced.
 */
export function spoolLimits(
  parts: Parts,
  unknown: "short" | "long" = "long",
): (head: RequestHead) => HeldLimits | null {
  return (head) => {
    const { headers } = head;
    const isRead = headers["content-encoding"] !== undefined || /\bjson\b/iu.test(headers["content-type"] ?? "");
    const place = isRead ? undefined : parts.endpoints.of(head)?.place;
    if (place === undefined) return null;
    const { spool, maxBody, maxUpload } = parts.rules().server;
    const announced = headers["content-length"];
    const isShort = announced === undefined ? unknown === "short" : Number(announced) <= maxBody;
    const heldBytes = place.isComputed && isShort ? Math.max(spool, maxBody) : spool;
    return { heldBytes, sureBytes: spool, most: maxUpload };
  };
}

/** How a WebSocket at this path begins; null: there is none. */
export function sessionStart(parts: Parts): (head: RequestHead) => SessionStart | null {
  return (head) => {
    const form = parts.endpoints.session(head)?.place?.session;
    if (form === undefined) return null;
    return {
      request: { ...head, ...form.readHead(head), isUpgrade: true },
      readsFirst: form.modelIn === "first-message",
    };
  };
}

/** The endpoint at the request's path; looked up once. */
interface Place {
  readonly endpoint: Endpoint;
  readonly protocol: Protocol;
}

type AttemptRoute = ReturnType<typeof attempt>;

interface Answering {
  readonly place: Place;
  readonly attemptRoute: AttemptRoute;
}

function handleCall(arrival: Arrival, answering: Answering, parts: Parts): Promise<Reply> {
  const { place } = answering;
  parts.recorder.callBegan(arrival);
  const begin = (exchange: Exchange): Promise<CallOutcome> => endCall(exchange, answering, parts);
  let exchange: Exchange;
  let call: Pick<RepeatableCall, "outcome" | "exchange" | "headers">;
  try {
    exchange = planCall(arrival, place, parts);
    const shared = parts.repeatedCalls.answer(exchange, begin);
    call = shared ?? { outcome: begin(exchange), exchange, headers: NO_HEADERS };
    if (shared?.isFirst === false) void shared.outcome.then((firstOutcome) => recordEnd(firstOutcome, exchange, parts));
  } catch (error) {
    const { reply, code } = renderFailure(error, arrival, { ...parts, place });
    parts.recorder.callEnded({ arrival, exchange: null, status: reply.status, code });
    return Promise.resolve(reply);
  }
  const late = lateOptions(call, place.protocol, parts);
  return late === null ? call.outcome.then(replyOf) : replyInTime(call.outcome, late);
}

function replyOf({ reply }: CallOutcome): Reply {
  return reply;
}

/** The whole call. Never rejects. */
async function endCall(exchange: Exchange, { place, attemptRoute }: Answering, parts: Parts): Promise<CallOutcome> {
  const { protocol } = place;
  const { clock, mintId } = parts;
  let outcome: CallOutcome;
  try {
    const answer = await attemptRoute(exchange);
    outcome = { reply: encodeAnswer(answer, exchange, { protocol, clock, mintId }), failure: null, code: null };
  } catch (error) {
    outcome = renderFailure(error, exchange, { ...parts, place });
  }
  recordEnd(outcome, exchange, parts);
  return outcome;
}

function recordEnd({ reply, code }: CallOutcome, exchange: Exchange, { recorder }: Parts): void {
  const { status } = reply;
  whenOver(reply, (isBroken) => recorder.callEnded({ arrival: exchange, exchange, status, code, isBroken }));
}

/** Only a stream's head can be sent before its target is known; null: the reply is sent when it is known. */
function lateOptions(
  { exchange, headers }: Pick<RepeatableCall, "exchange" | "headers">,
  protocol: Protocol,
  parts: Parts,
): LateOptions | null {
  const { clock } = parts;
  const { stream, task, asArray = false } = exchange.call;
  const { keepAlive } = parts.rules().server;
  if (!stream || task !== "chat" || keepAlive === null) return null;
  const sign = asArray ? "\n" : protocol.chat.stream.signOfLife;
  return {
    silence: new SilenceTimer({ clock, milliseconds: keepAlive, sign }),
    lateHeaders: () => ({ ...earlyHeaders(exchange, { protocol, clock }), ...headers }),
    protocol,
    asArray,
    onFault: parts.onFault,
  };
}

function arrive(request: ClientRequest, cancellation: Cancellation, { ids, clock }: Parts): Arrival {
  const [receivedAt, receivedWall] = [clock.now(), clock.wall()];
  return { id: ids.next("req_"), receivedAt, receivedWall, request, cancellation, attempts: [], skipped: [] };
}

/** Finds the caller, the call and its route. Throws the failure that the caller gets. */
function planCall(arrival: Arrival, place: Place, parts: Parts): Exchange {
  const rules = parts.rules();
  const caller = authenticate(arrival.request, rules.server.keys);
  const request = readCloudForm(arrival.request, place.endpoint, rules.server.maxDepth);
  const metadata = readMetadata(request);
  const priority = readPriority(request, metadata);
  checkStrict(request);
  const { protocols, onFault } = parts;
  const call = readForm(request, { ...place, protocols, maxDepth: rules.server.maxDepth, onFault });
  const route = planRoute({ request, call, allows: (name) => mayAsk(caller, name) }, rules, parts.planning);
  // Without a model: `openai/*` in a key's list allows it.
  checkAllowedRoute(caller, route, request.headers["x-understudy-route"] || call.model || `${route.name}/`);
  const deadline = arrival.receivedAt + readTimeLimit(request, route.total);
  const { id, receivedAt, receivedWall, cancellation, attempts, skipped } = arrival;
  const client = place.endpoint.protocol;
  // Member by member: a copy that grows afterwards costs several times as much.
  return {
    id,
    receivedAt,
    receivedWall,
    request,
    cancellation,
    attempts,
    skipped,
    client,
    caller,
    call,
    route,
    deadline,
    priority,
    metadata,
  };
}

function attemptRoutes(parts: Parts): AttemptRoute {
  // Fallback > retry > breaker > timeout (attempt.ts lists the file of each decision), then through translate and
  // transport.
  const { clock, mintId } = parts;
  // An answer that cannot be written is no answer: the attempt writes it, so that the next target can be asked.
  const write = (answer: UnwrittenAnswer, exchange: Exchange): void => {
    const { client } = exchange;
    if (client === undefined) return;
    const protocol = parts.protocols[client] ?? parts.endpoints.fallback;
    writeAnswer(answer, exchange, { protocol, clock, mintId });
  };
  return attempt({ ...parts, ask: translate(parts), write });
}

/** The only function that turns a failure into a reply. */
function renderFailure(error: unknown, arrival: Arrival, parts: Parts & { readonly place: Place }): CallOutcome {
  const { protocol, endpoint } = parts.place;
  const inline = parts.renderInline(error, arrival);
  if (inline !== null) return { reply: inline, failure: null, code: "bad_request" };
  const failure = parts.asFailure(error);
  const reply = encodeFailure(failure, arrival, { ...parts, protocol });
  const form = endpoint.place?.session;
  // Its client's connection is a WebSocket already, so it gets messages.
  const session = form?.modelIn === "first-message" ? { session: refusedSession(failure, form, arrival.id) } : {};
  return { reply: { ...reply, ...session }, failure, code: failure.code };
}
