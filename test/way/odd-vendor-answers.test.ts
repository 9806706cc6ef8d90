// What a vendor sends may not stall a call, lose an answer of another vendor, or bring our key to anybody: echoed keys,
// strange encodings, values nested too deep, models with half a character in their name.
import { expect, test } from "vitest";
import { createGateway, type Gateway } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";

const KEY = "plain-secret-of-the-operator-42";
const good = {
  id: "c",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "from the next" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};
const message = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "m",
  content: [{ type: "text", text: "from the next" }],
  stop_reason: "end_turn",
  stop_sequence: null,
  usage: { input_tokens: 1, output_tokens: 1 },
};

const texts = { chat: [{ role: "user", content: "Hi" }] };
const bodies: Readonly<Record<string, object>> = {
  "/v1/chat/completions": { model: "r", messages: texts.chat },
  "/v1/messages": { model: "r", max_tokens: 10, messages: texts.chat },
  "/v1/responses": { model: "r", input: "Hi" },
  "/v1beta/models/r:generateContent": { contents: [{ role: "user", parts: [{ text: "Hi" }] }] },
};

interface Pair extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly warnings: string[];
  readonly first: FakeVendor;
  readonly next: FakeVendor;
}

/** A route: the odd vendor, then a good one. */
async function openPair(odd: FakeAnswer, kind: "openai" | "anthropic" = "openai"): Promise<Pair> {
  const first = await openFakeVendor(() => odd);
  const next = await openFakeVendor(() => ({ body: kind === "openai" ? good : message }));
  const warnings: string[] = [];
  const provider = (vendor: FakeVendor) => {
    const base_url = kind === "anthropic" ? vendor.baseUrl.replace(/\/v1$/u, "") : vendor.baseUrl;
    return { kind: kind === "openai" ? "openai-compatible" : kind, base_url, api_key: KEY };
  };
  const gateway = createGateway(
    {
      providers: { first: provider(first), next: provider(next) },
      routes: {
        r: { fallback: ["first/m", "next/m"], retry: { attempts: 0 }, timeout: { first_token: "3s", total: "10s" } },
      },
    },
    { environment: {}, warn: (line) => warnings.push(line), log: (line) => warnings.push(line) },
  );
  return {
    gateway,
    warnings,
    first,
    next,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await first[Symbol.asyncDispose]();
      await next[Symbol.asyncDispose]();
    },
  };
}

async function post(gateway: Gateway, path: string, body: object): Promise<{ response: Response; text: string }> {
  const headers = { "content-type": "application/json" };
  const response = await gateway.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  return { response, text: await response.text() };
}

const seenBy = ({ response, text }: { response: Response; text: string }, { gateway, warnings }: Pair): string =>
  JSON.stringify([[...response.headers], text, gateway.attempts(), warnings]);

const echoes: readonly (readonly [string, string])[] = [
  ["plain", KEY],
  ["with its scheme", `Bearer ${KEY}`],
  ["in Base64", Buffer.from(`user:${KEY}`).toString("base64")],
  ["in a URL", `https://x/?key=${encodeURIComponent(KEY)}`],
];

test.each(echoes)("a key that a vendor echoes in its headers reaches nobody: %s", async (_name, echo) => {
  const headers = { "x-request-id": echo, "x-ratelimit-limit": "7", "x-echo": echo };
  for (const [path, body] of Object.entries(bodies)) {
    for (const odd of [
      { body: good, headers },
      { status: 500, body: { error: { message: "no" } }, headers },
    ]) {
      await using pair = await openPair(odd);
      const reply = await post(pair.gateway, path, body);
      expect(reply.response.status).toBe(200);
      expect(seenBy(reply, pair)).not.toContain(echo);
      if (path === "/v1/chat/completions" && odd.body === good)
        expect(reply.response.headers.get("x-ratelimit-limit")).toBe("7");
    }
  }
});

test.each([
  ["a page", { body: `<html>${KEY}</html>`, type: "text/html" }],
  ["a stream", { body: [JSON.stringify({ input_tokens: 3, key: KEY })] }],
  ["no count", { body: { echoed: KEY } }],
])("a count of tokens that is %s is not passed on", async (_name, odd) => {
  await using pair = await openPair(odd, "anthropic");
  const reply = await post(pair.gateway, "/v1/messages/count_tokens", { model: "first/m", messages: texts.chat });
  expect(seenBy(reply, pair)).not.toContain(KEY);
  expect(JSON.parse(reply.text)).toMatchObject({ input_tokens: expect.any(Number) });
  expect(reply.response.headers.get("x-understudy-estimated")).toBe("true");
});

test.each(["constructor", "__proto__", "toString", "gzip, gzip, gzip", "x".repeat(5_000), "gzip,".repeat(1_000)])(
  "F14: an answer in an encoding that nobody knows is a failure at once, and the next target answers: %s",
  async (encoding) => {
    await using pair = await openPair({ body: good, headers: { "content-encoding": encoding } });
    const begun = performance.now();
    const { text, response } = await post(pair.gateway, "/v1/chat/completions", bodies["/v1/chat/completions"]!);
    expect(text).toContain("from the next");
    expect(response.headers.get("x-understudy-attempts")).toMatch(
      /^first\/m:malformed|^first\/m:unreachable|^first\/m:cut/u,
    );
    expect(performance.now() - begun).toBeLessThan(2_500);
  },
);

const deep = (depth: number): string => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
const calling = (text: string): object => ({
  ...good,
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: text } }],
      },
      finish_reason: "tool_calls",
    },
  ],
});

test.each(Object.keys(bodies))("arguments that nest 8,000 and 200,000 deep break nothing: %s", async (path) => {
  for (const depth of [8_000, 200_000]) {
    await using pair = await openPair({ body: calling(deep(depth)) });
    const { response, text } = await post(pair.gateway, path, bodies[path]!);
    expect(response.status).toBe(200);
    expect(text).toContain("[[[[");
  }
});

test.each(Object.keys(bodies))(
  "an answer that nests too deep is served, or the next target is asked: %s",
  async (path) => {
    const call = { type: "tool_use", id: "toolu_1", name: "f", input: "DEEP" };
    const text = JSON.stringify({ ...message, content: [call], stop_reason: "tool_use" });
    for (const depth of [8_000, 1_000_000]) {
      await using pair = await openPair({ body: text.replace('"DEEP"', deep(depth)) }, "anthropic");
      const { response, text: answer } = await post(pair.gateway, path, bodies[path]!);
      expect(response.status).toBe(200);
      const isFirst = response.headers.get("x-understudy-attempts")?.startsWith("first/m:ok") === true;
      expect(answer).toContain(isFirst ? "[[[[" : "from the next");
    }
  },
);

test("half a character in a model's name at a Gemini target is no fault", async () => {
  await using vendor = await openFakeVendor(() => ({
    body: { candidates: [{ index: 0, content: { role: "model", parts: [{ text: "x" }] }, finishReason: "STOP" }] },
  }));
  const warnings: string[] = [];
  const gateway = createGateway(
    { providers: { google: { base_url: vendor.baseUrl.replace(/\/v1$/u, "/v1beta"), api_key: KEY } } },
    { environment: {}, warn: (line) => warnings.push(line), log: () => {} },
  );
  const { response } = await post(gateway, "/v1/chat/completions", { model: "google/m\ud800x", messages: texts.chat });
  expect(response.status).toBe(200);
  expect(vendor.asked).toHaveLength(1);
  expect(warnings).toEqual([]);
  await gateway.close();
});
