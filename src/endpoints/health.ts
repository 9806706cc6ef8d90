// Health checks for orchestrators, and a short page for a browser.
import type { Reply } from "../core/exchange.ts";
import type { Parts } from "../gateway-parts.ts";
import { isRead, jsonReply, notAllowed } from "./replies.ts";

/** Null for any other path. */
export function answerHealth(method: string, path: string, parts: Pick<Parts, "draining" | "rules">): Reply | null {
  const answer = answerAt(path, parts);
  return answer === null || isRead(method) ? answer : notAllowed(method, "GET");
}

function answerAt(path: string, { draining, rules }: Pick<Parts, "draining" | "rules">): Reply | null {
  switch (path) {
    case "/":
      return welcome();
    case "/healthz":
      return jsonReply(200, { status: "ok" });
    case "/readyz":
      return draining()
        ? jsonReply(503, { status: "draining" })
        : jsonReply(200, { status: "ready", config: rules().source });
    default:
      return null;
  }
}

function welcome(): Reply {
  const body = "Understudy is listening. Point your client's base URL at /v1 of this address.\n";
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body };
}
