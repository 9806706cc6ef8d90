// The prepared streams equal those of the two vendors.
import { describe, expect, test } from "vitest";
import { eventMark } from "../bodies.ts";
import { judgeStream, type WireName, wires } from "../wire.ts";
import { anthropicFrames, geminiFrames, openAiFrames, responsesFrames, type StreamFrames } from "./frames.ts";

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
  ["Anthropic", anthropicFrames(100)],
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

test("a response tells its text five times, and counts its events", () => {
  const { events } = responsesFrames(3);
  const marks = events.map((event) => event.toString().split(eventMark).length - 1);
  expect(marks).toEqual([1, 1, 1 + 3 * (wires.responses.repeats - 1)]);
  const told = unchunk(bodyOf(responsesFrames(3))).match(/"sequence_number":\d+/gu);
  expect(told).toEqual(Array.from({ length: 11 }, (_, index) => `"sequence_number":${index}`));
});

test("what the mock sends is what the load calls whole", () => {
  const streams = {
    chat: openAiFrames(7),
    responses: responsesFrames(7),
    messages: anthropicFrames(7),
    gemini: geminiFrames(7),
  };
  for (const [name, frames] of Object.entries(streams))
    expect(judgeStream(wires[name as WireName], unchunk(bodyOf(frames)), 7)).toBeUndefined();
});
