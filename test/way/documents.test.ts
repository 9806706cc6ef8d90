// The answers of operations: a document reaches the client complete or not at all, and bytes pass untouched if both sides
// speak the same protocol.
import { describe, expect, test } from "vitest";
import { type FakeAnswer, openFakeVendor } from "../support/fake-vendor.ts";
import { attemptsOf, openStage } from "../support/stage.ts";

const vectors = { object: "list", data: [{ object: "embedding", index: 0, embedding: [0.5] }], model: "m" };
const messages = [{ role: "user", content: "How many tokens are these words?" }];

/** What a vendor may send with status 200 in place of the document. */
const broken: readonly (readonly [string, FakeAnswer])[] = [
  ["cut in the middle", { body: '{"input_tokens": 12, "object": "list", "da' }],
  ["a page for people", { body: "<html>Sign in</html>", type: "text/html" }],
  ["an object of another kind", { body: { hello: "world" } }],
  ["an error", { body: { error: { message: "The model is overloaded.", type: "overloaded_error" } } }],
  ["nothing", { body: "" }],
];

describe("a document that is none is never shown as a success (F1)", () => {
  test.each(broken)("vectors: %s", async (_name, answer) => {
    await using first = await openFakeVendor(() => answer);
    await using second = await openFakeVendor(() => ({ body: vectors }));
    await using stage = await openStage({
      config: {
        providers: {
          one: { kind: "openai-compatible", base_url: first.baseUrl },
          two: { kind: "openai-compatible", base_url: second.baseUrl },
        },
        routes: { r: { fallback: ["one/m", "two/m"], retry: { attempts: 0 } } },
      },
    });
    const response = await fetch(`${stage.url}/v1/embeddings`, {
      method: "POST",
      body: JSON.stringify({ model: "r", input: "Hi" }),
    });
    expect([response.status, await response.json()]).toEqual([200, vectors]);
    expect(attemptsOf(response.headers)).toEqual([expect.stringMatching(/^one\/m:/u), "two/m:ok:200"]);
  });

  test.each(broken)("a count: %s", async (_name, answer) => {
    await using vendor = await openFakeVendor(() => answer);
    await using stage = await openStage({
      config: { providers: { anthropic: { base_url: vendor.baseUrl } }, routes: { r: "anthropic/claude-sonnet-4-5" } },
    });
    const response = await fetch(`${stage.url}/v1/messages/count_tokens`, {
      method: "POST",
      body: JSON.stringify({ model: "r", messages }),
    });
    expect([response.status, await response.json()]).toEqual([200, { input_tokens: 12 }]);
    expect(response.headers.get("x-understudy-estimated")).toBe("true");
    expect(vendor.asked).toHaveLength(1);
  });
});

test("a count goes out as its caller wrote it, but for the model's name, and comes back so", async () => {
  const counted = '{ "input_tokens" : 7, "later": true }\n';
  await using vendor = await openFakeVendor(() => ({ body: counted }));
  await using stage = await openStage({
    config: {
      providers: { anthropic: { base_url: vendor.baseUrl } },
      routes: { r: { target: "anthropic/claude-sonnet-4-5", params: { temperature: 0.5 } } },
    },
  });
  const body = '{ "model":"r",  "messages": [ {"role":"user","content":"Hi"} ], "kept": 1.0 }';
  const response = await fetch(`${stage.url}/v1/messages/count_tokens`, { method: "POST", body });
  expect(await response.text()).toBe(counted);
  expect(vendor.asked.map((one) => one.body)).toEqual([body.replace('"r"', '"claude-sonnet-4-5"')]);
});
