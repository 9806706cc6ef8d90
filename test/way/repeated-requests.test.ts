// F22: a request that is repeated with its `Idempotency-Key` gets the same answer, and no vendor is asked twice.
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { type HeldVendor, openHeldVendor } from "../support/held-vendor.ts";
import { openStage, type Stage } from "../support/stage.ts";

const ways = ["HTTP", "in process"] as const;
const gemini = "/v1beta/models/assistant";
const chat = "/v1/chat/completions";
const rows = ways.flatMap((way) =>
  [chat, "/v1/responses", "/v1/messages", gemini].flatMap((path) =>
    [true, false].map((stream) => ({ path, stream, way })),
  ),
);

interface Question {
  readonly path?: string;
  readonly stream?: boolean;
  readonly way?: (typeof ways)[number];
  readonly key?: string | null;
  readonly words?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

function bodyFor(path: string, stream: boolean, words: string): object {
  if (path === gemini) return { contents: [{ role: "user", parts: [{ text: words }] }] };
  if (path.endsWith("responses")) return { model: "assistant", stream, input: words };
  return { model: "assistant", stream, max_tokens: 100, messages: [{ role: "user", content: words }] };
}

function ask(stage: Stage, question: Question = {}): Promise<Response> {
  const { path = chat, stream = false, way = "HTTP", key = "k-1", words = "Hi", headers = {}, signal } = question;
  const place = path === gemini ? `${path}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}` : path;
  return (way === "HTTP" ? fetch : stage.gateway.fetch)(stage.url + place, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key === null ? {} : { "idempotency-key": key }), ...headers },
    body: JSON.stringify(bodyFor(path, stream, words)),
    ...(signal === undefined ? {} : { signal }),
  });
}

function openFor(vendor: HeldVendor, server: ConfigFile["server"] = {}): Promise<Stage> {
  const config = {
    server,
    providers: { held: { kind: "openai-compatible", base_url: vendor.baseUrl, api_key: "k" } },
    routes: { assistant: { fallback: ["held/m"], retry: { attempts: 0 } } },
  };
  return openStage({ config });
}

/** Answers the next request at the vendor. */
async function answerNext(vendor: HeldVendor, stream: boolean, words = "All is well."): Promise<void> {
  const held = await vendor.next();
  if (!stream) held.answer(words);
  else {
    held.say(words);
    held.finish();
  }
}

const replayed = (response: Response): string | null => response.headers.get("x-understudy-replayed");

describe("F22: a repetition gets the same answer, and no vendor is asked twice", () => {
  test.each(rows)("after its end: $path, stream $stream ($way)", async ({ path, stream, way }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const asked = ask(stage, { path, stream, way });
    await answerNext(vendor, stream);
    const first = await asked;
    const text = await first.text();
    const second = await ask(stage, { path, stream, way });
    expect(text).toContain("All is well.");
    expect(await second.text()).toBe(text);
    expect([first, second].map(replayed)).toEqual([null, "true"]);
    expect(second.headers.get("content-type")).toBe(first.headers.get("content-type"));
    expect(vendor.asked).toBe(1);
    expect(stage.gateway.attempts()).toHaveLength(1);
  });

  test.each(rows)("while it is in flight: $path, stream $stream ($way)", async ({ path, stream, way }) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const both = [ask(stage, { path, stream, way }), ask(stage, { path, stream, way })];
    await answerNext(vendor, stream);
    const texts = await Promise.all(both.map(async (one) => (await one).text()));
    expect(texts[1]).toBe(texts[0]);
    expect(vendor.asked).toBe(1);
  });

  test("while it is silent: the signs of life come under the first request's id", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, { keep_alive: "20ms" });
    const responses = await Promise.all([ask(stage, { stream: true }), ask(stage, { stream: true })]);
    await answerNext(vendor, true);
    const texts = await Promise.all(responses.map((one) => one.text()));
    for (const text of texts) expect(text).toMatch(/^(?:: [^\n]*\n\n)+data: /u);
    expect(responses.map(replayed).filter((one) => one !== null)).toEqual(["true"]);
    const ids = responses.map((one) => one.headers.get("x-request-id"));
    expect(ids[1]).toBe(ids[0]);
    expect(stage.gateway.attempts().map(({ request }) => request)).toEqual([ids[0]]);
  });

  test("a stream that runs is read from its beginning", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const asked = ask(stage, { stream: true });
    const held = await vendor.next();
    held.say("First,");
    const first = await asked;
    const second = await ask(stage, { stream: true });
    held.say(" then.");
    held.finish();
    const text = await second.text();
    expect(text).toMatch(/First,.*then\./su);
    expect(await first.text()).toBe(text);
  });

  test.each(ways)("the first client leaves, and the second one gets all of it (%s)", async (way) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const controller = new AbortController();
    const asked = ask(stage, { stream: true, way, signal: controller.signal });
    const held = await vendor.next();
    held.say("First,");
    await asked;
    const second = await ask(stage, { stream: true, way });
    controller.abort();
    held.say(" then.");
    held.finish();
    expect(await second.text()).toMatch(/First,.*then\..*\[DONE\]/su);
    expect(vendor.asked).toBe(1);
  });

  test.each(ways)(
    "the only client leaves: its upstream request is cancelled, and a repetition is a new call (%s)",
    async (way) => {
      await using vendor = await openHeldVendor();
      await using stage = await openFor(vendor);
      const controller = new AbortController();
      const asked = ask(stage, { stream: true, way, signal: controller.signal });
      const held = await vendor.next();
      held.say("First,");
      await asked;
      controller.abort();
      await held.left;
      const again = ask(stage, { way });
      await answerNext(vendor, false);
      expect((await again).status).toBe(200);
    },
  );
});

describe("F22: what is not replayed", () => {
  test.each([true, false])("a failed call, after its end (stream %s)", async (stream) => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const both = [ask(stage, { stream }), ask(stage, { stream })];
    (await vendor.next()).refuse(503);
    expect(await Promise.all(both.map(async (one) => (await one).status))).toEqual([503, 503]);
    const again = ask(stage, { stream });
    await answerNext(vendor, stream);
    expect(await (await again).text()).toContain("All is well.");
  });

  test("a stream that broke off", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const asked = ask(stage, { stream: true });
    const held = await vendor.next();
    held.say("First,");
    held.write("data: [DONE]\n\n");
    expect(await (await asked).text()).toContain('"verdict":"cut"');
    const again = ask(stage, { stream: true });
    await answerNext(vendor, true);
    expect(await (await again).text()).toContain("All is well.");
  });

  test("another request under the same key is refused, and says why", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    const asked = ask(stage);
    await answerNext(vendor, false);
    await (await asked).text();
    const other = await ask(stage, { words: "Other words" });
    expect(other.status).toBe(422);
    expect(await other.text()).toContain("Idempotency-Key was used with another request");
    expect(vendor.asked).toBe(1);
  });

  test("another caller's answer", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor, { keys: ["caller-one", "caller-two"] });
    for (const caller of ["caller-one", "caller-two"]) {
      const asked = ask(stage, { headers: { authorization: `Bearer ${caller}` } });
      await answerNext(vendor, false, caller);
      expect(await (await asked).text()).toContain(caller);
    }
  });

  test("a request without a key, or with a key of its own", async () => {
    await using vendor = await openHeldVendor();
    await using stage = await openFor(vendor);
    for (const key of [null, null, "k-1", "k-2"]) {
      const asked = ask(stage, { key });
      await answerNext(vendor, false);
      expect(replayed(await asked)).toBeNull();
    }
    expect(vendor.asked).toBe(4);
  });
});
