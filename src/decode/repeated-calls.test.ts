import { describe, expect, test } from "vitest";
import { attemptRecord, plainCall, plainExchange } from "../../test/support/exchange.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Exchange, ReplyStream } from "../core/exchange.ts";
import { Canceller } from "../domain/cancellation.ts";
import type { CallOutcome } from "./late-reply.ts";
import { RepeatedCalls } from "./repeated-calls.ts";

const limits = { entries: 2, bytes: 20, bytesEach: 10, keptFor: 1_000 };

class Pieces implements ReplyStream {
  readonly #pieces: string[];
  pulled = 0;
  cancelled = false;
  constructor(pieces: readonly string[]) {
    this.#pieces = [...pieces];
  }
  next(): Promise<string | null> {
    this.pulled += 1;
    return Promise.resolve(this.#pieces.shift() ?? null);
  }
  cancel(): void {
    this.cancelled = true;
  }
  onOver(): void {}
}

function open() {
  const clock = new VirtualClock();
  const calls = new RepeatedCalls(clock, limits);
  let begun = 0;
  const ask = async (key: string, body: string | ReplyStream, canceller = new Canceller()): Promise<CallOutcome> => {
    const exchange: Exchange = {
      ...plainExchange({ attempts: [attemptRecord({ verdict: "ok" })], call: plainCall({}) }),
      cancellation: canceller,
    };
    const request = { ...exchange.request, headers: { "idempotency-key": key } };
    const answered = calls.answer({ ...exchange, request }, () => {
      begun += 1;
      return Promise.resolve({ reply: { status: 200, headers: {}, body }, failure: null, code: null });
    });
    if (answered === null) throw new Error("no key");
    return answered.outcome;
  };
  return { clock, ask, begun: () => begun };
}

async function read({ reply }: CallOutcome): Promise<string> {
  const { body } = reply;
  if (typeof body === "string") return body;
  let text = "";
  const stream = body as ReplyStream;
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) text += String(piece);
  return text;
}

const replayed = ({ reply }: CallOutcome): string | undefined => reply.headers["x-understudy-replayed"];

describe("F22: what is kept is bounded", () => {
  test("in time", async () => {
    const { clock, ask, begun } = open();
    await ask("a", "one");
    await clock.advance(999);
    expect(replayed(await ask("a", "two"))).toBe("true");
    await clock.advance(1);
    expect(await read(await ask("a", "two"))).toBe("two");
    expect(begun()).toBe(2);
    await clock.advance(1_000);
    expect(clock.pending).toBe(0);
  });

  test("in entries: the oldest goes", async () => {
    const { ask, begun } = open();
    for (const key of ["a", "b", "c"]) await ask(key, key);
    expect(await read(await ask("a", "again"))).toBe("again");
    expect(begun()).toBe(4);
  });

  test("in bytes of each: a repetition is a new call, and a header says it", async () => {
    const { ask } = open();
    await ask("a", "x".repeat(11));
    const again = await ask("a", "two");
    expect([await read(again), replayed(again)]).toEqual(["two", "false"]);
  });

  test("in bytes of all: older answers make room", async () => {
    const { ask, begun } = open();
    await ask("a", "x".repeat(10));
    await ask("b", "x".repeat(9));
    await ask("b", "x".repeat(9));
    await ask("c", "x".repeat(9));
    expect(begun()).toBe(3);
    expect(replayed(await ask("c", "x"))).toBe("true");
  });

  test("a long stream: all of it arrives at each client, and the fastest waits for the slowest", async () => {
    const { ask } = open();
    const source = new Pieces(["x".repeat(8), "y".repeat(8), "z".repeat(8)]);
    const [first, second] = await Promise.all([ask("a", source), ask("a", "unused")]);
    const fast = read(first);
    await new Promise((resolve) => setImmediate(resolve));
    expect(source.pulled).toBe(2);
    const all = "xxxxxxxxyyyyyyyyzzzzzzzz";
    expect(await Promise.all([fast, read(second)])).toEqual([all, all]);
  });
});

test("F11: the source is cancelled when the last client has left", async () => {
  const { ask, begun } = open();
  const source = new Pieces(["one"]);
  const [here, there] = [new Canceller(), new Canceller()];
  await ask("a", source, here);
  await ask("a", "unused", there);
  here.cancel();
  expect(source.cancelled).toBe(false);
  there.cancel();
  expect(source.cancelled).toBe(true);
  await ask("a", "two");
  expect(begun()).toBe(2);
});
