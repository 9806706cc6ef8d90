// The bodies have exactly the sizes that the table quotes, and nothing in them upsets nginx.
import { describe, expect, test } from "vitest";
import { chatBody, eventMark, geminiAnswer, openAiCompletion, overloadedError } from "./bodies.ts";

describe("chatBody", () => {
  test.each([1_024, 1_048_576])("is exactly %i bytes of JSON with the model asked for", (bytes) => {
    const body = chatBody({ model: "small", bytes });
    expect(Buffer.byteLength(body)).toBe(bytes);
    expect(JSON.parse(body)).toMatchObject({ model: "small", messages: [{ role: "system" }, { role: "user" }] });
  });
  test("asks for a stream with usage when told to", () => {
    const body: unknown = JSON.parse(chatBody({ model: "m", bytes: 1_024, stream: true }));
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });
  test("refuses a size that holds no message", () => {
    expect(() => chatBody({ model: "m", bytes: 10 })).toThrow("cannot be smaller than");
  });
});

test.each([openAiCompletion(), geminiAnswer()])("an answer is 800 bytes that nginx can quote", (answer) => {
  expect(Buffer.byteLength(answer)).toBe(800);
  expect(answer).not.toMatch(/['\\$]/);
});

test("nothing but a streamed event holds the event mark", () => {
  for (const text of [openAiCompletion(), geminiAnswer(), overloadedError()]) expect(text).not.toContain(eventMark);
});
