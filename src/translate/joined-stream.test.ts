import { describe, expect, test } from "vitest";
import { Canceller } from "../domain/cancellation.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Answer, PieceSource } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { JsonObject } from "../core/json.ts";
import type { Cancellation } from "../core/transport.ts";
import { plainFailure } from "./failures.ts";
import { JoinedStream } from "./joined-stream.ts";
import { PauseDetector } from "./pause-detector.ts";

type Hop = readonly (readonly StreamEvent[])[];

class Played implements PieceSource {
  readonly #hop: Hop;
  #at = 0;
  complete = false;
  cancelled = false;

  constructor(hop: Hop) {
    this.#hop = hop;
  }

  next() {
    const events = this.#hop[this.#at];
    this.#at += 1;
    if (events?.some(({ type }) => type === "finish") === true) this.complete = true;
    return Promise.resolve(events === undefined ? null : { events, raw: null });
  }

  cancel(): void {
    this.cancelled = true;
  }
}

const start = (id: string): StreamEvent => ({ type: "start", id, model: "m", created: 1 });
const text = (words: string): StreamEvent => ({ type: "text-delta", choice: 0, text: words });
const more: StreamEvent = { type: "finish", choice: 0, reason: "length", raw: "more" };
const stop: StreamEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };
const end: StreamEvent = { type: "end" };
const used = (input: number | null, output: number | null): StreamEvent => ({
  type: "usage",
  usage: { input, output, cacheRead: null, cacheWrite: null, reasoning: null },
});
const call = (tool: number): StreamEvent[] => [
  { type: "tool-start", choice: 0, tool, id: "c", name: "f" },
  { type: "tool-delta", choice: 0, tool, arguments: "{}" },
  { type: "tool-end", choice: 0, tool },
];

type Told = Hop | WireFailure | "whole";

function join(hops: readonly [Hop, ...Told[]], leads = true) {
  const [first, ...rest] = hops;
  const canceller = new Canceller();
  const sent: JsonObject[] = [];
  const played = [new Played(first)];
  const watch = new PauseDetector(
    {
      canPause: () => true,
      isPause: (raw) => raw === "more",
      resume: (body) => (leads ? { ...body, hop: sent.length } : null),
      collector: () => ({ step() {}, answer: () => null }),
    },
    {},
  );
  const again = (body: JsonObject, cancellation: Cancellation): Promise<Answer | WireFailure> => {
    const told = rest[sent.length];
    sent.push({ ...body, cancelled: cancellation.cancelled });
    if (told === undefined || told === "whole") return Promise.resolve({ kind: "whole" } as Answer);
    if ("verdict" in told) return Promise.resolve(told);
    const pieces = new Played(told);
    played.push(pieces);
    return Promise.resolve({ kind: "stream", pieces } as unknown as Answer);
  };
  const pieces = new JoinedStream({ first: played[0]!, watch, again, cancellation: canceller });
  return { pieces, sent, played, canceller };
}

async function read(pieces: PieceSource): Promise<StreamEvent[]> {
  const events: StreamEvent[] = [];
  for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) events.push(...piece.events);
  return events;
}

describe("streams that are one", () => {
  test("one that does not pause is passed on as it is", async () => {
    const hop = [
      [start("a"), text("x")],
      [...call(0), used(1, 2)],
      [stop, end],
    ];
    const { pieces, sent } = join([hop]);
    expect(await read(pieces)).toEqual(hop.flat());
    expect(sent).toEqual([]);
    expect(await pieces.next()).toBeNull();
  });

  test("one beginning, one ending, all that is said, in order", async () => {
    const { pieces, sent } = join([
      [[start("a"), text("x")], [more], [end]],
      [[start("b"), text("y"), more, end]],
      [
        [start("c"), text("z")],
        [stop, end],
      ],
    ]);
    expect(await read(pieces)).toEqual([start("a"), text("x"), text("y"), text("z"), stop, end]);
    expect(sent).toMatchObject([{ hop: 0 }, { hop: 1 }]);
  });

  test("usage is added up, the later figure of each request", async () => {
    const { pieces } = join([
      [
        [start("a"), used(10, 1)],
        [used(null, 5), more],
      ],
      [[used(12, 1)], [used(null, 3), stop]],
    ]);
    const told = (await read(pieces)).flatMap((event) =>
      event.type === "usage" ? [[event.usage.input, event.usage.output]] : [],
    );
    expect(told).toEqual([
      [10, 1],
      [10, 5],
      [22, 6],
      [22, 8],
    ]);
  });

  test("calls are numbered on, and the ending knows of them all", async () => {
    const { pieces } = join([[[...call(0), ...call(1), more]], [[...call(0), more]], [[text("x"), stop]]]);
    const events = await read(pieces);
    expect(events.flatMap((event) => (event.type === "tool-start" ? [event.tool] : []))).toEqual([0, 1, 2]);
    expect(events.flatMap((event) => (event.type === "tool-end" ? [event.tool] : []))).toEqual([0, 1, 2]);
    expect(events.at(-1)).toEqual({ ...stop, reason: "tool_calls" });
  });

  test("is not complete while it is but paused", async () => {
    const { pieces } = join([[[text("x"), more], []], [[text("y"), stop]]]);
    await pieces.next();
    expect(pieces.complete).toBe(false);
    await pieces.next();
    expect(pieces.complete).toBe(false);
    await pieces.next();
    expect(pieces.complete).toBe(true);
  });

  test("where there is no way on the pause is the ending", async () => {
    const { pieces, sent } = join([[[text("x"), more, end]]], false);
    expect(await read(pieces)).toEqual([text("x"), more]);
    expect(pieces.complete).toBe(true);
    expect(sent).toEqual([]);
  });

  test.each<[string, Told, string]>([
    ["is refused", plainFailure("overloaded", "busy", 503), "overloaded"],
    ["is answered by something else", "whole", "malformed"],
  ])("a request that %s is one failure, and no ending", async (_, told, verdict) => {
    const { pieces } = join([[[text("x"), more]], told]);
    const events = await read(pieces);
    expect(events).toMatchObject([text("x"), { type: "failure", failure: { verdict } }]);
    expect(pieces.complete).toBe(false);
    expect(await pieces.next()).toBeNull();
  });

  test("a failure inside of a request goes on as it is", async () => {
    const failure: StreamEvent = { type: "failure", failure: plainFailure("cut", "gone") };
    const { pieces } = join([[[text("x"), more]], [[text("y")], [failure]]]);
    expect(await read(pieces)).toEqual([text("x"), text("y"), failure]);
  });

  test("a caller who leaves ends what is under way, and nothing more is asked for", async () => {
    const { pieces, played, sent } = join([[[text("x"), more]], [[text("y"), stop]]]);
    await pieces.next();
    const waiting = pieces.next();
    pieces.cancel();
    expect(await waiting).toBeNull();
    expect(played.map(({ cancelled }) => cancelled)).toEqual(played.map(() => true));
    expect(await pieces.next()).toBeNull();
    expect(sent.length).toBeLessThan(2);
  });
});
