import { describe, expect, test } from "vitest";
import { openAttemptRecord } from "../target/attempt-record.ts";
import { target } from "../../../test/support/engine-rig.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Piece, PieceSource, StreamedAnswer, Takeover } from "../../core/exchange.ts";
import type { Usage } from "../../core/chat.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { type FailoverOptions, FailoverStream } from "./failover-stream.ts";
import { wireFailure } from "../target/wire-failure.ts";

const text = (words: string): StreamEvent => ({ type: "text-delta", choice: 0, text: words });
const start: StreamEvent = { type: "start", id: "i", model: "m", created: 1 };
const usage = (input: number, output: number): Usage => ({
  input,
  output,
  cacheRead: null,
  cacheWrite: null,
  reasoning: null,
});
const finish: StreamEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };
const broken = (verdict: FailureVerdict = "cut"): StreamEvent => ({
  type: "failure",
  failure: wireFailure(verdict, "it broke"),
});

class Scripted implements PieceSource {
  readonly #events: StreamEvent[];
  cancelled = false;
  rejected: string | null = null;
  complete = false;

  constructor(events: readonly StreamEvent[]) {
    this.#events = [...events];
  }

  next(): Promise<Piece | null> {
    const event = this.#events.shift();
    if (event?.type === "finish") this.complete = true;
    return Promise.resolve(event === undefined ? null : { events: [event], raw: null });
  }

  cancel(): void {
    this.cancelled = true;
  }

  reject({ verdict }: WireFailure): void {
    this.rejected = verdict;
  }
}

function answer(name: string, events: readonly StreamEvent[]): StreamedAnswer & { readonly pieces: Scripted } {
  const node = target(name);
  const attempt = openAttemptRecord({ target: node, key: null, retry: 0 }, 0);
  return { kind: "stream", pieces: new Scripted(events), raw: false, headers: {}, target: node, attempt };
}

interface Told {
  readonly words: string;
  readonly others: readonly string[];
  readonly asked: readonly (string | null)[];
  readonly stream: FailoverStream;
  readonly usage: Usage | null;
  readonly takeovers: readonly Takeover[];
}

/** Reads all of it; each further answer comes from the next stand-in. */
async function read(
  first: StreamedAnswer,
  standIns: readonly (StreamedAnswer | null)[],
  more: Partial<FailoverOptions> = {},
): Promise<Told> {
  const left = [...standIns];
  const asked: (string | null)[] = [];
  const stream = new FailoverStream({
    answer: first,
    mode: "continue",
    clock: { now: () => 0 },
    isPlain: () => true,
    inputTokens: () => 7,
    askForTheRest: (said) => {
      asked.push(said);
      return Promise.resolve(left.shift() ?? null);
    },
    ...more,
  });
  let words = "";
  const others: string[] = [];
  const takeovers: Takeover[] = [];
  let told: Usage | null = null;
  for (let piece = await stream.next(); piece !== null; piece = await stream.next()) {
    if (piece.takeover !== undefined) takeovers.push(piece.takeover);
    for (const event of piece.events) {
      if (event.type === "usage") told = event.usage;
      if (event.type === "text-delta") words += event.text;
      else others.push(event.type === "failure" ? event.failure.verdict : event.type);
    }
  }
  return { words, others, asked, stream, usage: told, takeovers };
}

describe("a stream that outlives its target", () => {
  test("one that ends well is left as it is", async () => {
    const told = await read(answer("a/m", [start, text("All."), finish]), []);
    expect(told).toMatchObject({ words: "All.", others: ["start", "finish"], asked: [] });
    expect(told.stream.remark).toBeNull();
  });

  test("the stand-in's beginning, thoughts and repetition are left out; its usage and ending are kept", async () => {
    const second = answer("b/m", [
      start,
      { type: "reasoning-delta", choice: 0, text: "hm" },
      text("One two"),
      text(" three"),
      finish,
      { type: "usage", usage: usage(1, 2) },
      { type: "end" },
    ]);
    const told = await read(answer("a/m", [start, text("One two"), broken()]), [second]);
    expect(told).toMatchObject({
      words: "One two three",
      others: ["start", "finish", "usage", "end"],
      asked: ["One two"],
    });
    expect(told.stream.remark).toBe("continued by b/m after a/m: cut");
  });

  test("a call that the stand-in goes on to make is passed on, after its words", async () => {
    const call: StreamEvent = { type: "tool-start", choice: 0, tool: 0, id: "c", name: "n" };
    const told = await read(answer("a/m", [text("Let me lo"), broken()]), [
      answer("b/m", [text("Let me look."), call, finish]),
    ]);
    expect(told).toMatchObject({ words: "Let me look.", others: ["tool-start", "finish"] });
  });

  test("stand-ins break too: each goes on from all that was said", async () => {
    const told = await read(answer("a/m", [text("One"), broken("stalled")]), [
      answer("b/m", [text("One two"), broken()]),
      answer("c/m", [text("One two three"), finish]),
    ]);
    expect(told).toMatchObject({ words: "One two three", others: ["finish"], asked: ["One", "One two"] });
    expect(told.stream.remark).toBe("continued by b/m after a/m: stalled, continued by c/m after b/m: cut");
  });

  test("nobody takes over: the break itself", async () => {
    const told = await read(answer("a/m", [text("One"), broken("stalled")]), [null]);
    expect(told).toMatchObject({ words: "One", others: ["stalled"] });
  });

  test("F3: a stand-in whose words cannot be joined is not shown, and the next one is asked", async () => {
    const second = answer("b/m", [start, text("But the worst"), { type: "usage", usage: usage(9, 9) }, finish]);
    const third = answer("c/m", [{ ...start, model: "its own name" }, text("One two"), finish]);
    const told = await read(answer("a/m", [text("One"), broken("stalled")]), [second, third]);
    expect(told).toMatchObject({ words: "One two", others: ["finish"], asked: ["One", "One"] });
    expect(told.stream.remark).toBe("continued by c/m after a/m: stalled");
    expect(second.pieces.rejected).toBe("invalid_output");
    expect(told.takeovers).toMatchObject([{ from: "a/m", to: "c/m", model: "its own name", verdict: "stalled" }]);
  });

  test("F3: a stand-in that repeats for longer than 20 s is given up", async () => {
    let now = 0;
    const said = "It was the best of times, it was the worst";
    const second = answer("b/m", [text("It was "), text("the best "), text("of times"), text(", it"), finish]);
    const told = await read(answer("a/m", [text(said), broken()]), [second], { clock: { now: () => (now += 6_000) } });
    expect(told).toMatchObject({ words: said, others: ["cut"] });
    expect(second.pieces.rejected).toBe("invalid_output");
  });

  test("a model that continues its own turn needs no anchor", async () => {
    const second = { ...answer("b/m", [text(" two"), finish]), prefilled: true };
    const told = await read(answer("a/m", [text("One"), broken()]), [second]);
    expect(told).toMatchObject({ words: "One two", others: ["finish"] });
  });

  test("white space alone: the next target answers from the start", async () => {
    const told = await read(answer("a/m", [text("\n\n"), broken()]), [answer("b/m", [text("One"), finish])]);
    expect(told).toMatchObject({ words: "\n\nOne", others: ["finish"], asked: [null] });
  });

  test("usage counts both targets: the cut one by its vendor, or by an estimate that its attempt marks", async () => {
    const first = answer("a/m", [text("One thing after another, "), broken()]);
    const second = answer("b/m", [
      text("One thing after another, and on"),
      finish,
      { type: "usage", usage: usage(5, 6) },
    ]);
    const told = await read(first, [second]);
    expect(told.usage).toEqual(usage(12, 13));
    expect(first.attempt).toMatchObject({ usageFrom: "estimate", usage: usage(7, 7) });
  });

  test("F3: words that cannot be joined, and nobody is left: the break itself, and it is let go", async () => {
    const said = "It was the best of times, it was the worst";
    const second = answer("b/m", [text("It was the best of times, but also"), text(" bad"), finish]);
    const told = await read(answer("a/m", [text(said), broken("stalled")]), [second]);
    expect(told).toMatchObject({ words: said, others: ["stalled"] });
    expect(second.pieces.rejected).toBe("invalid_output");
  });

  test.each<[string, readonly StreamEvent[]]>([
    ["thoughts", [{ type: "reasoning-delta", choice: 0, text: "hm" }, broken()]],
    ["a call", [text("A"), { type: "tool-start", choice: 0, tool: 0, id: "c", name: "n" }, broken()]],
    ["the caller's own doing", [text("A"), broken("cancelled")]],
    ["a refusal", [text("A"), broken("policy_blocked")]],
  ])("nobody is asked to go on with %s", async (_, events) => {
    const told = await read(answer("a/m", events), [answer("b/m", [text("B"), finish])]);
    expect(told.asked).toEqual([]);
    expect(told.others.at(-1)).toBe((events.at(-1) as Extract<StreamEvent, { type: "failure" }>).failure.verdict);
  });

  test("nor with another form than text", async () => {
    const told = await read(answer("a/m", [text("{"), broken()]), [answer("b/m", [text("}")])], {
      isPlain: () => false,
    });
    expect(told).toMatchObject({ words: "{", others: ["cut"], asked: [] });
  });

  test("restart: the answer begins anew, whatever it was, and says so", async () => {
    const second = answer("b/m", [start, text("New."), finish]);
    const first = answer("a/m", [{ type: "reasoning-delta", choice: 0, text: "hm" }, broken()]);
    const told = await read(first, [second], { mode: "restart" });
    expect(told).toMatchObject({ words: "New.", others: ["reasoning-delta", "start", "finish"], asked: [null] });
    expect(told.stream.remark).toBe("restarted by b/m after a/m: cut");
  });

  test("F11: left while a stand-in is looked for, it lets the late one go", async () => {
    const second = answer("b/m", [text(" two"), finish]);
    const asked = Promise.withResolvers<void>();
    const given = Promise.withResolvers<StreamedAnswer>();
    const stream = new FailoverStream({
      answer: answer("a/m", [text("One"), broken()]),
      mode: "continue",
      clock: { now: () => 0 },
      isPlain: () => true,
      inputTokens: () => 7,
      askForTheRest: () => {
        asked.resolve();
        return given.promise;
      },
    });
    await stream.next();
    const waiting = stream.next();
    await asked.promise;
    stream.cancel();
    given.resolve(second);
    expect(await waiting).toBeNull();
    expect(second.pieces.cancelled).toBe(true);
  });
});
