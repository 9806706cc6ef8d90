// What is not a conversation: health, the list of models, a word for who opens the address in a browser, and a clear
// answer for every path that is not there.
import type { ClientRequest, Reply } from "./core/exchange.ts";
import { GatewayFailure } from "./core/failure.ts";
import { endpointOf } from "./decode/endpoint.ts";
import { nameRequest } from "./decode/headers.ts";
import { answerModels, modelsAt } from "./decode/models.ts";
import { lookAhead, readQuestion } from "./as-of-now.ts";
import { authenticate, isOperator } from "./authenticate/authenticate.ts";
import type { RequestHead } from "./listen/options.ts";
import type { Parts } from "./parts.ts";

/** Before a route's name. */
const ADMIN_ROUTES = "/admin/routes/";

const served = [
  "/v1/chat/completions",
  "/v1/responses",
  "/v1/completions",
  "/v1/embeddings",
  "/v1/messages",
  "/v1/messages/count_tokens",
  "/v1beta/models/{model}:generateContent (:streamGenerateContent, :countTokens, :embedContent, :batchEmbedContents)",
].join(", ");

export async function answerOperation(request: ClientRequest, parts: Parts): Promise<Reply> {
  try {
    return answer(request, parts);
  } catch (error) {
    return refuse(parts.asFailure(error), request, parts);
  }
}

/** A refusal outside of any call, in the protocol of the path, or of whose SDK asks for models. */
export function refuse(failure: GatewayFailure, request: RequestHead, parts: Parts): Reply {
  const id = parts.ids.next("req_");
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": id };
  if (!failure.shouldRetry) headers["x-should-retry"] = "false";
  if (failure.retryAfterMs !== null)
    headers["retry-after"] = String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000)));
  if (failure.status === 405) headers["allow"] = endpointOf(request.path) === null ? "GET, HEAD" : "POST";
  const protocol = modelsAt(request, parts.protocols)?.protocol ?? parts.protocolAt(request.path);
  nameRequest(headers, protocol.name);
  return { status: failure.status, headers, body: JSON.stringify(protocol.encodeFailure(failure, id)) };
}

function answer(request: ClientRequest, parts: Parts): Reply {
  const { method } = request;
  const path = request.path.replace(/(?<=[^/])\/$/u, "");
  const reads = method === "GET" || method === "HEAD";
  switch (path) {
    case "/":
      return reads ? welcome() : notAllowed(method, "GET");
    case "/healthz":
      return reads ? json(200, { status: "ok" }) : notAllowed(method, "GET");
    case "/readyz":
      if (!reads) return notAllowed(method, "GET");
      return parts.draining()
        ? json(503, { status: "draining" })
        : json(200, { status: "ready", config: parts.rules().source });
    default:
      if (path.startsWith(ADMIN_ROUTES)) return outlook({ ...request, path }, parts);
      if (endpointOf(path) !== null) return notAllowed(method, "POST");
      return models({ ...request, path }, parts) ?? nothingAt(method, path);
  }
}

/** Closed unless the operator has a key: then nothing is there, as for any other path. */
function outlook(request: ClientRequest, parts: Parts): Reply {
  const { adminKey } = parts.rules().server;
  if (adminKey === undefined) nothingAt(request.method, request.path);
  if (!isOperator(request, adminKey)) {
    const words = `This is the operator's: send server.admin_key as "Authorization: Bearer …".`;
    throw new GatewayFailure(words, { code: "unauthenticated", status: 401 });
  }
  if (request.method !== "GET" && request.method !== "HEAD") notAllowed(request.method, "GET");
  const { route, sample } = readQuestion(request.path.slice(ADMIN_ROUTES.length), request.query);
  const reply = json(200, lookAhead(route, sample, parts));
  reply.headers["x-request-id"] = parts.ids.next("req_");
  reply.headers["cache-control"] = "no-store";
  return reply;
}

/** Null where the path is of something else. */
function models(request: ClientRequest, parts: Parts): Reply | null {
  const asked = modelsAt(request, parts.protocols);
  if (asked === null) return null;
  if (request.method !== "GET" && request.method !== "HEAD") notAllowed(request.method, "GET");
  const rules = parts.rules();
  authenticate(request, rules.server.keys);
  const { nearest } = parts.planning;
  const body = answerModels(asked, request.query, { rules, created: parts.startedSeconds, nearest });
  const reply = json(200, body);
  // What clients' SDKs read has an id, as every answer to a call has.
  reply.headers["x-request-id"] = parts.ids.next("req_");
  nameRequest(reply.headers, asked.protocol.name);
  return reply;
}

/** Of the vendors' other services it is said that they are not here, lest somebody look for the mistake in the address. */
const otherServices =
  /^(?:\/v1(?:beta|alpha)?)?\/(audio|images|videos|files|uploads|batches|moderations|rerank|realtime|fine_tuning|vector_stores|assistants|threads|conversations|cachedContents)(?:[/:]|$)/u;

function nothingAt(method: string, path: string): never {
  const service = otherServices.exec(path)?.[1];
  const what =
    service === undefined
      ? `There is nothing at ${method} ${path.slice(0, 200)}.`
      : `This gateway does not pass on ${service} (${method} ${path.slice(0, 200)}): ask the vendor itself for them.`;
  throw new GatewayFailure(
    `${what} This gateway serves POST ${served}, GET /v1/models, /v1beta/models, /healthz and /readyz.`,
    { code: "not_found", status: 404 },
  );
}

function json(status: number, body: object): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

function welcome(): Reply {
  const body = "Understudy is listening. Point your client's base URL at /v1 of this address.\n";
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}

function notAllowed(method: string, allowed: string): never {
  throw new GatewayFailure(`The method ${method} is not for this path: use ${allowed}.`, {
    code: "bad_request",
    status: 405,
  });
}
