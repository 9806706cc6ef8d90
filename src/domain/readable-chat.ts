// The conversation of a call, for whoever can do without it: a vendor may take and answer a body whose form our codec does
// not know. What such a caller asked for in detail is then unknown. It must never be a reason to lose an answer.
import type { ChatRequest } from "../core/chat.ts";
import type { Call } from "../core/exchange.ts";

/** Null where the body cannot be read; those who cannot do without it are told why by `call.chat()`. */
export function readableChat(call: Pick<Call, "chat">): ChatRequest | null {
  try {
    return call.chat();
  } catch {
    return null;
  }
}
