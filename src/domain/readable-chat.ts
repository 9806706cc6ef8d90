// The conversation of a call, for code that works without it: a vendor may accept a body whose format our codec does
// not know. Details of such a request are then unknown. It must never be a reason to lose an answer.
import type { ChatRequest } from "../core/chat.ts";
import type { Call } from "../core/exchange.ts";

/** Null if the body cannot be read. Code that needs it uses `call.chat()`, which says why. */
export function readableChat(call: Pick<Call, "chat">): ChatRequest | null {
  try {
    return call.chat();
  } catch {
    return null;
  }
}
