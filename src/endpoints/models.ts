// The list of models, and one model by its name, in the client's protocol.
import { authenticate } from "../authenticate/authenticate.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { nameRequest } from "../decode/headers.ts";
import { answerModels as listModels, modelsAt } from "../decode/models.ts";
import type { Parts } from "../gateway-parts.ts";
import { mayAsk } from "../plan/allowed-route.ts";
import { isRead, jsonReply, notAllowed } from "./replies.ts";

/** Null for any other path. Throws GatewayFailure(`unauthenticated`) if keys are required. */
export function answerModels(request: ClientRequest, parts: Parts): Reply | null {
  const question = modelsAt(request, parts);
  if (question === null) return null;
  if (!isRead(request.method)) notAllowed(request.method, "GET");
  const rules = parts.rules();
  const caller = authenticate(request, rules.server.keys);
  const allows = (id: string): boolean => mayAsk(caller, id);
  const reply = jsonReply(200, listModels(question, request.query, { rules, allows, created: parts.startedSeconds }));
  // Clients' SDKs expect an id on every answer.
  reply.headers["x-request-id"] = parts.ids.next("req_");
  nameRequest(reply.headers, question.protocol);
  return reply;
}
