import { expect, test } from "vitest";
import type { FinishReason, Part } from "../core/chat.ts";
import { isCutInCall, OpenCalls } from "./cut-in-call.ts";

const call = (text: string): Part => ({ type: "tool-call", id: "c", name: "f", arguments: text });
const choice = (finish: FinishReason | null, ...parts: Part[]) =>
  ({ index: 0, finish, rawFinish: null, parts }) as never;

test("F17: a good ending does not explain half a call; a limit and a filter do", () => {
  for (const finish of ["stop", "tool_calls"] as const) {
    expect(isCutInCall(choice(finish, call("{}"), call('{"a":"b')))).toBe(true);
    expect(isCutInCall(choice(finish, call(""), call("{a}"), { type: "text", text: "{" }))).toBe(false);
  }
  for (const finish of ["length", "content_filter", null] as const)
    expect(isCutInCall(choice(finish, call('{"a"')))).toBe(false);
});

test("F17: in a stream, by choice and call, in pieces", () => {
  const calls = new OpenCalls();
  const read = (choiceIndex: number, tool: number, text: string): void =>
    calls.read({ type: "tool-delta", choice: choiceIndex, tool, arguments: text });
  const isCut = (choiceIndex: number, reason: FinishReason): boolean =>
    calls.isCut({ type: "finish", choice: choiceIndex, reason, raw: null });
  read(0, 0, '{"a":"');
  read(0, 1, "{}");
  read(1, 0, "{}");
  expect([isCut(0, "tool_calls"), isCut(0, "length"), isCut(1, "tool_calls"), isCut(2, "stop")]).toEqual([
    true,
    false,
    false,
    false,
  ]);
  read(0, 0, 'b"}');
  expect(isCut(0, "tool_calls")).toBe(false);
});
