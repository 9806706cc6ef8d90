// The check that stands between a wrong answer and a fast one.
import { expect, test } from "vitest";
import { judgeStream } from "./probe.ts";

const stream = (contents: readonly string[], end = "data: [DONE]\n\n"): string =>
  contents
    .map((content, index) => {
      const finish = index === contents.length - 1 ? "stop" : null;
      return `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
    })
    .join("") + end;

test("a whole stream has nothing wrong with it, however its text is cut", () => {
  expect(judgeStream(stream([" a~", " b~"]), 2)).toBeUndefined();
  expect(judgeStream(stream([" a~ b~"]), 2)).toBeUndefined();
});
test("a lost event is told", () => {
  expect(judgeStream(stream([" a~", " b"]), 2)).toBe("the stream's text has 1 of 2 events");
});
test("a stream without its end is told", () => {
  expect(judgeStream(stream([" a~"], ""), 1)).toContain("does not end with [DONE]");
});
test("a stream without a finish reason is told", () => {
  const text = 'data: {"choices":[{"delta":{"content":"~"},"finish_reason":null}]}\n\ndata: [DONE]\n\n';
  expect(judgeStream(text, 1)).toBe("the stream has no finish reason");
});
