import { expect, test } from "vitest";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import type { Protocol } from "../../core/protocol.ts";
import type { WireFailure } from "../../core/failure.ts";
import { ownWords } from "./own-words.ts";

const reading = (protocol: Protocol) => ({
  decodeFailure: (body: string): WireFailure => protocol.failure.decode(400, {}, body),
});

test.each([
  ["Your credit balance is too low.", "Your credit balance is too low."],
  ["This model's limit isn't 'x'", "This model's limit isn't "],
  ["Invalid value: 'x' and more", "Invalid value: "],
  ['Bad "y"', "Bad "],
  ["`z` is", ""],
  [`Error: {"message": "no 'money'"}`, `Error: {"message": "no 'money'"}`],
  ["", ""],
])("of %j", (message, own) => {
  expect(ownWords(message)).toBe(own);
});

test.each([
  "api key not valid",
  "billing",
  "credit balance is too low",
  "insufficient quota",
  "user location is not supported",
  "x' credit balance is too low 'y",
  "limit: 0",
  "API_KEY_INVALID",
])("a caller's %j in an error concerns no key and no account", (words) => {
  const message = `Invalid value: '${words}'. Supported values are: 'text' and 'file'.`;
  for (const { decodeFailure } of [openaiChat, anthropicMessages, geminiGenerate].map(reading)) {
    const { verdict } = decodeFailure(JSON.stringify({ error: { code: 400, message, status: "INVALID_ARGUMENT" } }));
    expect(["bad_request", "unsupported"]).toContain(verdict);
  }
});
