import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { Portkey } from "portkey-ai";
import { describe, expect, test, vi } from "vitest";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Cancellation, Source } from "../core/transport.ts";
import { createFetch, type Fetch } from "./fetch.ts";
import { gate, HandSource, refuse, whenCancelled, type Handle } from "./listener.test-support.ts";

const make = (handle: Handle, maxBody = 1_000_000): { fetch: Fetch; errors: unknown[] } => {
  const errors: unknown[] = [];
  const options = { maxBody: () => maxBody, refuse, onError: (error: unknown) => errors.push(error) };
  return { fetch: createFetch(handle, options), errors };
};
const reply = (body: Reply["body"]): Reply => ({ status: 200, headers: {}, body });
const bodyText = (request: ClientRequest): string => Buffer.from(request.body).toString();

describe("a request", () => {
  test("becomes what a socket would have brought", async () => {
    const seen: ClientRequest[] = [];
    const { fetch } = make(async (request) => {
      seen.push(request);
      return reply("ok");
    });
    const init = { method: "post", headers: { "X-One": "1", Authorization: "Bearer k" }, body: "{}" };
    await fetch("https://any.host:9/v1/chat/completions?a=b", init);
    await fetch(new URL("http://other/v1/models"));
    await fetch("/v1/models");
    expect(seen[0]).toMatchObject({ method: "POST", path: "/v1/chat/completions", query: "a=b" });
    expect(seen[0]?.headers).toMatchObject({ "x-one": "1", authorization: "Bearer k" });
    expect(seen.map((request) => request.path).slice(1)).toEqual(["/v1/models", "/v1/models"]);
    expect(seen[1]?.body).toEqual(new Uint8Array(0));
  });

  test.each<[string, () => BodyInit]>([
    ["text", () => "grüß"],
    ["bytes", () => new TextEncoder().encode("grüß")],
    ["a buffer's part", () => Buffer.from("xgrüßx").subarray(1, 7)],
    ["a blob", () => new Blob(["grüß"])],
    ["a form of the URL kind", () => new URLSearchParams("gr%C3%BC%C3%9F")],
    ["a stream", () => new Blob(["grüß"]).stream()],
  ])("may have a body of %s", async (_, body) => {
    const { fetch } = make(async (request) => reply(decodeURIComponent(bodyText(request))));
    expect(await (await fetch("http://a/", { method: "POST", body: body() })).text()).toContain("grüß");
  });

  test("may be a form", async () => {
    const { fetch } = make(async (request) => reply(`${request.headers["content-type"]} ${bodyText(request)}`));
    const body = new FormData();
    body.append("file", new Blob(["content"]), "a.txt");
    expect(await (await fetch("http://a/", { method: "POST", body })).text()).toMatch(
      /^multipart\/form-data; boundary=[^]*filename="a.txt"[^]*content/u,
    );
  });

  test("may be a Request, of this process or of another implementation", async () => {
    const { fetch } = make(async (request) => reply(`${request.method} ${request.path} ${bodyText(request)}`));
    const own = new Request("http://a/own", { method: "PUT", body: "1" });
    expect(await (await fetch(own)).text()).toBe("PUT /own 1");
    const foreign = { url: "http://a/foreign", method: "POST", headers: new Headers(), body: new Blob(["2"]).stream() };
    expect(await (await fetch(foreign as unknown as Request)).text()).toBe("POST /foreign 2");
    const changed = new Request("http://a/own", { method: "PUT", body: "1" });
    expect(await (await fetch(changed, { method: "PUT", body: "3" })).text()).toBe("PUT /own 3");
  });

  test("that is too large is refused, and one that is none rejects", async () => {
    const { fetch } = make(async () => reply("ok"), 3);
    const response = await fetch("http://a/", { method: "POST", body: "1234" });
    expect([response.status, await response.json()]).toMatchObject([413, { code: "request_too_large" }]);
    await expect(fetch("no address")).rejects.toThrow(TypeError);
  });
});

describe("an answer", () => {
  test("is a Response with status, headers, body and address", async () => {
    const { fetch } = make(async () => ({ status: 201, headers: { "x-request-id": "r1" }, body: Buffer.from("abc") }));
    const response = await fetch("http://a/v1/x");
    expect([response.status, response.ok, response.headers.get("x-request-id"), response.url]).toEqual([
      201,
      true,
      "r1",
      "http://a/v1/x",
    ]);
    expect(await response.text()).toBe("abc");
  });

  test("without a body has none", async () => {
    const source = new HandSource();
    const { fetch } = make(async (request) => ({
      status: request.path === "/204" ? 204 : 200,
      headers: {},
      body: source,
    }));
    expect((await fetch("http://a/204")).body).toBe(null);
    expect((await fetch("http://a/", { method: "HEAD" })).body).toBe(null);
    expect(source.cancelled).toBe(true);
  });

  test("streams, and is pulled no faster than it is read", async () => {
    const source = new HandSource();
    const { fetch } = make(async () => reply(source));
    const response = await fetch("http://a/");
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.pulls).toBe(0);
    const reader = response.body?.getReader();
    source.give("grüß").give("").give("end").give(null);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("grüß");
    expect(source.pulls).toBe(1);
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe("end");
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  test("given up by its reader is given up behind", async () => {
    const source = new HandSource().give("one");
    const { fetch } = make(async () => reply(source));
    const reader = (await fetch("http://a/")).body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect(source.cancelled).toBe(true);
  });

  test("that breaks off fails its reader", async () => {
    const source = new HandSource().give("half").give(new Error("vendor gone"));
    const { fetch } = make(async () => reply(source));
    await expect((await fetch("http://a/")).text()).rejects.toThrow(TypeError);
    expect(source.cancelled).toBe(true);
  });

  test("is a refusal where the handler throws", async () => {
    const { fetch, errors } = make(async (request) => {
      if (request.path === "/known") throw new GatewayFailure("no", { code: "unknown_model", status: 404 });
      throw new Error("secret");
    });
    expect((await fetch("http://a/known")).status).toBe(404);
    const unknown = await fetch("http://a/");
    expect(unknown.status).toBe(500);
    expect(await unknown.text()).not.toContain("secret");
    expect(errors).toEqual([new Error("secret")]);
  });
});

describe("an abort", () => {
  test("before the call rejects without asking", async () => {
    let asked = 0;
    const { fetch } = make(async () => reply(String((asked += 1))));
    await expect(fetch("http://a/", { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: "AbortError" });
    await expect(fetch("http://a/", { signal: AbortSignal.abort(new Error("mine")) })).rejects.toThrow("mine");
    expect(asked).toBe(0);
  });

  test("while waiting rejects at once, cancels, and gives up the stream that comes too late", async () => {
    const source = new HandSource();
    const arrived = gate();
    const { fetch } = make(async (_: ClientRequest, cancellation: Cancellation) => {
      const over = whenCancelled(cancellation);
      arrived.open();
      await over;
      return reply(source);
    });
    const abort = new AbortController();
    const answer = fetch(new Request("http://a/", { signal: abort.signal }));
    await arrived.promise;
    abort.abort();
    await expect(answer).rejects.toMatchObject({ name: "AbortError" });
    await source.untilCancelled();
    expect(source.pulls).toBe(0);
  });

  test("in the body fails its reader and cancels", async () => {
    const source = new HandSource().give("half");
    const cancelled = gate();
    const { fetch } = make(async (_, cancellation) => {
      cancellation.onCancel(() => cancelled.open());
      return reply(source);
    });
    const abort = new AbortController();
    const response = await fetch("http://a/", { signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = reader?.read();
    abort.abort();
    await expect(rest).rejects.toMatchObject({ name: "AbortError" });
    await cancelled.promise;
    expect(source.cancelled).toBe(true);
  });

  test("after the end does nothing, and the signal holds nothing", async () => {
    let cancellations = 0;
    const { fetch } = make(async (request, cancellation) => {
      cancellation.onCancel(() => (cancellations += 1));
      return reply(request.path === "/stream" ? new HandSource().give("a").give(null) : "whole");
    });
    const abort = new AbortController();
    const removed = vi.spyOn(abort.signal, "removeEventListener");
    await (await fetch("http://a/stream", { signal: abort.signal })).text();
    await (await fetch("http://a/whole", { signal: abort.signal })).text();
    abort.abort();
    expect(removed).toHaveBeenCalledTimes(2);
    expect(cancellations).toBe(0);
  });
});

describe("the clients' own SDKs", () => {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "c1", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const streamed = (): Source<string> => {
    const pieces = [
      chunk({ role: "assistant", content: "Hel" }),
      chunk({ content: "lo" }),
      chunk({}, "stop"),
      "data: [DONE]\n\n",
    ];
    return { next: async () => pieces.shift() ?? null, cancel: () => {} };
  };
  const answer: Handle = async (request) => {
    if (request.path !== "/v1/chat/completions") throw new GatewayFailure("none", { code: "not_found", status: 404 });
    if ((JSON.parse(bodyText(request)) as { stream?: boolean }).stream)
      return { status: 200, headers: { "content-type": "text/event-stream" }, body: streamed() };
    const message = { role: "assistant", content: "Hello", refusal: null };
    const body = {
      id: "c1",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message, finish_reason: "stop" }],
    };
    return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  };
  const question = { model: "m", messages: [{ role: "user" as const, content: "Hi" }] };

  test("openai", async () => {
    const client = new OpenAI({ apiKey: "k", baseURL: "http://gateway/v1", fetch: make(answer).fetch });
    expect((await client.chat.completions.create(question)).choices[0]?.message.content).toBe("Hello");
    let text = "";
    for await (const part of await client.chat.completions.create({ ...question, stream: true }))
      text += part.choices[0]?.delta.content ?? "";
    expect(text).toBe("Hello");
    await expect(client.models.list()).rejects.toMatchObject({ status: 404 });
    const abort = AbortSignal.abort();
    await expect(client.chat.completions.create(question, { signal: abort })).rejects.toThrow("aborted");
  });

  test("ai", async () => {
    const provider = createOpenAICompatible({
      name: "gateway",
      baseURL: "http://gateway/v1",
      fetch: make(answer).fetch,
    });
    const model = provider("m");
    expect((await generateText({ model, prompt: "Hi" })).text).toBe("Hello");
    expect(await streamText({ model, prompt: "Hi" }).text).toBe("Hello");
  });

  test("portkey-ai, which takes the global one", async () => {
    vi.stubGlobal("fetch", make(answer).fetch);
    try {
      const client = new Portkey({ apiKey: "k", baseURL: "http://gateway/v1" });
      const whole = await client.chat.completions.create(question);
      expect(whole.choices[0]?.message?.content).toBe("Hello");
      let text = "";
      for await (const part of await client.chat.completions.create({ ...question, stream: true }))
        text += part.choices[0]?.delta?.content ?? "";
      expect(text).toBe("Hello");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
