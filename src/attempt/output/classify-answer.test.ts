import { describe, expect, test } from "vitest";
import { broken, finish, start, text } from "../../../test/support/scripted-ask.ts";
import type { ChatResponse, Choice, FinishReason, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import { classifyPiece, classifyAnswer, cutWords } from "./classify-answer.ts";

function choice(parts: readonly Part[], reason: FinishReason | null = "stop", index = 0): Choice {
  return { index, parts, finish: reason, rawFinish: null, stopSequence: null, logprobs: null };
}
function response(...choices: Choice[]): ChatResponse {
  const extras = { protocol: "openai-chat" as const, fields: {} };
  return { id: "", model: "", created: null, choices, usage: null, extras };
}
const words: Part = { type: "text", text: "hi" };
const blank: Part = { type: "text", text: "" };
const thought: Part = { type: "reasoning", text: "hm" };
const call: Part = { type: "tool-call", id: "c", name: "f", arguments: "{}" };

describe("judgeResponse", () => {
  test.each([
    ["words", response(choice([words])), "ok"],
    ["a call", response(choice([call], "tool_calls")), "ok"],
    ["a refusal in words", response(choice([{ type: "refusal", text: "no" }])), "policy_blocked"],
    ["a refusal after thoughts", response(choice([thought, { type: "refusal", text: "no" }])), "policy_blocked"],
    ["words and a refusal", response(choice([words, { type: "refusal", text: "no" }])), "ok"],
    ["a refusal without an end", response(choice([{ type: "refusal", text: "no" }], null)), "cut"],
    ["no choice", response(), "empty"],
    ["no part", response(choice([])), "empty"],
    ["a blank text", response(choice([blank])), "empty"],
    ["thoughts alone", response(choice([thought])), "empty"],
    ["thoughts that used up the limit", response(choice([thought], "length")), "ok"],
    ["blocked", response(choice([], "content_filter")), "policy_blocked"],
    ["words, then blocked", response(choice([words], "content_filter")), "policy_blocked"],
    ["words without an end", response(choice([words], null)), "cut"],
    ["words, and a choice without an end", response(choice([words]), choice([], null, 1)), "cut"],
    ["nothing without an end", response(choice([], null)), "empty"],
    ["the second choice speaks", response(choice([]), choice([words], "stop", 1)), "ok"],
  ])("%s", (_what, answer, verdict) => {
    expect(classifyAnswer(answer)).toBe(verdict);
  });
});

describe("judgePiece", () => {
  const piece = (...events: StreamEvent[]) => classifyPiece({ events, raw: null });
  test.each([
    ["nothing yet", piece(start), null],
    ["a blank text", piece(start, text("")), null],
    ["words", piece(start, text("x")), "ok"],
    ["blocked", piece(start, finish("content_filter")), "policy_blocked"],
    ["a refusal", piece(start, { type: "refusal-delta", choice: 0, text: "no" }), "policy_blocked"],
    ["the limit is used up", piece(finish("length")), "ok"],
    ["an end without content", piece(finish()), "empty"],
  ])("%s", (_what, verdict, expected) => {
    expect(verdict).toBe(expected);
  });

  test("a failure is told as it is", () => {
    expect(piece(broken("overloaded"))).toMatchObject({ verdict: "overloaded" });
  });
});

test("F17: a call that breaks off in its arguments is cut, unless a limit explains it", () => {
  const half: Part = { ...call, arguments: '{"a":"b' } as Part;
  const answered = (reason: FinishReason | null): ChatResponse => response(choice([half], reason));
  expect(classifyAnswer(answered("tool_calls"))).toBe("cut");
  expect(classifyAnswer(answered("length"))).toBe("ok");
  expect(cutWords(answered("tool_calls").choices)).toMatch(/breaks off in its arguments/u);
  expect(cutWords(answered(null).choices)).toMatch(/no finish reason/u);
});
