// F18: no client of a stream waits in silence: it gets a sign of life in its protocol, which its SDK skips. Until then
// the status is open, so that an early failure keeps its own.
import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { readAsFarAsItComes } from "../support/broken-body.ts";
import { type HeldVendor, openHeldVendor } from "../support/held-vendor.ts";
import { openStage, type Stage } from "../support/stage.ts";

const gemini = "/v1beta/models/assistant:streamGenerateContent";
const comment = ": keep-alive\n\n";
const ping = 'event: ping\ndata: {"type":"ping"}\n\n';
const rows = [
  { path: "/v1/chat/completions", sign: comment },
  { path: "/v1/completions", sign: comment },
  { path: "/v1/responses", sign: comment },
  { path: "/v1/messages", sign: ping },
  { path: `${gemini}?alt=sse`, sign: "\n\n" },
  { path: gemini, sign: "\n" },
];
const ways = ["HTTP", "in process"] as const;
const cases = rows.flatMap((row) => ways.map((way) => ({ ...row, way })));

function bodyFor(path: string): object {
  if (path.includes("v1beta")) return { contents: [{ role: "user", parts: [{ text: "Hi" }] }] };
  if (path.endsWith("responses")) return { model: "assistant", stream: true, input: "Hi" };
  if (path.endsWith("/v1/completions")) return { model: "assistant", stream: true, prompt: "Hi" };
  const messages = [{ role: "user", content: "Hi" }];
  return { model: "assistant", stream: true, max_tokens: 100, messages };
}

function configure(vendor: HeldVendor, keep_alive: string | false, second?: HeldVendor): ConfigFile {
  const provider = ({ baseUrl }: HeldVendor) => ({ kind: "openai-compatible", base_url: baseUrl, api_key: "k" });
  return {
    server: { keep_alive },
    providers: { held: provider(vendor), ...(second === undefined ? {} : { second: provider(second) }) },
    routes: {
      assistant: { fallback: second === undefined ? ["held/m"] : ["held/m", "second/m"], retry: { attempts: 0 } },
    },
  };
}

function openFor(vendor: HeldVendor, keep_alive: string | false = "20ms", second?: HeldVendor): Promise<Stage> {
  return openStage({ config: configure(vendor, keep_alive, second) as never });
}

interface Question {
  readonly path: string;
  readonly way?: (typeof ways)[number];
  readonly more?: object;
}

function ask(stage: Stage, { path, way = "HTTP", more = {} }: Question): Promise<Response> {
  return (way === "HTTP" ? fetch : stage.gateway.fetch)(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...bodyFor(path), ...more }),
  });
}

/** Reads a response step by step. */
function reading(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder();
  let text = "";
  return {
    get text() {
      return text;
    },
    /** Reads on until the text contains `words`, from `from` on. */
    async until(words: string, from = 0): Promise<string> {
      while (!text.includes(words, from)) {
        const { done, value } = await reader.read();
        if (done) throw new Error(`the answer ended before ${JSON.stringify(words)}: ${text}`);
        text += decoder.decode(value, { stream: true });
      }
      return text;
    },
    /** What was not read yet. */
    left(): Response {
      reader.releaseLock();
      return response;
    },
    async rest(): Promise<string> {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        text += decoder.decode(read.value, { stream: true });
      return text;
    },
  };
}

describe("F18: before the first content", () => {
  test.each(cases)("the head and signs of life, then the answer: $path ($way)", async ({ path, sign, way }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const response = await ask(stage, { path, way });
    expect([response.status, response.headers.get("x-understudy-target")]).toEqual([200, null]);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
    expect(response.headers.get("content-type")).toMatch(path === gemini ? /json/u : /event-stream/u);
    const read = reading(response);
    await read.until(sign + sign);
    expect(read.text.replaceAll(sign, "")).toBe("");
    const held = await vendor.next();
    held.say("All is well.");
    held.finish();
    const text = await read.rest();
    expect(text).toContain("All is well.");
    if (path === gemini) expect(JSON.parse(text)).toHaveLength(2);
    expect(stage.gateway.attempts().map(({ verdict }) => verdict)).toEqual(["ok"]);
    expect(stage.warnings).toEqual([]);
  });

  test.each(cases)("a failure after the head is one error in the stream: $path ($way)", async ({ path, sign, way }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const response = await ask(stage, { path, way });
    (await vendor.next()).refuse(503);
    const { text, broke } = await readAsFarAsItComes(response);
    expect(response.status).toBe(200);
    expect(text.startsWith(sign)).toBe(true);
    expect(text).toContain('"verdict":"overloaded"');
    expect(broke).toBe(path.startsWith(gemini));
    expect(stage.warnings).toEqual([]);
    await stage.gateway.close();
    expect(stage.incidents.join()).toContain("overloaded");
  });

  const withCall = ways.map((way) => ({ path: `${gemini}?alt=sse`, sign: "\n\n", way }));
  test.each(withCall)("a first call whose arguments are held back: $path ($way)", async ({ path, way, sign }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const tools = [{ functionDeclarations: [{ name: "save", parameters: { type: "object", properties: {} } }] }];
    const asked = ask(stage, { path, way, more: { tools } });
    const held = await vendor.next();
    const chunk = (delta: object): string =>
      `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "held", choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
    const call = { index: 0, id: "call_1", type: "function", function: { name: "save", arguments: "{" } };
    held.write(chunk({ role: "assistant", tool_calls: [call] }));
    const answer = reading(await asked);
    await answer.until(sign.repeat(2));
    held.write(chunk({ tool_calls: [{ index: 0, function: { arguments: "}" } }] }));
    held.finish();
    expect(await answer.until("STOP")).toMatch(/^\n+data: .*"save"/u);
  });

  test("an early failure keeps its status", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, "15s");
    const response = ask(stage, { path: "/v1/chat/completions" });
    (await vendor.next()).refuse(503);
    expect((await response).status).toBe(503);
  });

  test("the next target is asked behind the head that was sent, and the head tells of those that failed before", async () => {
    await using vendor = await openHeldVendor();
    await using second = await openHeldVendor();
    await using stage = await openFor(vendor, "20ms", second);
    const asked = ask(stage, { path: "/v1/messages" });
    const first = await vendor.next();
    const response = await asked;
    expect(response.headers.get("x-understudy-attempts")).toBeNull();
    first.refuse(503);
    const held = await second.next();
    held.say("The stand-in.");
    held.finish();
    expect(await response.text()).toContain("The stand-in.");
  });

  test("a client that leaves after the head has its upstream request cancelled", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const controller = new AbortController();
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify(bodyFor("/v1/chat/completions")),
      signal: controller.signal,
    });
    const held = await vendor.next();
    expect(response.status).toBe(200);
    controller.abort();
    await held.left;
  });

  test("a whole answer waits for its status", async () => {
    await using vendor = await openHeldVendor();
    await using second = await openHeldVendor();
    await using stage = await openFor(vendor, "5ms", second);
    const streamed = await ask(stage, { path: "/v1/chat/completions" });
    const whole = ask(stage, { path: "/v1/chat/completions", more: { stream: false } });
    const requests = [await vendor.next(), await vendor.next()];
    // The streamed one has been told several times; the other client has got nothing yet.
    await reading(streamed).until(comment.repeat(3));
    for (const request of requests) request.refuse(503);
    for (const request of [await second.next(), await second.next()]) request.refuse(503);
    expect((await whole).status).toBe(503);
  });

  test("off: the head waits for the first content", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, false);
    const response = ask(stage, { path: "/v1/chat/completions" });
    (await vendor.next()).refuse(503);
    expect((await response).status).toBe(503);
  });
});

describe("F18: in mid-stream", () => {
  test.each(cases)("silence is broken by signs of life: $path ($way)", async ({ path, sign, way }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const asked = ask(stage, { path, way });
    const held = await vendor.next();
    held.say("First,");
    const read = reading(await asked);
    const before = (await read.until("First,")).length;
    await read.until(sign + sign, before);
    held.say(" then.");
    held.finish();
    const text = await read.rest();
    expect(text).toContain(" then.");
    if (path === gemini) expect(JSON.parse(text)).toHaveLength(3);
  });

  test.each(rows.filter(({ path }) => path !== gemini))(
    "a vendor's comment passes as it comes: $path",
    async ({ path, sign }) => {
      await using vendor = await openHeldVendor();
      await using stage = await openFor(vendor, "15s");
      const asked = ask(stage, { path });
      const held = await vendor.next();
      held.say("First,");
      const read = reading(await asked);
      const before = (await read.until("First,")).length;
      held.write(": still thinking\n\n");
      const isSame = path.endsWith("/completions");
      await read.until(isSame ? ": still thinking\n\n" : sign, before);
      held.say(" then.");
      held.finish();
      expect(await read.rest()).toContain(" then.");
    },
  );
});

/** Anthropic's stream up to the first words. */
const opening = [
  { type: "message_start", message: { id: "msg_1", type: "message", role: "assistant", model: "m", content: [] } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "First," } },
];

test.each(rows.filter(({ path }) => path !== gemini))(
  "F18: a ping of Anthropic's passes as it comes, as the client's sign of life: $path",
  async ({ path, sign }) => {
    await using vendor = await openHeldVendor();
    const anthropic = { base_url: vendor.baseUrl, api_key: "k" };
    await using stage = await openStage({
      config: { providers: { anthropic }, routes: { assistant: { fallback: ["anthropic/claude-sonnet-4-5"] } } },
    });
    const asked = ask(stage, { path });
    const held = await vendor.next();
    for (const data of opening) held.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
    const read = reading(await asked);
    const before = (await read.until("First,")).length;
    held.write(ping);
    await read.until(sign, before);
    held.write('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Busy."}}\n\n');
    expect((await readAsFarAsItComes(read.left())).text).toContain("Busy.");
  },
);

describe("F18: the official SDKs skip the signs, before the answer and within it", () => {
  async function play(read: (url: string) => Promise<string>): Promise<string> {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, "15ms");
    const reader = read(stage.url);
    const held = await vendor.next();
    for (const words of ["One,", " two."]) {
      // Time for some signs: real clients on real sockets.
      await new Promise((resolve) => setTimeout(resolve, 60));
      held.say(words);
    }
    held.finish();
    return await reader;
  }

  async function fail(read: (url: string) => Promise<string>): Promise<unknown> {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, "15ms");
    const reader = read(stage.url).catch((error: unknown) => error);
    const held = await vendor.next();
    await new Promise((resolve) => setTimeout(resolve, 60));
    held.refuse(503);
    return await reader;
  }

  const readers: Readonly<Record<string, (url: string) => Promise<string>>> = {
    async "openai chat"(url) {
      const client = new OpenAI({ apiKey: "x", baseURL: `${url}/v1`, maxRetries: 0 });
      const messages = [{ role: "user" as const, content: "Hi" }];
      const done = await client.chat.completions.stream({ model: "assistant", messages }).finalChatCompletion();
      return done.choices[0]?.message.content ?? "";
    },
    async "openai responses"(url) {
      const client = new OpenAI({ apiKey: "x", baseURL: `${url}/v1`, maxRetries: 0 });
      return (await client.responses.stream({ model: "assistant", input: "Hi" }).finalResponse()).output_text;
    },
    async anthropic(url) {
      const client = new Anthropic({ apiKey: "x", baseURL: url, maxRetries: 0 });
      const messages = [{ role: "user" as const, content: "Hi" }];
      return client.messages.stream({ model: "assistant", max_tokens: 9, messages }).finalText();
    },
    async gemini(url) {
      const client = new GoogleGenAI({ apiKey: "x", httpOptions: { baseUrl: url } });
      let text = "";
      for await (const chunk of await client.models.generateContentStream({ model: "assistant", contents: "Hi" }))
        text += chunk.text ?? "";
      return text;
    },
  };

  test.each(Object.entries(readers))("%s", async (_, read) => {
    expect(await play(read)).toBe("One, two.");
  });

  test.each(Object.entries(readers))("%s raises an error after the head", async (_, read) => {
    expect(await fail(read)).toBeInstanceOf(Error);
  });
});
