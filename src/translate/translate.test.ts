import { describe, expect, test } from "vitest";
import { createAsking } from "../../test/support/asking.ts";
import { key, plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { plainProtocol } from "../../test/support/plain-protocol.ts";
import { hang, scriptedTransport, wireBreak, type Scripted } from "../../test/support/scripted-transport.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Protocol, RequestCodec } from "../core/protocol.ts";
import type { LearnedLimit } from "../core/provider.ts";
import type { TargetNode } from "../core/rules.ts";
import { cacheModelFacts } from "../domain/model-facts-cache.ts";
import { apiKeyHeader } from "../providers/auth/api-key-header.ts";
import { createStateKeeper } from "./state-keeper.ts";
import { StoredThings } from "./stored-things.ts";
import { createStateStore } from "./state-store.ts";
import { translate } from "./translate.ts";

const openai = plainProtocol();
const gemini = plainProtocol({ name: "gemini-generate" });
const foreignRow = plainRow("g", { protocol: "gemini-generate" });
const foreign = target("g/m", { provider: provider("g", { row: foreignRow }) });

interface Setting {
  readonly node?: TargetNode;
  readonly body?: Record<string, unknown> | string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly inner?: Protocol;
  readonly learnedLimit?: LearnedLimit;
}

function prepare(
  answer: Scripted,
  { node = target("a/m"), body = { model: "r" }, headers = {}, inner = openai, learnedLimit }: Setting = {},
) {
  const clock = new VirtualClock();
  const transport = scriptedTransport(clock, () => answer);
  const asking = createAsking({ target: node, protocol: inner, body: body as never, headers });
  const ask = translate({
    protocols: { "openai-chat": inner, "gemini-generate": gemini },
    transport,
    clock,
    factsOf: cacheModelFacts(),
    inlineMedia: (request) => Promise.resolve(request),
    keeper: createStateKeeper(createStateStore({ clock })),
    storedThings: new StoredThings(),
  });
  return { clock, transport, asking, ask: () => clock.finish(ask({ ...asking, learnedLimit })) };
}

const json = { "content-type": "application/json" };
const sse = { "content-type": "text/event-stream; charset=utf-8" };
const streaming = { model: "r", stream: true };

describe("a whole answer", () => {
  test("of the same protocol keeps its bytes", async () => {
    const body = '{ "t" : "hi", "unknown": 1 }';
    const { ask, asking, transport } = prepare({
      body: [body.slice(0, 5), body.slice(5)],
      headers: { ...json, "x-request-id": "v1" },
    });
    const answer = await ask();
    expect(answer).toMatchObject({ kind: "whole", headers: { "x-request-id": "v1" } });
    expect(Buffer.from("raw" in answer && answer.raw instanceof Uint8Array ? answer.raw : []).toString()).toBe(body);
    expect(asking.attempt).toMatchObject({ status: 200, bytesIn: body.length, bytesOut: 13, vendorRequestId: "v1" });
    expect(asking.told).toEqual(["sent", "head"]);
    expect(transport.sent[0]).toMatchObject({
      origin: "https://a.example",
      path: "/v1/ask/m",
      method: "POST",
      guarded: false,
    });
  });

  test("of another protocol has none to hand on", async () => {
    expect(await prepare({ body: ['{"t":"hi"}'] }, { node: foreign }).ask()).toMatchObject({
      kind: "whole",
      raw: null,
    });
  });

  test.each<[string, Scripted, string, number | null]>([
    ["an error status", { status: 500, body: ["oops"] }, "server_error", 500],
    ["a limit", { status: 429, body: ["slow down"] }, "rate_limited", 429],
    ["an error body that breaks off", { status: 500, body: ["oo", wireBreak("ECONNRESET")] }, "server_error", 500],
    ["a redirect", { status: 302, headers: { location: "https://elsewhere.example" } }, "malformed", 302],
    ["HTML under 200", { headers: { "content-type": "text/html" }, body: ["<html>"] }, "malformed", 200],
    [
      "words under a wrong content type",
      { headers: { "content-type": "text/plain" }, body: ["hello"] },
      "malformed",
      200,
    ],
    ["a stream that breaks off", { headers: sse, body: ['data: {"t":"hi"}\n\n'] }, "cut", null],
    [
      "a stream with an error in it",
      { body: ['data: {"t":"hi"}\n\n', 'data: {"e":"overloaded"}\n\n'] },
      "overloaded",
      503,
    ],
    [
      "an error in the wrong clothes",
      { headers: { "content-type": "text/plain" }, body: ['{"e":"overloaded"}'] },
      "overloaded",
      200,
    ],
    ["an error under 200", { body: ['{"e":"overloaded"}'] }, "overloaded", 200],
    ["truncated JSON", { body: ['{"t":"h'] }, "malformed", 200],
    ["no JSON", { body: ["hello"] }, "malformed", 200],
    ["an empty body", { body: [] }, "malformed", 200],
    ["another thing in JSON", { body: ['{"x":1}'] }, "malformed", 200],
    ["a body that breaks off", { body: ['{"t":', wireBreak("cut")] }, "cut", null],
    ["nobody there", { fails: wireBreak("ECONNREFUSED", "connect") }, "unreachable", null],
    ["a wire that breaks before the head", { fails: wireBreak("ECONNRESET", "sent") }, "unreachable", null],
    ["what HTTP cannot carry", { fails: wireBreak("bad-request", "connect") }, "bad_request", null],
  ])("%s", async (...[, answer, verdict, status]) => {
    const { ask, transport } = prepare(answer);
    expect(await ask()).toMatchObject({ verdict, status });
    for (const bytes of transport.bodies)
      expect(bytes.ended || bytes.cancels > 0 || verdict === "cut" || status === 500).toBe(true);
  });

  test.each([
    ["ECONNREFUSED", "connect", false],
    ["ECONNRESET", "sent", true],
  ] as const)("%s while %s: the request was sent: %s", async (code, phase, sent) => {
    expect(await prepare({ fails: wireBreak(code, phase) }).ask()).toMatchObject({ verdict: "unreachable", sent });
  });

  test("an address never reaches the caller's eyes", async () => {
    const failure = await prepare({ fails: wireBreak("ENOTFOUND", "connect") }).ask();
    expect(JSON.stringify(failure)).not.toContain("a.example");
  });

  test("no codec of a type that is spelled differently is lost", async () => {
    const headers = { "content-type": "Application/JSON;charset=UTF-8" };
    expect(await prepare({ headers, body: ['{"t":"hi"}'] }).ask()).toMatchObject({ kind: "whole" });
    expect(await prepare({ headers: {}, body: ['{"t":"hi"}'] }).ask()).toMatchObject({ kind: "whole" });
  });

  test("a good answer is taken under a wrong content type, and as a stream", async () => {
    const plain = { "content-type": "text/plain" };
    expect(await prepare({ headers: plain, body: ["\n \n", '{"t":"hi"}'] }).ask()).toMatchObject({ kind: "whole" });
    const events = ["da", 'ta: {"t":"hel"}\n\n', 'data: {"t":"lo"}\n\ndata: {"f":"stop"}\n\ndata: {"u":3}\n\n'];
    for (const headers of [sse, json, plain, {}]) {
      const { ask, asking } = prepare({ headers, body: events });
      expect(await ask()).toMatchObject({
        kind: "whole",
        raw: null,
        response: {
          choices: [{ index: 0, parts: [{ type: "text", text: "hello" }], finish: "stop", rawFinish: "stop" }],
          usage: { output: 3 },
        },
      });
      expect(asking.attempt.bytesIn).toBeGreaterThan(0);
    }
  });

  test("a stream that stays open after its ending is waited for briefly", async () => {
    const { ask, clock } = prepare({ headers: sse, body: ['data: {"t":"hi"}\n\ndata: {"f":"stop"}\n\n', hang] });
    expect(await ask()).toMatchObject({ kind: "whole" });
    expect([clock.now(), clock.pending]).toEqual([2_000, 0]);
  });

  test("an error whose body never comes is known by its status, soon", async () => {
    const { ask, clock, transport } = prepare({ status: 429, body: ["slow ", hang] });
    expect(await ask()).toMatchObject({ verdict: "rate_limited", message: "slow " });
    expect([clock.now(), transport.bodies[0]?.cancels]).toEqual([2_000, 1]);
  });

  test.each([
    ["none", {}, "2026-01-01T00:00:00.000Z"],
    ["one that cannot be read", { date: "yesterday" }, "2026-01-01T00:00:00.000Z"],
    ["its own", { date: "Thu, 01 Jan 2026 00:00:05 GMT" }, "Thu, 01 Jan 2026 00:00:05 GMT"],
  ])("an error with a date (%s) counts from it, else from its arrival", async (_which, headers, date) => {
    let seen: Readonly<Record<string, string>> = {};
    const decode: Protocol["failure"]["decode"] = (status, given, body) => {
      seen = given;
      return openai.failure.decode(status, given, body);
    };
    const inner = plainProtocol({ failure: { decode } });
    await prepare({ status: 429, body: ["slow"], headers }, { inner }).ask();
    expect(seen["date"]).toBe(date);
  });

  test("of an endless error the beginning is read", async () => {
    const chunks = Array.from({ length: 20 }, () => "x".repeat(50_000));
    const { ask, transport } = prepare({ status: 500, body: chunks });
    expect(await ask()).toMatchObject({ verdict: "server_error", message: "x".repeat(256 * 1024) });
    expect(transport.bodies[0]?.cancels).toBe(1);
  });

  test.each([
    ["before the head", { fails: "hang" } as const],
    ["in the body", { body: ['{"t":', hang] } as const],
    ["in an error's body", { status: 500, body: [hang] } as const],
  ])("a caller that leaves %s", async (_when, answer) => {
    const { ask, asking, clock } = prepare(answer);
    clock.after(100, () => asking.cancellation.cancel());
    expect(await ask()).toMatchObject({ verdict: "cancelled" });
    expect(clock.pending).toBe(0);
  });

  test("a fault of ours is not the vendor's: it is thrown", async () => {
    await expect(prepare({ fails: new TypeError("ours") }).ask()).rejects.toThrow("ours");
  });
});

describe("a stream", () => {
  test("begins at the head", async () => {
    const { ask, transport } = prepare({ headers: sse, body: ['data: {"t":"hi"}\n\n', hang] }, { body: streaming });
    const answer = await ask();
    expect(answer).toMatchObject({ kind: "stream", raw: true });
    expect(transport.sent[0]?.headers).toMatchObject({ accept: "text/event-stream" });
    expect(transport.sent[0]?.path).toBe("/v1/ask/m/stream");
  });

  test.each<[string, Scripted, string]>([
    ["an error in JSON under 200", { headers: json, body: ['{"e":"overloaded"}'] }, "overloaded"],
    ["JSON that is no answer", { headers: json, body: ['{"x":"hi"}'] }, "malformed"],
    ["half a document", { headers: sse, body: ['{"t":"h'] }, "malformed"],
    ["a page", { headers: { "content-type": "text/html" }, body: ["<html>"] }, "malformed"],
    ["an error status", { status: 503, headers: sse, body: ["x"] }, "server_error"],
  ])("%s", async (_what, answer, verdict) => {
    expect(await prepare(answer, { body: streaming }).ask()).toMatchObject({ verdict });
  });

  test("a good whole answer is taken under any content type, as events", async () => {
    for (const headers of [sse, json, { "content-type": "text/plain" }, {}]) {
      const answer = await prepare({ headers, body: ['{"t"', ':"hi"}'] }, { body: streaming }).ask();
      if (!("kind" in answer) || answer.kind !== "stream") throw new Error("it is no stream");
      expect([answer.raw, answer.pieces.complete]).toEqual([false, true]);
      const types = (await answer.pieces.next())?.events.map(({ type }) => type);
      expect([types, await answer.pieces.next()]).toEqual([["start", "text-delta", "finish"], null]);
    }
  });
});

describe("the body that goes out", () => {
  const sent = async (setting: Setting) => {
    const prepared = prepare({ body: ['{"t":"hi"}'] }, setting);
    const answer = await prepared.ask();
    const body = prepared.transport.sent[0]?.body ?? null;
    return {
      answer,
      attempt: prepared.asking.attempt,
      body: body === null ? null : Buffer.from(body as Uint8Array).toString(),
    };
  };

  test("of the same protocol: the caller's bytes, with model and params in place", async () => {
    const body = '{ "model" : "r",\n "temperature": 1.0, "x" : {"y":[ ]} }';
    const node = target("a/m", { params: { temperature: 0.3, top_p: 1 } });
    expect((await sent({ body, node })).body).toBe(
      '{"top_p":1, "model" : "m",\n "temperature": 0.3, "x" : {"y":[ ]} }',
    );
  });

  test("across protocols: in the target's words, with the route's params in the caller's", async () => {
    const node: TargetNode = { ...foreign, params: { temperature: 0.3, model: "ignored" } };
    const { body, attempt } = await sent({ node, body: { model: "r", top_k: 3 } });
    expect(JSON.parse(body ?? "")).toEqual({ model: "m", top_k: 3, temperature: 0.3, encoded: true });
    expect(attempt.dropped).toEqual(["top_k"]);
  });

  test("strict: a target that would drop something is refused before it is asked", async () => {
    const setting = { node: foreign, body: { model: "r", top_k: 3 }, headers: { "x-understudy-strict": "true" } };
    const { answer, body } = await sent(setting);
    expect(answer).toMatchObject({ verdict: "unsupported", param: "top_k", status: null });
    expect("message" in answer && answer.message).toContain("top_k");
    expect(body).toBeNull();
    const lenient = await sent({ ...setting, headers: { "x-understudy-strict": "false" } });
    expect(lenient.body).not.toBeNull();
  });

  test("a target that is known to refuse the caller's bytes gets them anew, and its answer is translated", async () => {
    const inner = plainProtocol({
      request: { fits: (request, { model }) => model !== "m" || !request.has("top_k") },
    });
    const rewritten = await sent({ inner, body: { model: "r", top_k: 3 } });
    expect(JSON.parse(rewritten.body ?? "")).toMatchObject({ encoded: true, model: "m" });
    expect(rewritten.answer).toMatchObject({ kind: "whole", raw: null });
    expect((await sent({ inner, body: '{"model":"r"}' })).body).toBe('{"model":"m"}');
  });

  test("whether they fit is judged with the route's params over them", async () => {
    const seen: unknown[] = [];
    const fits: RequestCodec["fits"] = (request) => {
      seen.push(
        request.has("n"),
        request.read("n"),
        request.read("x"),
        request.mentions("messages", "extra_content"),
        request.read("no"),
      );
      return true;
    };
    const inner = plainProtocol({ request: { fits } });
    const body = { model: "r", x: [1], messages: [{ extra_content: 1 }] };
    await sent({ inner, body, node: target("a/m", { params: { n: 2 } }) });
    expect(seen).toEqual([true, 2, [1], true, undefined]);
  });

  test("a vendor's quirk mends them only where it meets something", async () => {
    const quirk = {
      name: "no-stop",
      fields: ["stop"],
      models: /^m$/u,
      request: (body: Record<string, never>) => {
        const { stop: _stop, ...others } = body;
        return { body: others, dropped: ["stop"], adapted: [] };
      },
    };
    const node = (model: string) =>
      target(`a/${model}`, { provider: provider("a", { row: plainRow("a", { quirks: [quirk as never] }) }) });
    const hit = await sent({ node: node("m"), body: '{ "model":"r", "stop":"x" }' });
    expect([hit.body, hit.attempt.dropped]).toEqual(['{"model":"m"}', ["stop"]]);
    expect(hit.answer).toMatchObject({ raw: expect.any(Uint8Array) as Uint8Array });
    expect((await sent({ node: node("m"), body: '{ "model":"r" }' })).body).toBe('{ "model":"m" }');
    expect((await sent({ node: node("o"), body: '{ "model":"r", "stop":"x" }' })).body).toBe(
      '{ "model":"o", "stop":"x" }',
    );
  });

  test("F7: whose body it is, is noted: the caller's own, or one that was changed beyond the model's name", async () => {
    const body = '{"model":"r","stop":"x"}';
    const isOurs = async (setting: Setting) => (await sent({ body, ...setting })).attempt.rewritten === true;
    expect(await isOurs({})).toBe(false);
    expect(await isOurs({ node: target("a/m", { params: { model: "n" } }) })).toBe(false);
    expect(await isOurs({ node: target("a/m", { params: { temperature: 0.3 } }) })).toBe(true);
    expect(await isOurs({ node: foreign })).toBe(true);
    expect(await isOurs({ inner: plainProtocol({ request: { fits: () => false } }) })).toBe(true);
    const mending = (names: readonly string[]) => ({
      name: "q",
      request: (whole: object) => ({ body: names.length > 0 ? { ...whole } : whole, dropped: names, adapted: [] }),
    });
    const quirky = (names: readonly string[]) =>
      target("a/m", { provider: provider("a", { row: plainRow("a", { quirks: [mending(names) as never] }) }) });
    expect(await isOurs({ node: quirky([]) })).toBe(false);
    expect(await isOurs({ node: quirky(["stop"]) })).toBe(true);
  });

  test("what the target refused before and nobody can do without is not written once more", async () => {
    const learnedLimit = { facts: {}, quirks: [], refusedMembers: ["tool_choice"], learnedNames: new Set<string>() };
    const { answer, attempt } = await sent({ node: foreign, body: { model: "r", tool_choice: "auto" }, learnedLimit });
    expect(answer).toMatchObject({ verdict: "unsupported", param: "tool_choice", isUnsent: true });
    expect(attempt.bytesOut).toBe(0);
  });

  test("a learnt mend looks at bytes before it reads them", async () => {
    const learnedLimit = (quirk: object) => ({
      facts: {},
      quirks: [quirk as never],
      refusedMembers: [],
      learnedNames: new Set<string>(),
    });
    let looked = 0;
    const quirk = {
      name: "q",
      fields: ["messages"],
      words: ["foo"],
      request: (whole: object) => {
        looked += 1;
        return { body: whole, dropped: [], adapted: [] };
      },
    };
    await sent({ body: '{"model":"r","messages":[{"content":"say foo"}]}', learnedLimit: learnedLimit(quirk) });
    expect(looked).toBe(0);
    await sent({ body: '{"model":"r","messages":[{"foo":1}]}', learnedLimit: learnedLimit(quirk) });
    expect(looked).toBe(1);
  });

  test("a request that names no model for a target that has none is the caller's mistake", async () => {
    const { answer } = await sent({ node: target("a/", { model: "" }), body: "{}" });
    expect(answer).toMatchObject({ verdict: "bad_request", param: "model" });
  });

  test("what is no JSON after all is the caller's mistake", async () => {
    const { answer } = await sent({ node: { ...foreign, params: { n: 1 } }, body: '{"model":"r","x":01}' });
    expect(answer).toMatchObject({ verdict: "bad_request" });
  });
});

describe("the headers that go out", () => {
  const client = {
    authorization: "Bearer client-key",
    "x-api-key": "client-key",
    cookie: "client-key",
    "openai-beta": "x",
    "openai-organization": "org",
    "x-other": "no",
  };
  const row = plainRow("a", {
    headers: { "a-version": "1" },
    forward: ["openai-beta", "openai-organization", "authorization", "x-api-key", "cookie"],
  });
  const sent = async (
    more: Partial<Parameters<typeof provider>[1]> = {},
    protocol: "openai-chat" | "gemini-generate" = "openai-chat",
  ) => {
    const node = target("a/m", { provider: provider("a", { row: { ...row, protocol }, ...more }) });
    const { ask, transport } = prepare({ body: ['{"t":"hi"}'] }, { node, headers: client });
    await ask();
    return transport.sent[0]?.headers ?? {};
  };

  test("the row's, the operator's and the key; of the caller's only what the row names, and never a key", async () => {
    const headers = await sent({ headers: { "X-Team": "blue" } });
    expect(headers).toEqual({
      "content-type": "application/json",
      accept: "application/json",
      "user-agent": "understudy-gateway",
      "a-version": "1",
      "openai-beta": "x",
      "x-team": "blue",
      authorization: "Bearer a-key",
    });
    expect(JSON.stringify(headers)).not.toContain("client-key");
  });

  test("an account goes along beside the caller's own key only", async () => {
    expect(await sent({ keys: [key("mine", "request")] })).toMatchObject({ "openai-organization": "org" });
  });

  test("nothing of the caller's across protocols", async () => {
    expect(await sent({}, "gemini-generate")).not.toHaveProperty("openai-beta");
  });

  test("without a key none is sent", async () => {
    expect(await sent({ keys: [] })).not.toHaveProperty("authorization");
  });

  test("a key without a scheme stands alone", async () => {
    const bare = { ...row, auth: apiKeyHeader("x-goog-api-key") };
    expect(await sent({ row: bare })).toMatchObject({ "x-goog-api-key": "a-key" });
  });
});
