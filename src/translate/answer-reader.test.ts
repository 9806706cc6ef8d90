import { expect, test } from "vitest";
import type { ChatResponse, Part } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { StreamDecoder } from "../core/protocol.ts";
import { readStream, readWhole, ownBytes } from "./answer-reader.ts";

const names = new Map([["files_read_x", "files.read"]]);
const start = (name: string): StreamEvent => ({ type: "tool-start", choice: 0, tool: 0, id: "c", name });
const call = (name: string): Part => ({ type: "tool-call", id: "c", name, arguments: "" });
const part = (name: string): StreamEvent => ({ type: "part", choice: 0, part: call(name) });

function decoderOf(...events: readonly StreamEvent[]): StreamDecoder {
  return { step: () => events, end: () => events };
}

test("a stream's calls have the caller's names again, and are noted under them", () => {
  const noted: StreamEvent[] = [];
  const state = { take: (event: StreamEvent) => void noted.push(event), takeWhole: () => {} };
  const decoder = readStream(decoderOf(start("files_read_x"), part("files_read_x"), start("look")), { names, state });
  const expected = [start("files.read"), part("files.read"), start("look")];
  expect(decoder.step({ event: null, data: "" })).toEqual(expected);
  expect(decoder.end()).toEqual(expected);
  expect(noted).toEqual([...expected, ...expected]);
});

test("a whole answer's too", () => {
  const noted: ChatResponse[] = [];
  const state = { take: () => {}, takeWhole: (response: ChatResponse) => void noted.push(response) };
  const given = {
    choices: [{ parts: [{ type: "text", text: "x" }, call("files_read_x")] }],
  } as unknown as ChatResponse;
  const named = readWhole(given, { names, state });
  expect(named.choices[0]?.parts).toEqual([{ type: "text", text: "x" }, call("files.read")]);
  expect(noted).toEqual([named]);
});

test("where there is nothing to do, nothing stands between", () => {
  const decoder = decoderOf();
  expect(readStream(decoder, { state: null })).toBe(decoder);
  const response = { choices: [] } as unknown as ChatResponse;
  expect(readWhole(response, { state: null })).toBe(response);
});

test("clients of the vendor's protocol get its very bytes, or those that were mended", () => {
  const bytes = Buffer.from("{ }");
  expect(ownBytes(bytes, null)).toBe(bytes);
  expect(ownBytes(bytes, undefined)).toBe(bytes);
  expect(Buffer.from(ownBytes(bytes, { a: 1 })).toString()).toBe('{"a":1}');
});
