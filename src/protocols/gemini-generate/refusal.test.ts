// A refusal in another vendor's answer: its text, and the ending that this protocol's clients know for it.
import { expect, test } from "vitest";
import { geminiGenerate } from "./protocol.ts";

const options = { id: "r", created: 1, includeUsage: false };

test("a whole one ends in SAFETY", () => {
  const refusal = { type: "refusal", text: "No." } as const;
  const ending = { finish: "stop", rawFinish: "stop", stopSequence: null, logprobs: null } as const;
  const choices = [{ index: 0, parts: [refusal], ...ending }];
  const extras = { protocol: "openai-chat", fields: {} } as const;
  const answer = { id: "", model: "m", created: 1, choices, usage: null, extras };
  expect(geminiGenerate.chat.response.encode(answer, options)["candidates"]).toMatchObject([
    { content: { parts: [{ text: "No." }] }, finishReason: "SAFETY" },
  ]);
});

test("a streamed one too, an answer does not", () => {
  for (const [type, word] of [
    ["refusal-delta", "SAFETY"],
    ["text-delta", "STOP"],
  ] as const) {
    const encoder = geminiGenerate.chat.stream.encoder(options);
    const text = encoder.step([
      { type, choice: 0, text: "No." },
      { type: "finish", choice: 0, reason: "stop", raw: "stop" },
    ]);
    expect(text + encoder.end()).toContain(`"finishReason":"${word}"`);
  }
});
