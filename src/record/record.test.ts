import { describe, expect, test } from "vitest";
import { attemptRecord, plainExchange } from "../../test/support/exchange.ts";
import type { ReplyStream, TracedReply } from "../core/exchange.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { record } from "./record.ts";

class Streamed implements ReplyStream {
  #pieces: string[];
  #tell: (() => void) | null = null;
  constructor(...pieces: string[]) {
    this.#pieces = pieces;
  }
  onOver(listener: () => void): void {
    this.#tell = listener;
  }
  next(): Promise<string | null> {
    const piece = this.#pieces.shift() ?? null;
    if (piece === null) this.cancel();
    return Promise.resolve(piece);
  }
  cancel(): void {
    this.#tell?.();
    this.#tell = null;
  }
}

function play(body: TracedReply["body"] | Error, ledger: Ledger = createLedger(10, null, new VirtualClock())) {
  const faults: unknown[] = [];
  const service = record(ledger, (cause) => faults.push(cause))(() =>
    body instanceof Error ? Promise.reject(body) : Promise.resolve({ status: 200, headers: {}, body }),
  );
  const exchange = plainExchange({ attempts: [attemptRecord({ verdict: "ok" })] });
  return { faults, reply: service(exchange), lines: () => ledger.recent().length };
}

describe("F14: every call is written once, when it is over", () => {
  test.each([["text"], [new Uint8Array(3)], [null]])("a whole reply at once: %s", async (body) => {
    const { reply, lines } = play(body);
    expect((await reply).body).toBe(body);
    expect(lines()).toBe(1);
  });

  test("a stream after its last piece", async () => {
    const { reply, lines } = play(new Streamed("a", "b"));
    const { body } = await reply;
    if (!(body instanceof Streamed)) throw new Error("no stream");
    await body.next();
    await body.next();
    expect(lines()).toBe(0);
    await body.next();
    await body.next();
    body.cancel();
    expect(lines()).toBe(1);
  });

  test("a stream whose caller leaves", async () => {
    const { reply, lines } = play(new Streamed("a", "b"));
    const { body } = await reply;
    if (!(body instanceof Streamed)) throw new Error("no stream");
    await body.next();
    body.cancel();
    body.cancel();
    expect(lines()).toBe(1);
  });

  test("a call that came to nothing", async () => {
    const { reply, lines } = play(new Error("nothing"));
    await expect(reply).rejects.toThrow("nothing");
    expect(lines()).toBe(1);
  });
});

test("F15: a ledger that throws fails no request, and is told", async () => {
  const broken: Ledger = {
    write: () => {
      throw new Error("disk");
    },
    recent: () => [],
    close: () => Promise.resolve(),
  };
  const { reply, faults } = play("fine", broken);
  expect((await reply).body).toBe("fine");
  expect(faults).toHaveLength(1);
});
