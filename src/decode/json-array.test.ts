import { expect, test } from "vitest";
import type { ReplyStream } from "../core/exchange.ts";
import { JsonArrayReply } from "./json-array.ts";

class Given implements ReplyStream {
  readonly #pieces: (Uint8Array | string)[];
  cancelled = false;
  #tell: (() => void) | null = null;
  constructor(pieces: readonly (Uint8Array | string)[]) {
    this.#pieces = [...pieces];
  }
  onOver(listener: () => void): void {
    this.#tell = listener;
  }
  next(): Promise<Uint8Array | string | null> {
    const piece = this.#pieces.shift() ?? null;
    if (piece === null) this.#tell?.();
    return Promise.resolve(piece);
  }
  cancel(): void {
    this.cancelled = true;
    this.#tell?.();
  }
}

async function read(pieces: readonly (Uint8Array | string)[]): Promise<string[]> {
  const reply = new JsonArrayReply(new Given(pieces));
  const texts: string[] = [];
  for (let text = await reply.next(); text !== null; text = await reply.next()) texts.push(text);
  expect(await reply.next()).toBeNull();
  return texts;
}

test("an element for each event, each as soon as it is there", async () => {
  const pieces = ['data: {"a":1}\n\n', Buffer.from('data: {"b": 1.50}\r\n\r\ndata: {"c":3}\r\n\r\n')];
  expect(await read(pieces)).toEqual(['[{"a":1}', ',\r\n{"b": 1.50},\r\n{"c":3}', "]\n"]);
});

test("an event that comes in two pieces, or without its blank line, is one element", async () => {
  const text = (await read([Buffer.from('data: {"a":"é'), Buffer.from('x"}\n\n: alive\n\ndata: {"b":2}')])).join("");
  expect(JSON.parse(text)).toEqual([{ a: "éx" }, { b: 2 }]);
});

test("an event of several lines stays one value", async () => {
  expect(JSON.parse((await read(['data: {"a":\ndata: 1}\n\n'])).join(""))).toEqual([{ a: 1 }]);
});

test("no event is an empty array", async () => {
  expect(await read([])).toEqual(["[]\n"]);
});

test("cancelling reaches what is behind, and nothing more comes", async () => {
  const inner = new Given(['data: {"a":1}\n\n', 'data: {"b":2}\n\n']);
  const reply = new JsonArrayReply(inner);
  let over = 0;
  reply.onOver(() => (over += 1));
  expect(await reply.next()).toBe('[{"a":1}');
  reply.cancel();
  expect([inner.cancelled, over, await reply.next()]).toEqual([true, 1, null]);
});
