// The operator's paths: the current status of the gateway, or of a route. Off unless the operator has a key: then they do not exist, like
// any unknown path.
import { isOperator } from "../authenticate/authenticate.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Parts } from "../gateway-parts.ts";
import { answerNotFound } from "./not-found.ts";
import { isRead, jsonReply, notAllowed } from "./replies.ts";
import { currentGatewayStatus, currentRouteStatus, readQuestion } from "./route-status.ts";

const ADMIN_STATUS = "/admin/status";
/** Before a route's name. */
const ADMIN_ROUTES = "/admin/routes/";

/** Null for any other path. Throws GatewayFailure(`unauthenticated`, 401) without the operator's key. */
export function answerAdmin(request: ClientRequest, parts: Parts): Reply | null {
  const { method, path, query } = request;
  if (path !== ADMIN_STATUS && !path.startsWith(ADMIN_ROUTES)) return null;
  const { adminKey } = parts.rules().server;
  if (adminKey === undefined) answerNotFound(method, path, parts);
  if (!isOperator(request, adminKey)) {
    const words = `Only the operator may read this: send server.admin_key as "Authorization: Bearer …".`;
    throw new GatewayFailure(words, { code: "unauthenticated", status: 401 });
  }
  if (!isRead(method)) notAllowed(method, "GET");
  const reply = jsonReply(200, statusAt(path, query, parts));
  reply.headers["x-request-id"] = parts.ids.next("req_");
  reply.headers["cache-control"] = "no-store";
  return reply;
}

function statusAt(path: string, query: string, parts: Parts): object {
  if (path === ADMIN_STATUS) return currentGatewayStatus(parts);
  const { route, sample } = readQuestion(path.slice(ADMIN_ROUTES.length), query);
  return currentRouteStatus(route, sample, parts);
}
