// The bodies have exactly the sizes in the table, and contain nothing that nginx interprets.
import { describe, expect, test } from "vitest";
import {
  anthropicAnswer,
  chatBody,
  eventMark,
  geminiAnswer,
  openAiCompletion,
  overloadedError,
  responsesAnswer,
} from "./bodies.ts";

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

test.each([
  [openAiCompletion(), 800],
  [geminiAnswer(), 800],
  [anthropicAnswer(), 800],
  [responsesAnswer(), 1_600],
])("an answer has its size, and nginx can quote it", (answer, bytes) => {
  expect(Buffer.byteLength(answer)).toBe(bytes);
  expect(answer).not.toMatch(/['\\$]/);
});

test("nothing but a streamed event holds the event mark", () => {
  for (const text of [openAiCompletion(), geminiAnswer(), anthropicAnswer(), responsesAnswer(), overloadedError()])
    expect(text).not.toContain(eventMark);
});
