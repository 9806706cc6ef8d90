import { describe, expect, test } from "vitest";
import type { ReplyStream, TracedReply } from "../core/exchange.ts";
import { whenOver } from "./when-over.ts";

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

function watch(body: TracedReply["body"]) {
  let times = 0;
  whenOver({ status: 200, headers: {}, body }, () => (times += 1));
  return () => times;
}

describe("F14: a call is over once", () => {
  test.each([["text"], [new Uint8Array(3)], [null]])("a whole reply at once: %s", (body) => {
    expect(watch(body)()).toBe(1);
  });

  test("a stream after its last piece", async () => {
    const stream = new Streamed("a", "b");
    const times = watch(stream);
    await stream.next();
    await stream.next();
    expect(times()).toBe(0);
    await stream.next();
    await stream.next();
    stream.cancel();
    expect(times()).toBe(1);
  });

  test("a stream whose caller leaves", async () => {
    const stream = new Streamed("a", "b");
    const times = watch(stream);
    await stream.next();
    stream.cancel();
    stream.cancel();
    expect(times()).toBe(1);
  });
});
