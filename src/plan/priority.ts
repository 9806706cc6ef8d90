// A request's priority in queues, from its header or its metadata. It is read before any target is asked: a misspelled
// value must not be taken for another one.
import { priorities, type ClientRequest, type Priority } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";

const HEADER = "x-understudy-priority";

/**
 * `high`, `normal` or `low`; absent means normal. Throws GatewayFailure(`bad_request`) for any other header value.
 * Metadata are the caller's own, so any other `priority` there means normal.
 */
export function readPriority(
  { headers }: Pick<ClientRequest, "headers">,
  metadata: Readonly<Record<string, string>>,
): Priority {
  const header = headers[HEADER];
  if (header === undefined) return priorityOf(metadata["priority"]) ?? "normal";
  const priority = priorityOf(header);
  if (priority !== null) return priority;
  throw new GatewayFailure(`${HEADER}: "${header.slice(0, 40)}" is not one of ${priorities.join(", ")}.`, {
    code: "bad_request",
    status: 400,
    param: HEADER,
  });
}

function priorityOf(word: string | undefined): Priority | null {
  return priorities.find((one) => one === word) ?? null;
}
