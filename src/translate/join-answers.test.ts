import { describe, expect, test } from "vitest";
import type { ChatResponse, Choice, Part, Usage } from "../core/chat.ts";
import { addUsage } from "../domain/usage.ts";
import { joinAnswers } from "./join-answers.ts";

const text = (words: string): Part => ({ type: "text", text: words });
const sealed: Part = { type: "text", text: "s", state: { protocol: "gemini-generate", value: "x" } };
const call: Part = { type: "tool-call", id: "c", name: "f", arguments: "{}" };
const counted = (input: number | null, output: number | null): Usage => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: 1,
  reasoning: 2,
});

function response(parts: readonly Part[], change: Partial<Choice> = {}, usage: Usage | null = null): ChatResponse {
  const choice: Choice = {
    index: 0,
    parts,
    finish: "stop",
    rawFinish: "STOP",
    stopSequence: null,
    logprobs: null,
    ...change,
  };
  return {
    id: parts.length === 0 ? "none" : "id",
    model: "m",
    created: 1,
    choices: [choice],
    usage,
    extras: { protocol: "openai-chat", fields: { parts: parts.length } },
  };
}

describe("two answers that are one", () => {
  test("begin as the first and end as the last", () => {
    const first = response([text("a")], { finish: "length", rawFinish: "CONTINUATION" }, counted(1, 2));
    const joined = joinAnswers(first, { ...response([text("b")], {}, counted(3, 4)), id: "other" });
    expect(joined).toMatchObject({
      id: "id",
      choices: [{ parts: [text("ab")], finish: "stop", rawFinish: "STOP" }],
      usage: { input: 4, output: 6 },
    });
  });

  test.each<[string, readonly Part[], readonly Part[], readonly Part[]]>([
    ["text behind something else", [call], [text("a")], [call, text("a")]],
    ["something else behind text", [text("a")], [call, text("b")], [text("a"), call, text("b")]],
    ["a sealed text is left as it is", [sealed], [text("a")], [sealed, text("a")]],
    ["a seal at the end stays there", [text("a")], [sealed], [{ ...sealed, text: "as" } as Part]],
    ["nothing more", [text("a")], [], [text("a")]],
  ])("%s", (_, ...[first, rest, expected]) => {
    expect(joinAnswers(response(first), response(rest)).choices[0]?.parts).toEqual(expected);
  });

  test("a call in the first one makes it an answer that calls", () => {
    expect(joinAnswers(response([call]), response([text("b")])).choices[0]?.finish).toBe("tool_calls");
  });

  test("an answer without choices changes nothing", () => {
    const first = response([text("a")]);
    expect(joinAnswers(first, { ...first, choices: [] })).toBe(first);
  });

  test("log probabilities are those of both", () => {
    const token = (word: string) => ({ token: word, logprob: -1, bytes: null, top: [] });
    const [one, other] = [response([], { logprobs: [token("a")] }), response([], { logprobs: [token("b")] })];
    expect(joinAnswers(one, other).choices[0]?.logprobs).toEqual([token("a"), token("b")]);
    expect(joinAnswers(response([]), other).choices[0]?.logprobs).toEqual([token("b")]);
    expect(joinAnswers(one, response([])).choices[0]?.logprobs).toEqual([token("a")]);
  });
});

test.each<[Usage | null, Usage | null, Usage | null]>([
  [null, null, null],
  [counted(1, 1), null, counted(1, 1)],
  [null, counted(1, 1), counted(1, 1)],
  [counted(null, 1), counted(2, 3), { ...counted(2, 4), cacheWrite: 2, reasoning: 4 }],
])("usage %j and %j", (one, other, sum) => expect(addUsage(one, other)).toEqual(sum));
