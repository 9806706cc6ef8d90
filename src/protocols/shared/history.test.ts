// Histories from real agents, in the order that every vendor takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import { mendHistory, settleHistory } from "./history.ts";
import { toolId } from "./identifiers.ts";
import { createReport } from "./report.ts";

const say = (role: Message["role"], ...parts: (Part | string)[]): Message => ({
  role,
  parts: parts.map((part) => (typeof part === "string" ? { type: "text", text: part } : part)),
  name: null,
});
const call = (id: string, name = "look"): ToolCallPart => ({ type: "tool-call", id, name, arguments: "{}" });
const result = (id: string, text: string, more: Partial<ToolResultPart> = {}): ToolResultPart => ({
  type: "tool-result",
  id,
  name: null,
  parts: [{ type: "text", text }],
  isError: false,
  ...more,
});

/** `assistant look#a, hm | tool a=1`, and the report. */
function settle(...messages: Message[]) {
  const report = createReport();
  const settled = settleHistory(messages, report).map(({ message }) => message);
  return { words: settled.map(wordsOf).join(" | "), told: report.adapted };
}

function wordsOf({ role, parts }: Message): string {
  const words = parts.map((part) => {
    if (part.type === "tool-call") return `${part.name}#${part.id}`;
    if (part.type === "tool-result") return `${part.id}=${textOf(part.parts)}`;
    return textOf([part]);
  });
  return `${role} ${words.join(", ")}`;
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === "text" ? part.text : part.type)).join("+");
}

const [missing, orphan] = ["messages.tool:missing>[no result]", "messages.tool:no call>user"];
const repeated = "messages.tool_calls.id:repeated>unique";

describe("calls and results", () => {
  test.each<[string, Message[], string, string[]]>([
    [
      "results come in the calls' order, before what the user said meanwhile",
      [say("assistant", call("a"), call("b")), say("user", "well?"), say("tool", result("b", "2"), result("a", "1"))],
      "assistant look#a, look#b | tool a=1, b=2 | user well?",
      [],
    ],
    [
      "a result that comes turns later belongs to its call all the same",
      [say("assistant", call("a")), say("user", "go on"), say("assistant", "ok"), say("tool", result("a", "1"))],
      "assistant look#a | tool a=1 | user go on | assistant ok",
      [],
    ],
    [
      "an interrupted call is told to have no result",
      [say("assistant", call("a"), call("b")), say("tool", result("a", "1")), say("user", "stop")],
      "assistant look#a, look#b | tool a=1, b=[no result] | user stop",
      [missing],
    ],
    [
      "a result whose call was cut off is the user's words",
      [say("tool", result("x", "1", { name: "look" })), say("user", "and?")],
      'user <tool_result name="look">\n1\n</tool_result> | user and?',
      [orphan],
    ],
    [
      "a second result too, with its media",
      [
        say("assistant", call("a")),
        say("tool", result("a", "1")),
        say("tool", {
          ...result("a", "2", { isError: true, name: '<"a\n' }),
          parts: [
            { type: "text", text: "2" },
            { type: "image", source: { kind: "url", url: "https://x/y", mediaType: null }, detail: null },
          ],
        }),
      ],
      'assistant look#a | tool a=1 | user <tool_result name=" a " error="true">\n2\n</tool_result>, image',
      [orphan],
    ],
    [
      "turns of the assistant's in a row are one",
      [say("assistant", "x", call("a")), say("assistant", call("b")), say("tool", result("a", "1"), result("b", "2"))],
      "assistant x, look#a, look#b | tool a=1, b=2",
      [],
    ],
    ["messages without parts keep their place", [say("user"), say("assistant"), say("tool")], "user  | assistant ", []],
  ])("%s", (...[, messages, words, told]) => {
    expect(settle(...messages)).toEqual({ words, told });
  });
});

describe("ids", () => {
  test("one that begins anew in each turn is another one each time, always the same", () => {
    const turn = [say("assistant", call("call_1")), say("tool", result("call_1", "r"))];
    const [second, third] = [toolId("call_1\n2"), toolId("call_1\n3")];
    const first = "assistant look#call_1 | tool call_1=r";
    expect(settle(...turn, ...turn)).toEqual({
      words: `${first} | assistant look#${second} | tool ${second}=r`,
      told: [repeated],
    });
    expect(settle(...turn, ...turn, ...turn).words).toBe(
      `${first} | assistant look#${second} | tool ${second}=r | assistant look#${third} | tool ${third}=r`,
    );
  });

  test("twice in one turn: the results are those of the calls in their order", () => {
    const second = toolId("a\n2");
    expect(
      settle(say("assistant", call("a"), call("a", "see")), say("tool", result("a", "1"), result("a", "2"))),
    ).toEqual({
      words: `assistant look#a, see#${second} | tool a=1, ${second}=2`,
      told: [repeated],
    });
  });

  test("an interrupted call does not take the result of a later one", () => {
    const second = toolId("a\n2");
    const { words } = settle(
      say("assistant", call("a")),
      say("user", "no"),
      say("assistant", call("a")),
      say("tool", result("a", "1")),
    );
    expect(words).toBe(`assistant look#a | tool a=[no result] | user no | assistant look#${second} | tool ${second}=1`);
  });

  test("empty ones are made", () => {
    const [one, two] = [toolId("\n1"), toolId("\n2")];
    expect(settle(say("assistant", call(""), call("", "see")), say("tool", result("", "1"), result("", "2")))).toEqual({
      words: `assistant look#${one}, see#${two} | tool ${one}=1, ${two}=2`,
      told: ["messages.tool_calls.id:empty>unique"],
    });
  });

  test("a made one never meets another", () => {
    const taken = toolId("a\n2");
    const { words } = settle(say("assistant", call("a"), call(taken), call("a")));
    expect(words).toContain(`look#a, look#${taken}, look#${toolId("a\n3")}`);
  });
});

test("a history in order is the very same list to a target of its own protocol", () => {
  const report = createReport();
  const parts = [say("assistant", "x"), say("assistant", call("a"), call("b")), say("tool", result("b", "2"))];
  const messages = [
    say("user", "q"),
    ...parts,
    say("tool", result("a", "1")),
    say("user", "next"),
    say("assistant", "done"),
  ];
  expect(mendHistory(messages, report)).toBe(messages);
  expect(report.adapted).toEqual([]);
  for (const broken of [
    messages.slice(0, 3),
    messages.slice(3),
    [...messages.slice(0, 3), say("user", "?"), ...messages.slice(3)],
    [...messages, ...messages.slice(2, 5)],
  ])
    expect(mendHistory(broken, createReport())).not.toBe(broken);
});

test("property: every call is answered at once, ids are unique, no word is lost, and twice changes nothing more", () => {
  const id = fc.constantFrom("a", "b", "c", "");
  const message = fc.oneof(
    fc.constantFrom("user", "system", "assistant").map((role) => ({ role, ids: [] as string[] })),
    fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => ({ role: "assistant", ids })),
    fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => ({ role: "tool", ids })),
  );
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), (drawn) => {
      let count = 0;
      const messages = drawn.map(({ role, ids }) => {
        const parts = ids.map((one) => (role === "tool" ? result(one, `word ${count++}.`) : call(one)));
        return say(role as Message["role"], ...(parts.length > 0 ? parts : [`word ${count++}.`]));
      });
      const settled = settleHistory(messages, createReport()).map((one) => one.message);
      const calls = settled.flatMap(({ parts }) => parts.filter((part) => part.type === "tool-call"));
      expect(new Set(calls.map((one) => one.id)).size).toBe(calls.length);
      settled.forEach(({ role, parts }, index) => {
        const open = parts.flatMap((part) => (part.type === "tool-call" ? [part.id] : []));
        if (role === "assistant") expect(settled[index - 1]?.role).not.toBe("assistant");
        const next = settled[index + 1];
        const answered =
          next?.role === "tool" ? next.parts.flatMap((part) => (part.type === "tool-result" ? [part.id] : [])) : [];
        if (role !== "tool") expect(answered).toEqual(open);
      });
      const said = JSON.stringify(settled);
      for (let word = 0; word < count; word += 1) expect(said).toContain(`word ${word}.`);
      expect(mendHistory(settled, createReport())).toBe(settled);
    }),
    { numRuns: 500 },
  );
});

test("a long history takes time in proportion", () => {
  const timeOf = (pairs: number): number => {
    const ids = Array.from({ length: pairs }, (_, index) => `call_${index % 7}`);
    const turns = ids.flatMap((id) => [say("user", "x"), say("assistant", call(id)), say("tool", result(id, "r"))]);
    const reversed = [
      say("assistant", ...ids.map((id, at) => call(id + at))),
      say("tool", ...ids.map((id, at) => result(id + at, "r")).toReversed()),
    ];
    const begun = performance.now();
    settleHistory(turns, createReport());
    settleHistory(reversed, createReport());
    return performance.now() - begun;
  };
  timeOf(2_000);
  expect(timeOf(32_000)).toBeLessThan(10 * timeOf(8_000) + 200);
});
