// Whether a call asks for one answer in plain text, which another target can continue if it breaks. A request for JSON,
// for several answers or for log probabilities does not; whether the answer itself is plain, its stream knows.
import type { Call } from "../../core/exchange.ts";
import { readableChat } from "../../domain/readable-chat.ts";

/** The caller asked for one answer in plain text: a splice breaks JSON, and several answers cannot be told apart. */
export function isPlainText(call: Pick<Call, "chat">): boolean {
  const request = readableChat(call);
  // The vendor answered a body that our codec cannot read: no other target can continue it.
  if (request === null) return false;
  const { output, sampling } = request;
  return (output === null || output.kind === "text") && (sampling.n ?? 1) === 1 && sampling.logprobs !== true;
}
