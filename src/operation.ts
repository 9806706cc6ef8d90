// What is not a conversation: health, the list of models, a word for who opens the address in a browser, and a clear
// answer for every path that is not there.
import type { ClientRequest, Reply } from "./core/exchange.ts";
import { GatewayFailure } from "./core/failure.ts";
import type { JsonObject } from "./core/json.ts";
import { endpointOf } from "./decode/endpoint.ts";
import { nameRequest } from "./decode/headers.ts";
import { listModels } from "./decode/models.ts";
import { authenticate } from "./authenticate/authenticate.ts";
import type { Parts } from "./parts.ts";

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
    return refuse(parts.asFailure(error), request.path, parts);
  }
}

/** A refusal outside of any call, in the protocol of the path. */
export function refuse(failure: GatewayFailure, path: string, parts: Parts): Reply {
  const id = parts.ids.next("req_");
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": id };
  if (!failure.shouldRetry) headers["x-should-retry"] = "false";
  if (failure.retryAfterMs !== null)
    headers["retry-after"] = String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000)));
  if (failure.status === 405) headers["allow"] = endpointOf(path) === null ? "GET, HEAD" : "POST";
  const protocol = parts.protocolAt(path);
  nameRequest(headers, protocol.name);
  return { status: failure.status, headers, body: JSON.stringify(protocol.encodeFailure(failure, id)) };
}

function answer(request: ClientRequest, parts: Parts): Reply {
  const { method, path } = request;
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
    case "/v1/models":
    case "/models":
      if (!reads) return notAllowed(method, "GET");
      authenticate(request, parts.rules().server.keys);
      return listed(listModels(parts.rules(), parts.startedSeconds), parts);
    default:
      if (endpointOf(path) !== null) return notAllowed(method, "POST");
      throw new GatewayFailure(
        `There is nothing at ${method} ${path.slice(0, 200)}. This gateway serves POST ${served}, GET /v1/models, /healthz and /readyz.`,
        { code: "not_found", status: 404 },
      );
  }
}

function json(status: number, body: JsonObject): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}

/** What clients' SDKs read has an id, as every answer to a call has. */
function listed(body: JsonObject, parts: Parts): Reply {
  const reply = json(200, body);
  reply.headers["x-request-id"] = parts.ids.next("req_");
  return reply;
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
