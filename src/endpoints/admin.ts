// The operator's paths: the current status of a route. Off unless the operator has a key: then they do not exist, like
// any unknown path.
import { isOperator } from "../authenticate/authenticate.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Parts } from "../gateway-parts.ts";
import { answerNotFound } from "./not-found.ts";
import { isRead, jsonReply, notAllowed } from "./replies.ts";
import { currentRouteStatus, readQuestion } from "./route-status.ts";

/** Before a route's name. */
const ADMIN_ROUTES = "/admin/routes/";

/** Null for any other path. Throws GatewayFailure(`unauthenticated`, 401) without the operator's key. */
export function answerAdmin(request: ClientRequest, parts: Parts): Reply | null {
  const { method, path, query } = request;
  if (!path.startsWith(ADMIN_ROUTES)) return null;
  const { adminKey } = parts.rules().server;
  if (adminKey === undefined) answerNotFound(method, path, parts);
  if (!isOperator(request, adminKey)) {
    const words = `Only the operator may read this: send server.admin_key as "Authorization: Bearer …".`;
    throw new GatewayFailure(words, { code: "unauthenticated", status: 401 });
  }
  if (!isRead(method)) notAllowed(method, "GET");
  const { route, sample } = readQuestion(path.slice(ADMIN_ROUTES.length), query);
  const reply = jsonReply(200, currentRouteStatus(route, sample, parts));
  reply.headers["x-request-id"] = parts.ids.next("req_");
  reply.headers["cache-control"] = "no-store";
  return reply;
}
