import { expect, test } from "vitest";
import type { ChatRequest, Part } from "../core/chat.ts";
import { estimateTokens } from "./estimate-tokens.ts";

function estimate(parts: readonly Part[], more: Partial<ChatRequest> = {}): number {
  const messages = [{ role: "user", parts, name: null }] as const;
  return estimateTokens({ messages, tools: [], output: null, ...more } as unknown as ChatRequest);
}

const words = (count: number): Part => ({ type: "text", text: "word ".repeat(count) });
const data = (bytes: number) =>
  ({ kind: "data", mediaType: "application/pdf", data: "A".repeat((bytes / 3) * 4) }) as const;

test("a token is about four letters, and every message has a frame", () => {
  expect(estimate([])).toBe(4);
  expect(estimate([words(400)])).toBe(4 + 500);
  expect(estimate([{ type: "text", text: "海".repeat(100) }])).toBe(4 + 75);
});

test("a picture counts by the piece, whatever its bytes", () => {
  const picture = (bytes: number): Part => ({ type: "image", detail: null, source: data(bytes) });
  expect(estimate([picture(30)])).toBe(estimate([picture(3_000_000)]));
});

test("a document counts by its size", () => {
  const file = (bytes: number): Part => ({ type: "file", filename: null, source: data(bytes) });
  expect(estimate([file(30)])).toBe(1_004);
  expect(estimate([file(300_000)])).toBe(7_504);
});

test("calls, results, tools and a schema count", () => {
  const call: Part = { type: "tool-call", id: "a", name: "look", arguments: '{"a":1}' };
  const result: Part = {
    type: "tool-result",
    id: "a",
    name: null,
    isError: false,
    parts: [{ type: "text", text: "12345678" }],
  };
  const schema = { type: "object", properties: { a: { type: "string" } } };
  expect(estimate([call])).toBe(11);
  expect(estimate([result])).toBe(10);
  const tools = [{ name: "look", description: "Looks", parameters: schema, strict: null }];
  expect(estimate([], { tools })).toBeGreaterThan(20);
  expect(
    estimate([], { output: { kind: "json_schema", name: "a", description: null, schema, strict: null } }),
  ).toBeGreaterThan(15);
});
