// The list of models, and one model by its name, in the client's protocol.
import { authenticate } from "../authenticate/authenticate.ts";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { nameRequest } from "../decode/headers.ts";
import { modelsAt } from "../decode/models.ts";
import type { Parts } from "../gateway-parts.ts";
import { mayAsk } from "../plan/allowed-route.ts";
import { isRead, notAllowed } from "./replies.ts";

/** Milliseconds that the first question waits for the providers' lists: clients often ask once. */
const LONGEST_WAIT = 1000;

/** Null for any other path. Throws GatewayFailure(`unauthenticated`) if keys are required. */
export async function answerModels(request: ClientRequest, parts: Parts): Promise<Reply | null> {
  const question = modelsAt(request, parts);
  if (question === null) return null;
  if (!isRead(request.method)) notAllowed(request.method, "GET");
  const rules = parts.rules();
  const caller = authenticate(request, rules.server.keys);
  parts.modelLists.wake();
  await parts.modelLists.arrived(LONGEST_WAIT);
  const { query } = request;
  const reader = { rules, query, routes: caller.routes ?? null, allows: (id: string) => mayAsk(caller, id) };
  const body = parts.modelsBook.answer(question, reader);
  const headers: Record<string, string> = { "content-type": "application/json" };
  // Clients' SDKs expect an id on every answer.
  headers["x-request-id"] = parts.ids.next("req_");
  nameRequest(headers, question.protocol);
  return { status: 200, headers, body };
}
