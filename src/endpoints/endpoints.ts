// Everything beside the calls: health, models, the operator's paths, and a clear error for every unknown path.
import type { ClientRequest, Reply } from "../core/exchange.ts";
import type { GatewayFailure } from "../core/failure.ts";
import { nameRequest } from "../decode/headers.ts";
import { modelsAt } from "../decode/models.ts";
import type { Parts } from "../gateway-parts.ts";
import type { RequestHead } from "../listen/options.ts";
import { answerAdmin } from "./admin.ts";
import { answerHealth } from "./health.ts";
import { answerModels } from "./models.ts";
import { answerNotFound, refuseWithoutUpgrade } from "./not-found.ts";
import { notAllowed } from "./replies.ts";

export async function answerEndpoint(request: ClientRequest, parts: Parts): Promise<Reply> {
  try {
    return await answer(request, parts);
  } catch (error) {
    return refuse(parts.asFailure(error), request, parts);
  }
}

/** A refusal outside any call, in the protocol of the path, or of the SDK that asks for models. */
export function refuse(failure: GatewayFailure, request: RequestHead, parts: Parts): Reply {
  const id = parts.ids.next("req_");
  const headers: Record<string, string> = { "content-type": "application/json", "x-request-id": id };
  if (!failure.shouldRetry) headers["x-should-retry"] = "false";
  if (failure.retryAfterMs !== null)
    headers["retry-after"] = String(Math.max(1, Math.ceil(failure.retryAfterMs / 1000)));
  if (failure.status === 405) headers["allow"] = parts.endpoints.at(request.path) === null ? "GET, HEAD" : "POST";
  const protocol = modelsAt(request, parts)?.protocol ?? parts.endpoints.protocolAt(request.path);
  nameRequest(headers, protocol);
  return { status: failure.status, headers, body: JSON.stringify(protocol.failure.encode(failure, id)) };
}

async function answer(original: ClientRequest, parts: Parts): Promise<Reply> {
  const { method } = original;
  const path = original.path.replace(/(?<=[^/])\/$/u, "");
  const request = { ...original, path };
  const reply = answerHealth(method, path, parts) ?? answerAdmin(request, parts);
  if (reply !== null) return reply;
  if (parts.endpoints.at(path) !== null) return notAllowed(method, "POST");
  if (method === "GET" && parts.endpoints.session({ ...request, path }) !== null) refuseWithoutUpgrade(path);
  return (await answerModels(request, parts)) ?? answerNotFound(method, path, parts);
}
