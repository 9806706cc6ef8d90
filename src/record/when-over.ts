// When a call's reply is over: a whole one at once, a stream after its last piece or when the client disconnects.
import type { TracedReply } from "../core/exchange.ts";

/** Calls `listener` once; `isBroken`: the stream ended in an error. */
export function whenOver({ body, session }: TracedReply, listener: (isBroken: boolean) => void): void {
  if (session !== undefined) return session.onOver(() => listener(session.isBroken));
  if (body === null || typeof body === "string" || body instanceof Uint8Array) listener(false);
  else body.onOver(() => listener(body.isBroken === true));
}
