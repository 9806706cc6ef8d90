// The way of one request, on one page. Read it top-down: each layer wraps the next, a request goes down through them and
// its answer comes back up. What each stop does stands in the folder of its name.
import { attempt } from "./attempt/attempt.ts";
import { authenticate } from "./authenticate/authenticate.ts";
import type { Answer, ClientRequest, Exchange, Reply, TracedReply } from "./core/exchange.ts";
import { GatewayFailure } from "./core/failure.ts";
import type { Protocol } from "./core/protocol.ts";
import type { Layer, Service } from "./core/service.ts";
import type { Cancellation } from "./core/transport.ts";
import { countTokens } from "./count-tokens.ts";
import { readForm } from "./decode/borrowed.ts";
import { endpointOf } from "./decode/endpoint.ts";
import { encodeAnswer, encodeFailure } from "./decode/reply.ts";
import { readMetadata, readTimeLimit } from "./plan/deadline.ts";
import { readPriority } from "./plan/priority.ts";
import { checkStrict } from "./plan/strict.ts";
import { planRoute } from "./plan/plan.ts";
import type { Parts } from "./parts.ts";
import { record } from "./record/record.ts";
import { openExchange } from "./open-exchange.ts";
import { answerOperation } from "./operation.ts";
import { translate } from "./translate/translate.ts";

export type Handle = (request: ClientRequest, cancellation: Cancellation) => Promise<Reply>;

/** From a client's request to the reply, whatever happens in between. */
export function handleRequests(parts: Parts): Handle {
  const answer = wayOfARequest(parts);
  const tasks = { answer, embed: answer, count: wayOfACount(parts) };
  return (request, cancellation) => {
    const endpoint = request.method === "POST" ? endpointOf(request.path) : null;
    if (endpoint === null) return answerOperation(request, parts);
    return tasks[endpoint.task](openExchange(request, cancellation, parts));
  };
}

function wayOfARequest(parts: Parts): Service<Reply> {
  const engine = { ...parts, ask: translate(parts) };
  return record(
    parts.ledger,
    parts.onFault,
  )(
    // outermost: sees every ending exactly once
    rendered(parts)(
      // the one place where a failure becomes a reply
      authenticated(parts)(
        decoded(parts)(
          // the way back streams in the caller's protocol
          planned<Answer>(parts)(
            attempt(engine), // fallback > retry > breaker > timeout, then out through translate and transport
          ),
        ),
      ),
    ),
  );
}

/** How many tokens a request has: the same way down, and no attempt at its end. */
function wayOfACount(parts: Parts): Service<Reply> {
  return rendered(parts)(authenticated(parts)(read(parts)(planned<TracedReply>(parts)(countTokens(parts)))));
}

function rendered(parts: Parts): Layer<TracedReply> {
  return (next) => async (exchange) => {
    try {
      return await next(exchange);
    } catch (error) {
      const inline = parts.renderInline(error, exchange);
      if (inline !== null) return inline;
      const protocol = parts.protocolAt(exchange.request.path);
      return encodeFailure(parts.asFailure(error), exchange, { protocol, clock: parts.clock });
    }
  };
}

function authenticated(parts: Parts): Layer<TracedReply> {
  return (next) => (exchange) => {
    exchange.caller = authenticate(exchange.request, parts.rules().server.keys);
    return next(exchange);
  };
}

function decoded(parts: Parts): Layer<Answer, TracedReply> {
  return (next) => async (exchange) => {
    const protocol = readCall(exchange, parts);
    const answer = await next(exchange);
    const { clock, mintId, createParser } = parts;
    return encodeAnswer(answer, exchange, { protocol, clock, mintId, createParser });
  };
}

function read(parts: Parts): Layer<TracedReply> {
  return (next) => async (exchange) => {
    readCall(exchange, parts);
    return next(exchange);
  };
}

function readCall(exchange: Exchange, parts: Parts): Protocol {
  const protocol = parts.protocolAt(exchange.request.path);
  exchange.metadata = readMetadata(exchange.request);
  exchange.priority = readPriority(exchange.request, exchange.metadata);
  checkStrict(exchange.request);
  const { maxDepth } = parts.rules().server;
  exchange.call = readForm(exchange.request, { protocol, protocols: parts.protocols, maxDepth });
  return protocol;
}

function planned<Out>(parts: Parts): Layer<Out> {
  return (next) => (exchange) => {
    const { request, call } = exchange;
    if (call === null)
      throw new GatewayFailure("The request was not decoded.", { code: "internal_error", status: 500 });
    const route = planRoute({ request, call }, parts.rules(), parts.planning);
    exchange.route = route;
    exchange.deadline = exchange.receivedAt + readTimeLimit(request, route.total, parts.parseDuration);
    return next(exchange);
  };
}
