// The check, per protocol, that a fast answer is also a correct one.
import { describe, expect, test } from "vitest";
import { anthropicAnswer, geminiAnswer, openAiCompletion, responsesAnswer } from "./bodies.ts";
import { judgeStream, type WireName, wires } from "./wire.ts";

const answers: Readonly<Record<WireName, string>> = {
  chat: openAiCompletion(),
  responses: responsesAnswer(),
  messages: anthropicAnswer(),
  gemini: geminiAnswer(),
};

describe.each(Object.entries(wires))("%s", (name, wire) => {
  test.each([true, false])("a question has exactly the size asked for (streamed: %s)", (stream) => {
    const question = { model: "small", bytes: 1_024, stream };
    const body = wire.body(question);
    expect(Buffer.byteLength(body)).toBe(1_024);
    expect((wire.path(question) + body).includes("small")).toBe(true);
    expect(/stream":true|streamGenerate/u.test(wire.path(question) + body)).toBe(stream);
  });
  test("refuses a size that holds no message", () => {
    expect(() => wire.body({ model: "m", bytes: 10, stream: false })).toThrow("cannot be smaller than");
  });
  test("finds the text of the upstream's answer, and none elsewhere", () => {
    expect(wire.textOf(JSON.parse(answers[name as WireName]))).toMatch(/^the quick brown fox/u);
    expect(wire.textOf({ error: { message: "no" } })).toBeUndefined();
    expect(wire.textOf(null)).toBeUndefined();
  });
});

const stream = (contents: readonly string[], end = "data: [DONE]\n\n"): string =>
  contents
    .map((content, index) => {
      const finish = index === contents.length - 1 ? "stop" : null;
      return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    })
    .join("") + end;

describe("judgeStream", () => {
  test("a whole stream has nothing wrong with it, however its text is cut", () => {
    expect(judgeStream(wires.chat, stream([" a~", " b~"]), 2)).toBeUndefined();
    expect(judgeStream(wires.chat, stream([" a~ b~"]), 2)).toBeUndefined();
  });
  test("a lost event is told", () => {
    expect(judgeStream(wires.chat, stream([" a~", " b"]), 2)).toBe("the stream's text has 1 of 2 events");
  });
  test("a stream without its end is told", () => {
    expect(judgeStream(wires.chat, stream([" a~"], ""), 1)).toContain("does not end with data: [DONE]");
  });
  test("a stream without a finish reason is told", () => {
    const text = 'data: {"choices":[{"delta":{"content":"~"},"finish_reason":null}]}\n\ndata: [DONE]\n\n';
    expect(judgeStream(wires.chat, text, 1)).toBe("the stream has no finish reason");
  });
  test("a text that is not told again where its protocol does is told", () => {
    const text = 'event: response.completed\ndata: {"type":"response.output_text.delta","delta":"~"}\n\n';
    expect(judgeStream(wires.responses, text, 1)).toBe("the stream tells its text 1 times, not 5");
  });
});
