// Reasoning that only its vendor can read, in a history that goes to another vendor: the report says that it stays behind, and
// strict callers lose no target for it.
import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, TargetProtocol } from "../../core/protocol.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { bedrockConverse } from "../bedrock-converse/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const question = { role: "user", content: "Hi" };
const again = { role: "user", content: "Go on." };
const histories: readonly (readonly [from: Protocol, body: JsonObject])[] = [
  [
    openaiResponses,
    {
      input: [
        question,
        { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "c2VhbA==" },
        { type: "message", role: "assistant", content: [{ type: "output_text", text: "Ho." }] },
        again,
      ],
    },
  ],
  [
    anthropicMessages,
    {
      max_tokens: 100,
      messages: [
        question,
        {
          role: "assistant",
          content: [
            { type: "redacted_thinking", data: "c2VhbA==" },
            { type: "text", text: "Ho." },
          ],
        },
        again,
      ],
    },
  ],
];
const targets: readonly TargetProtocol[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  geminiGenerate,
  bedrockConverse,
];
const pairs = histories.flatMap(([from, body]) =>
  targets.filter((to) => to.name !== from.name).map((to) => [from.name, to.name, { from, to, body }] as const),
);

test.each(pairs)("%s → %s", (_from, _to, { from, to, body }) => {
  const request = from.chat.request.decode(body, { model: "m", stream: false });
  const { dropped, adapted, body: sent } = to.chat.request.encode(request, { model: "m", facts: unknownFacts });
  expect([dropped, adapted]).toEqual([[], ["reasoning:sealed>none"]]);
  expect(JSON.stringify(sent)).not.toContain("c2VhbA==");
});

test("a message without a seal says nothing of it", () => {
  const messages = [question, { role: "assistant", content: "Ho." }, again];
  const request = anthropicMessages.chat.request.decode({ max_tokens: 100, messages }, { model: "m", stream: false });
  expect(openaiChat.chat.request.encode(request, { model: "m", facts: unknownFacts }).adapted).toEqual([]);
});
