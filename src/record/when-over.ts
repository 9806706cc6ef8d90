// When a call's reply is over: a whole one at once, a stream after its last piece or when the client disconnects.
import type { TracedReply } from "../core/exchange.ts";

/** Calls `listener` once. */
export function whenOver({ body }: TracedReply, listener: () => void): void {
  if (body === null || typeof body === "string" || body instanceof Uint8Array) listener();
  else body.onOver(listener);
}
