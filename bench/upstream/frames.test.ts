// The ready-made streams are what the two vendors would send.
import { describe, expect, test } from "vitest";
import { eventMark } from "../bodies.ts";
import { geminiFrames, openAiFrames, type StreamFrames } from "./frames.ts";

const bodyOf = (frames: StreamFrames): string => frames.events.map((event) => event.toString()).join("");

const unchunk = (body: string): string => {
  let text = "";
  for (let at = 0; at < body.length;) {
    const lineEnd = body.indexOf("\r\n", at);
    const size = Number.parseInt(body.slice(at, lineEnd), 16);
    text += body.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 2 + size + 2;
  }
  return text;
};

const jsonOf = (text: string): unknown[] =>
  text
    .split("\n\n")
    .filter((event) => event !== "" && event !== "data: [DONE]")
    .map((event): unknown => JSON.parse(event.slice("data: ".length)));

describe.each([
  ["OpenAI", openAiFrames(100)],
  ["Gemini", geminiFrames(100)],
])("%s frames", (_name, frames) => {
  test("carry the event mark once each, and nowhere else", () => {
    expect(frames.events).toHaveLength(100);
    for (const event of frames.events) expect(event.toString().split(eventMark)).toHaveLength(2);
    expect(frames.head.toString()).not.toContain(eventMark);
  });
  test("are well-formed chunks that end the body once", () => {
    const body = bodyOf(frames);
    expect(body.endsWith("\r\n0\r\n\r\n")).toBe(true);
    expect(body.split("\r\n0\r\n\r\n")).toHaveLength(2);
    expect(unchunk(body).endsWith("\n\n")).toBe(true);
  });
});

test("an OpenAI stream ends with its finish reason, its usage and [DONE]", () => {
  const text = unchunk(bodyOf(openAiFrames(3)));
  expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
  const chunks = jsonOf(text);
  expect(chunks[0]).toMatchObject({ choices: [{ delta: { role: "assistant" }, finish_reason: null }] });
  expect(chunks[2]).toMatchObject({ choices: [{ finish_reason: "stop" }] });
  expect(chunks[3]).toMatchObject({ choices: [], usage: { completion_tokens: 3 } });
});

test("a Gemini stream has its finish reason and usage in the last event", () => {
  const events = jsonOf(unchunk(bodyOf(geminiFrames(3))));
  expect(events).toHaveLength(3);
  expect(events[1]).not.toMatchObject({ candidates: [{ finishReason: "STOP" }] });
  expect(events[2]).toMatchObject({
    candidates: [{ finishReason: "STOP" }],
    usageMetadata: { candidatesTokenCount: 3 },
  });
});
