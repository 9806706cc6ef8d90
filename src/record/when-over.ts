// When a call's reply is over: a whole one at once, a stream when its last piece is gone or its caller is.
import type { TracedReply } from "../core/exchange.ts";

/** Calls `listener` once. */
export function whenOver({ body }: TracedReply, listener: () => void): void {
  if (body === null || typeof body === "string" || body instanceof Uint8Array) listener();
  else body.onOver(listener);
}
