// The conversation of a call, for code that works without it: a vendor may accept a body whose format our codec does
// not know. Details of such a request are then unknown. It must never be a reason to lose an answer.
import type { ChatRequest } from "../core/chat.ts";
import type { Call } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";

/** Null if the body cannot be read. Code that needs it uses `call.chat()`, which says why. */
export function readableChat(call: Pick<Call, "chat" | "onChatFault">): ChatRequest | null {
  try {
    return call.chat();
  } catch (cause) {
    // A body that our codec does not know is the caller's business; anything else is a fault of ours.
    if (!(cause instanceof GatewayFailure)) call.onChatFault?.(cause);
    return null;
  }
}
