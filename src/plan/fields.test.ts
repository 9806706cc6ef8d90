import { describe, expect, test } from "vitest";
import { fieldsOf, readMember } from "./fields.ts";
import { conversationPrefix } from "../domain/conversation-prefix.ts";
import { question } from "./selection.test-support.ts";

const asked = question({
  body: { model: "m", temperature: 0.5, user: { plan: "pro", tags: ["a"] }, tools: [{}], text: 'ü"x' },
  metadata: { team: "core" },
  headers: { "x-team": "core" },
});

describe("a field of a request", () => {
  test.each([
    ["metadata", ["team"], "core"],
    ["metadata", ["toString"], undefined],
    ["params", ["temperature"], 0.5],
    ["params", ["user", "plan"], "pro"],
    ["params", ["user", "tags", "0"], "a"],
    ["params", ["user", "plan", "deep"], undefined],
    ["params", ["user", "constructor"], undefined],
    ["params", ["text"], 'ü"x'],
    ["params", ["missing"], undefined],
    ["request", ["model"], "r"],
    ["request", ["stream"], true],
    ["request", ["protocol"], "openai-chat"],
    ["request", ["path"], "/v1/chat/completions"],
    ["request", ["reasoning"], false],
    ["request", ["tools"], true],
    ["request", ["caller"], "anonymous"],
    ["request", ["headers", "x-team"], "core"],
    ["request", ["headers", "x-other"], undefined],
    ["request", ["else"], undefined],
  ] as const)("%s %j is %j", (scope, path, expected) => {
    expect(fieldsOf(asked)({ scope, path })).toEqual(expected);
  });

  test("tokens are estimated from the size", () => {
    const tokens = fieldsOf(question({ body: { a: "x".repeat(4_000) } }))({ scope: "request", path: ["tokens"] });
    expect(tokens).toBeGreaterThan(999);
    expect(tokens).toBeLessThan(1_010);
  });

  test("of a body that cannot be read is none", () => {
    const { call } = question({ body: { a: 1 } });
    expect(readMember({ ...call, fields: new Map([["a", { start: 0, end: 3 }]]) }, "a")).toBeUndefined();
  });
});

describe("how a conversation begins", () => {
  const prefixOf = (body: unknown): string | null => {
    const prefix = conversationPrefix(question({ body }).call);
    return prefix === null ? null : Buffer.from(prefix).toString();
  };
  const user = { role: "user", content: 'a "quoted" [thing] \\' };

  test.each([
    [{ messages: [{ role: "system", content: "s" }, user] }, [{ role: "system", content: "s" }, user]],
    [{ messages: [user, { role: "assistant", content: "b" }, user] }, [user]],
    [
      { contents: [{ parts: [{ text: "x".repeat(900) }], role: "user" }, user] },
      [{ parts: [{ text: "x".repeat(900) }], role: "user" }],
    ],
    [
      { input: [{ role: "user", content: [{ type: "input_text", text: "}]" }] }, user] },
      [{ role: "user", content: [{ type: "input_text", text: "}]" }] }],
    ],
  ])("%#: ends with the first question", (body, expected) => {
    expect(prefixOf(body)).toBe(JSON.stringify(expected).slice(0, -1));
  });

  test("is all of it where nobody asks, or where it is a text", () => {
    expect(prefixOf({ messages: [{ role: "system", content: "s" }] })).toBe('[{"role":"system","content":"s"}]');
    expect(prefixOf({ input: "hello" })).toBe('"hello"');
    expect(prefixOf({ prompt: ["a", "b"] })).toBe('["a","b"]');
    expect(prefixOf({ model: "m" })).toBeNull();
  });
});
