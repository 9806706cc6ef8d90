// The request that asks a stand-in to continue a broken answer. The client's text becomes the assistant's last message.
// Models that accept such a prefill continue it; the others get an instruction that works in any language.
import type { ChatRequest, Message, Sampling } from "../core/chat.ts";
import type { ModelFacts } from "../core/provider.ts";

/** The last characters that the instruction repeats. */
const TAIL = 80;
/** Characters per token, on the safe side: the text so far has used some of the caller's limit. */
const CHARACTERS_PER_TOKEN = 4;
const LEAST_TOKENS = 16;

/** `said`: the client's text of the answer. */
export function continuationRequest(
  request: ChatRequest,
  said: string,
  facts: Pick<ModelFacts, "prefill">,
): ChatRequest {
  // Some vendors refuse trailing whitespace in a prefill; the join of the texts restores it.
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
