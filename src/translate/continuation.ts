// The request that asks a stand-in to go on with a broken answer. What the caller has is put as the assistant's last words:
// models that take such a beginning simply go on with it, all others are told to, in a form that belongs to no language.
import type { ChatRequest, Message, Sampling } from "../core/chat.ts";
import type { ModelFacts } from "../core/provider.ts";

/** So much of the end is repeated in the instruction, in characters. */
const TAIL = 80;
/** Characters to a token, on the safe side: what was said has used up some of the caller's limit. */
const CHARACTERS_PER_TOKEN = 4;
const LEAST_TOKENS = 16;

/** `said` is what the caller has of the answer. */
export function continuationRequest(
  request: ChatRequest,
  said: string,
  facts: Pick<ModelFacts, "prefill">,
): ChatRequest {
  // Blanks at the end of a beginning are refused by some; where they belong is seen to when the answers are joined.
  const beginning = turn("assistant", said.trimEnd());
  const messages = [...request.messages, beginning];
  if (facts.prefill !== true) messages.push(turn("user", instruction(said)));
  return { ...request, messages, sampling: shortened(request.sampling, said) };
}

function turn(role: "assistant" | "user", text: string): Message {
  return { role, parts: [{ type: "text", text }], name: null };
}

function instruction(said: string): string {
  return [
    `<continue language="same" format="same" preface="none" repeat="none">`,
    `<interrupted_after>${said.trimEnd().slice(-TAIL)}</interrupted_after>`,
    `</continue>`,
  ].join("\n");
}

function shortened(sampling: Sampling, said: string): Sampling {
  if (sampling.maxTokens === null) return sampling;
  const used = Math.floor(said.length / CHARACTERS_PER_TOKEN);
  return { ...sampling, maxTokens: Math.max(Math.min(LEAST_TOKENS, sampling.maxTokens), sampling.maxTokens - used) };
}
