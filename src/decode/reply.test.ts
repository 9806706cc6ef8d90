import { describe, expect, test } from "vitest";
import { target } from "../../test/support/engine-rig.ts";
import { attemptRecord, plainCall, plainExchange } from "../../test/support/exchange.ts";
import { type Pieces, plainProtocol } from "../../test/support/plain-protocol.ts";
import { broken, finish, text } from "../../test/support/scripted-ask.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { ChatRequest, ChatResponse } from "../core/chat.ts";
import type { Answer, Piece, PieceSource } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { StreamCodec } from "../core/protocol.ts";
import { encodeAnswer, encodeFailure } from "./reply.ts";

class Given implements PieceSource {
  readonly complete = true;
  readonly #pieces: Piece[];
  cancelled = false;
  constructor(pieces: readonly Piece[]) {
    this.#pieces = [...pieces];
  }
  next(): Promise<Piece | null> {
    return Promise.resolve(this.#pieces.shift() ?? null);
  }
  cancel(): void {
    this.cancelled = true;
  }
}

const attempt = attemptRecord({ status: 200 });
const common = { headers: { "x-vendor": "v" }, target: target("a/m"), attempt };
const chat = { includeUsage: false } as ChatRequest;

function reply(answer: Answer, more: Pieces = {}) {
  const exchange = plainExchange({ attempts: [attempt], call: plainCall({ chat: () => chat }) });
  const clock = new VirtualClock();
  return encodeAnswer(answer, exchange, { protocol: plainProtocol(more), clock, mintId: () => "id-1" });
}

async function stream(pieces: readonly Piece[], raw: boolean, more: Pieces = {}) {
  const source = new Given(pieces);
  const { body, headers, status } = reply({ kind: "stream", pieces: source, raw, ...common }, more);
  if (body === null || typeof body === "string" || body instanceof Uint8Array) throw new Error("no stream");
  let over = 0;
  body.onOver(() => (over += 1));
  let read = "";
  for (let piece = await body.next(); piece !== null; piece = await body.next()) {
    expect(over).toBe(0);
    read += typeof piece === "string" ? piece : Buffer.from(piece).toString("utf8");
  }
  expect(await body.next()).toBeNull();
  return { read, headers, status, source, body, over };
}

const bytes = (words: string, ...events: Piece["events"]): Piece => ({ events, raw: Buffer.from(words) });
const events = (...list: Piece["events"]): Piece => ({ events: list, raw: null });
const mark = "data: [DONE]\n\n";
const end = { type: "end" } as const;

describe("a whole answer", () => {
  const response: ChatResponse = {
    id: "",
    model: "",
    created: null,
    choices: [],
    usage: null,
    extras: { protocol: "openai-chat", fields: {} },
  };

  test("in the vendor's own bytes, with its headers", () => {
    const { body, headers, status } = reply({ kind: "whole", response, raw: Buffer.from("{ }"), ...common });
    expect([Buffer.from(body as Uint8Array).toString(), status]).toEqual(["{ }", 200]);
    expect(headers).toMatchObject({ "content-type": "application/json", "x-vendor": "v" });
  });

  test("translated, without them", () => {
    const { body, headers } = reply({ kind: "whole", response, raw: null, ...common });
    expect(body).toBe('{"answered":0}');
    expect(headers).not.toHaveProperty("x-vendor");
  });
});

describe("F2: a stream in the vendor's bytes has one ending", () => {
  test("its own", async () => {
    const { read, headers, over } = await stream([bytes("a", text("a")), bytes(`b${mark}`, finish(), end)], true);
    expect([read, over]).toEqual([`ab${mark}`, 1]);
    expect(headers).toMatchObject({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache",
      "x-vendor": "v",
    });
  });

  test("ours, where the vendor forgot it; none where the protocol has none", async () => {
    expect((await stream([bytes("a", text("a"), finish())], true)).read).toBe(`a${mark}`);
    expect((await stream([bytes("a", text("a"), finish())], true, { stream: { endMark: "" } })).read).toBe("a");
  });

  test("an error, and nothing behind it", async () => {
    const { read, over } = await stream([bytes("a", text("a")), events(broken("cut")), bytes("b")], true);
    expect([read, over]).toEqual(['aevent: error\ndata: {"error":"cut"}\n\n', 1]);
  });

  test("pieces that hold nothing are not passed on", async () => {
    expect((await stream([events(), bytes("a", text("a")), events(), bytes(mark, end)], true)).read).toBe(`a${mark}`);
  });
});

describe("F2: a stream that is translated has one ending", () => {
  test("complete", async () => {
    const { read, headers, over } = await stream(
      [events(text("a")), events(), events(text("b"), finish(), end)],
      false,
    );
    expect([read, over]).toEqual(["[a][b]<stop>(end)", 1]);
    expect(headers).not.toHaveProperty("x-vendor");
  });

  test("an error, and nothing behind it", async () => {
    const { read } = await stream([events(text("a")), events(broken("stalled")), events(text("b"))], false);
    expect(read).toBe("[a](failed stalled)");
  });

  test("an encoder with nothing to say at the end ends all the same", async () => {
    const encoder: StreamCodec["encoder"] = () => ({ step: () => "", end: () => "", fail: () => "" });
    expect(await stream([events(text("a"))], false, { stream: { encoder } })).toMatchObject({ read: "", over: 1 });
  });

  test("where no encoder can be made, the vendor does not go on for nothing", () => {
    const pieces = new Given([]);
    const encoder = () => {
      throw new Error("ours");
    };
    expect(() => reply({ kind: "stream", pieces, raw: false, ...common }, { stream: { encoder } })).toThrow("ours");
    expect(pieces.cancelled).toBe(true);
  });
});

test.each([true, false])("F11: a caller that leaves ends what is behind it, once (raw: %s)", async (raw) => {
  const pieces = new Given([bytes("a", text("a")), bytes("b", text("b"))]);
  const { body } = reply({ kind: "stream", pieces, raw, ...common });
  if (body === null || typeof body === "string" || body instanceof Uint8Array) throw new Error("no stream");
  let over = 0;
  body.onOver(() => (over += 1));
  await body.next();
  body.cancel();
  body.cancel();
  expect([pieces.cancelled, over, await body.next()]).toEqual([true, 1, null]);
});

test("a failure is in the caller's protocol, under its own status, with the request's id", () => {
  const failure = new GatewayFailure("No", { code: "overloaded", status: 503, shouldRetry: true, retryAfterMs: 1_200 });
  const { status, headers, body } = encodeFailure(failure, plainExchange(), {
    protocol: plainProtocol(),
    clock: new VirtualClock(),
    onFault: () => {},
  });
  expect(status).toBe(503);
  expect(headers).toEqual({
    "x-request-id": "req_1",
    "content-type": "application/json",
    "retry-after": "2",
    "retry-after-ms": "1200",
  });
  expect(JSON.parse(body as string)).toEqual({ error: { code: "overloaded", message: "No" }, request_id: "req_1" });
});

test("a failure that its protocol reports inside streams is a stream's, and otherwise keeps its status", () => {
  const protocol = plainProtocol();
  const failure = new GatewayFailure("No", { code: "context_too_long", status: 400 });
  const streamed = {
    ...protocol,
    failure: { ...protocol.failure, streamedFailures: new Set(["context_too_long"] as const) },
  };
  const parts = { protocol: streamed, clock: new VirtualClock(), onFault: () => {} };
  const asStream = encodeFailure(failure, plainExchange({ call: plainCall({ stream: true }) }), parts);
  expect(asStream).toMatchObject({ status: 200, body: protocol.failure.frame(failure) });
  expect(asStream.headers).toMatchObject({
    "content-type": "text/event-stream; charset=utf-8",
    "x-should-retry": "false",
  });
  const whole = encodeFailure(failure, plainExchange({ call: plainCall({ stream: false }) }), parts);
  expect([whole.status, whole.headers["content-type"]]).toEqual([400, "application/json"]);
});
