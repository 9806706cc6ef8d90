// The request that asks a stand-in to continue a broken answer. The client's text becomes the assistant's last message.
// Models that accept such a prefill continue it; the others are asked to begin by repeating the last words, which the
// gateway verifies and swallows.
import type { ChatRequest, Message, Sampling } from "../core/chat.ts";
import type { ModelFacts } from "../core/provider.ts";
import { anchorOf } from "../domain/anchor.ts";

/** Characters per token, on the safe side: the text so far has used some of the caller's limit. */
const CHARACTERS_PER_TOKEN = 4;
const LEAST_TOKENS = 16;

/** `said`: the client's text of the answer. */
export function continuationRequest(
  request: ChatRequest,
  textSoFar: string,
  facts: Pick<ModelFacts, "prefill">,
): ChatRequest {
  // Some vendors refuse trailing whitespace in a prefill; the join of the texts restores it.
  const beginning = turn("assistant", textSoFar.trimEnd());
  const messages = [...request.messages, beginning];
  if (facts.prefill !== true) messages.push(turn("user", instruction(textSoFar)));
  return { ...request, messages, sampling: shortened(request.sampling, textSoFar) };
}

function turn(role: "assistant" | "user", text: string): Message {
  return { role, parts: [{ type: "text", text }], name: null };
}

function instruction(textSoFar: string): string {
  return [
    `<continue language="same" format="same" preface="none">`,
    `Your answer was cut off. Begin your reply by repeating these last words of it exactly, then go on from there:`,
    `<repeat_first>${anchorOf(textSoFar)?.text ?? ""}</repeat_first>`,
    `</continue>`,
  ].join("\n");
}

function shortened(sampling: Sampling, textSoFar: string): Sampling {
  if (sampling.maxTokens === null) return sampling;
  const usedTokens = Math.floor(textSoFar.length / CHARACTERS_PER_TOKEN);
  return {
    ...sampling,
    maxTokens: Math.max(Math.min(LEAST_TOKENS, sampling.maxTokens), sampling.maxTokens - usedTokens),
  };
}
