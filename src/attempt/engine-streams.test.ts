// Streams through the engine: a failure before the first content leads to the next target unseen, a failure after it
// ends in exactly one error, and every ending is recorded once.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  readStream,
  refusalTrigger,
  target,
  verdictsOf,
  type Rig,
  usualBreaker,
} from "../../test/support/engine-rig.ts";
import { broken, failing, finish, speaking, start, streaming, text, whole } from "../../test/support/scripted-ask.ts";

const a = target("a/m");
const b = target("b/m");
const streamed = { streamed: true } as const;
const spoken = [speaking(["Hello ", "you"])];
const hang = { events: "hang" } as const;

async function play(rig: Rig, node = fallback([a, b])) {
  const outcome = await rig.call(node, streamed);
  const read = outcome.answer === null ? null : await readStream(rig, outcome);
  return { ...read, verdicts: verdictsOf(outcome), ...outcome };
}

describe("before the first content", () => {
  test.each([
    ["an error event first", streaming({ events: [broken("overloaded")] }), "overloaded"],
    ["an error event after the head", streaming({ events: [start] }, { events: [broken("cut")] }), "cut"],
    ["a finish without content", streaming({ events: [start, finish()] }), "empty"],
    ["blanks that are no content", streaming({ events: [start, text(""), finish("tool_calls")] }), "empty"],
    ["an end that comes too soon", streaming({ events: [start] }), "empty"],
    ["silence after the head", streaming({ events: [start] }, hang), "slow_first_token"],
    [
      "signs of life without content",
      streaming({ events: [start] }, { after: 6_000, events: [] }, hang),
      "slow_first_token",
    ],
  ] as const)("%s: the next target answers, and its words alone are seen", async (_what, step, verdict) => {
    const rig = createRig({ "a/m": [step], "b/m": spoken });
    const { words, failures, verdicts } = await play(rig);
    expect(words).toBe("Hello you");
    expect(failures).toEqual([]);
    expect(verdicts.at(-1)).toBe("b/m:ok");
    expect(new Set(verdicts.slice(0, -1))).toEqual(new Set([`a/m:${verdict}`]));
    expect(rig.log[0]?.cancelledAt).not.toBeNull();
    expect(rig.clock.pending).toBe(0);
  });

  test("a stream that goes on without content is bounded", async () => {
    const endless = Array.from({ length: 5_000 }, () => ({ events: [start] }));
    const rig = createRig({ "a/m": [streaming(...endless)], "b/m": spoken });
    expect((await play(rig)).verdicts).toEqual(["a/m:malformed", "b/m:ok"]);
  });

  test("what a failed attempt used is known where its vendor said so", async () => {
    const usage = { input: 9, output: null, cacheRead: null, cacheWrite: null, reasoning: null };
    const step = streaming({ events: [start, { type: "usage", usage }] }, { events: [broken("cut")] });
    const { exchange } = await play(createRig({ "a/m": [step], "b/m": spoken }));
    expect(exchange.attempts.map((one) => one.usage)).toEqual([usage, null]);
  });

  test("thoughts, calls and refusals are content", async () => {
    const thought = { type: "reasoning-delta", choice: 0, text: "hm" } as const;
    const call = { type: "tool-start", choice: 0, tool: 0, id: "c", name: "f" } as const;
    for (const event of [thought, call, { type: "refusal-delta", choice: 0, text: "no" } as const]) {
      const rig = createRig({ "a/m": [streaming({ events: [start, event] }, { events: [broken("cut")] })] });
      const { failures, verdicts } = await play(rig);
      expect([failures, verdicts]).toEqual([["cut"], ["a/m:cut"]]);
    }
  });
});

describe("F1, F2, F3: after the first content", () => {
  test.each([
    ["a cut", { events: [broken("cut")] }, "cut"],
    ["an error of the vendor's", { events: [broken("overloaded")] }, "overloaded"],
    ["silence", hang, "stalled"],
    ["a fault of our own", { events: "throw" } as const, "server_error"],
  ] as const)("%s: one error, and nobody else is asked", async (_what, moment, verdict) => {
    const rig = createRig({ "a/m": [streaming({ events: [start, text("AttemptInput ")] }, moment)], "b/m": spoken });
    const { words, failures, verdicts, answer } = await play(rig);
    expect(words).toBe("AttemptInput ");
    expect(failures).toEqual([verdict]);
    expect(verdicts).toEqual([`a/m:${verdict}`]);
    expect(answer?.kind === "stream" && (await answer.pieces.next())).toBeNull();
    expect(rig.log[0]?.cancelledAt).not.toBeNull();
    expect(rig.clock.pending).toBe(0);
  });

  test("idle is counted from the last event", async () => {
    const rig = createRig({
      "a/m": [streaming({ events: [text("x")] }, { after: 14_000, events: [text("y")] }, hang)],
    });
    await play(rig);
    expect(rig.log[0]?.cancelledAt).toBe(14_000 + 15_000);
  });

  const ping = { after: 5_000, events: [] };
  const pings = Array.from({ length: 30 }, () => ping);

  test("pings alone bear a text's silence twice as long", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [text("x")] }, ...pings, { events: [finish()] })] });
    const { failures } = await play(rig);
    expect([failures, rig.clock.now()]).toEqual([["stalled"], 30_000]);
  });

  test("a word between them counts anew, and a call that is being written is waited for", async () => {
    const call = { type: "tool-start", choice: 0, tool: 0, id: "c", name: "n" } as const;
    const some = pings.slice(0, 5);
    const moments = [{ events: [text("x")] }, ...some, { events: [text("y"), call] }, ...pings, { events: [finish()] }];
    expect((await play(createRig({ "a/m": [streaming(...moments)] }))).failures).toEqual([]);
  });

  test("a break after everything was said is no break", async () => {
    const rig = createRig({
      "a/m": [streaming({ events: [start, text("all"), finish()] }, { events: [broken("cut")] })],
    });
    const { words, failures, verdicts } = await play(rig);
    expect([words, failures, verdicts]).toEqual(["all", [], ["a/m:ok"]]);
  });

  test("an end mark that never comes is not waited for long", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [start, text("all"), finish()] }, hang)] });
    const { failures, verdicts } = await play(rig);
    expect([failures, verdicts, rig.clock.now()]).toEqual([[], ["a/m:ok"], 2_000]);
  });

  test("F17: comments after the ending do not extend the wait for the end mark, and the slot is free again", async () => {
    const comment = { after: 1_500, events: [] };
    const said = { events: [start, text("all"), finish()] };
    const rig = createRig({ "a/m": [streaming(said, ...Array.from({ length: 100 }, () => comment))] });
    const { failures, verdicts } = await play(rig);
    expect([failures, verdicts, rig.clock.now()]).toEqual([[], ["a/m:ok"], 2_000]);
  });

  test("F17: thoughts alone, and no reason for it, are empty, as in a whole answer", async () => {
    const thought = { type: "reasoning-delta", choice: 0, text: "hm" } as const;
    const end = { events: [finish()] };
    const apart = await play(createRig({ "a/m": [streaming({ events: [start, thought] }, end)] }));
    expect([apart.failures, apart.verdicts]).toEqual([["empty"], ["a/m:empty"]]);
    const limit = { events: [finish("length")] };
    const used = await play(createRig({ "a/m": [streaming({ events: [start, thought] }, limit)] }));
    expect([used.failures, used.verdicts]).toEqual([[], ["a/m:ok"]]);
  });

  test("one of two choices that ended does not make the answer whole", async () => {
    const moments = [{ events: [start, text("x", 0), text("y", 1), finish("stop", 0)] }, { events: [broken("cut")] }];
    expect((await play(createRig({ "a/m": [streaming(...moments)] }))).failures).toEqual(["cut"]);
  });

  test("deaths in mid-answer open the breaker", async () => {
    const frail = target("a/m", { breaker: { ...usualBreaker, failures: 2, rest: 2_000 } });
    const dies = streaming({ events: [start, text("AttemptInput ")] }, { events: [broken("cut")] });
    const rig = createRig({ "a/m": [dies], "b/m": spoken });
    await play(rig, fallback([frail, b]));
    await play(rig, fallback([frail, b]));
    expect((await play(rig, fallback([frail, b]))).verdicts).toEqual(["b/m:ok"]);
    await rig.clock.advance(2_000);
    expect((await play(rig, fallback([frail, b]))).verdicts).toEqual(["a/m:cut"]);
    expect((await play(rig, fallback([frail, b]))).verdicts).toEqual(["b/m:ok"]);
  });

  test("the deadline ends a stream too, and is not the target's sickness", async () => {
    const frail = target("a/m", { breaker: { ...usualBreaker, failures: 1, rest: 2_000 } });
    const slow = speaking(
      Array.from({ length: 50 }, () => "w "),
      100,
    );
    const rig = createRig({ "a/m": [slow] });
    const outcome = await rig.call(frail, { ...streamed, allowed: 1_000 });
    const { failures } = await readStream(rig, outcome);
    expect([failures, rig.clock.now()]).toEqual([["stalled"], 1_000]);
    expect(rig.health.look("a/m", frail.breaker).kind).toBe("open-for-all");
  });
});

describe("an answer that crawls (timeout.rate)", () => {
  const slow = target("a/m", { midStream: "continue", timeout: { ...a.timeout, rate: 1 } });
  const crawl = Array.from({ length: 30 }, () => ({ after: 2_000, events: [text("x")] }));
  const said = streaming({ events: [start, text("One two three four five")] }, ...crawl, { events: [finish()] });

  test("is left for a target that can continue it", async () => {
    const rig = createRig({ "a/m": [said], "b/m": spoken });
    const outcome = await rig.call(fallback([slow, target("b/m")]), streamed);
    await readStream(rig, outcome);
    expect(verdictsOf(outcome)[0]).toBe("a/m:stalled");
    expect(outcome.exchange.attempts[0]?.message).toBe("fewer than 1 tokens a second within 10 s");
    expect(outcome.exchange.attempts[0]?.totalMs).toBeLessThanOrEqual(12_000);
    expect(outcome.exchange.attempts.length).toBeGreaterThan(1);
  });

  test.each([
    ["nobody else is there", slow],
    ["the others are silent until their circuit closes", fallback([slow, slow])],
    ["it may not be continued", fallback([{ ...slow, midStream: "error" }, target("b/m")])],
    ["no floor is set", fallback([{ ...slow, timeout: a.timeout }, target("b/m")])],
  ])("is borne where %s", async (_why, route) => {
    const rig = createRig({ "a/m": [said], "b/m": spoken });
    const outcome = await rig.call(route, streamed);
    const { failures } = await readStream(rig, outcome);
    expect([failures, verdictsOf(outcome)]).toEqual([[], ["a/m:ok"]]);
  });

  test("is borne while its client is slow, and while it makes a call", async () => {
    const call = { type: "tool-start", choice: 0, tool: 0, id: "c", name: "n" } as const;
    const calling = streaming(
      { events: [start, text("One"), call] },
      ...crawl.map(({ after }) => ({ after, events: [] })),
      {
        events: [finish()],
      },
    );
    const rig = createRig({ "a/m": [calling], "b/m": spoken });
    const outcome = await rig.call(fallback([slow, target("b/m")]), streamed);
    expect((await readStream(rig, outcome)).failures).toEqual([]);
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
  });
});

describe("F12: a slow caller", () => {
  test("does not count as the vendor's silence", async () => {
    const rig = createRig({ "a/m": spoken });
    const outcome = await rig.call(a, streamed);
    if (outcome.answer?.kind !== "stream") throw new Error("no stream");
    const { pieces } = outcome.answer;
    await rig.clock.finish(pieces.next());
    await rig.clock.advance(100_000);
    expect(rig.log[0]?.cancelledAt).toBeNull();
    expect(await readStream(rig, outcome)).toEqual({ words: "you", failures: [] });
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
  });

  test("is bounded by the whole call's time", async () => {
    const rig = createRig({ "a/m": spoken });
    const outcome = await rig.call(a, { ...streamed, allowed: 5_000 });
    await rig.clock.advance(10_000);
    expect(rig.log[0]?.cancelledAt).toBe(5_000);
    expect((await readStream(rig, outcome)).failures).toEqual(["stalled"]);
  });
});

describe("F11, F14: a caller that leaves", () => {
  test.each([
    ["before the first content", 5],
    ["in mid-answer", 25],
  ])("%s: the vendor's work ends at once, and there is one line for it", async (_when, at) => {
    const rig = createRig({ "a/m": [speaking(["a", "b", "c", "d"])] });
    const { outcome, canceller } = rig.begin(a, streamed);
    await rig.clock.advance(at);
    canceller.cancel();
    await rig.clock.advance(0);
    expect(rig.log[0]?.cancelledAt).toBe(at);
    const ended = await outcome;
    if (ended.answer?.kind === "stream") ended.answer.pieces.cancel();
    expect(verdictsOf(ended)).toEqual(["a/m:cancelled"]);
  });

  test("leaving while a piece is waited for ends that wait", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [text("x")] }, hang)] });
    const outcome = await rig.call(a, streamed);
    if (outcome.answer?.kind !== "stream") throw new Error("no stream");
    const { pieces } = outcome.answer;
    await pieces.next();
    const waiting = pieces.next();
    pieces.cancel();
    expect(await waiting).toBeNull();
    expect(await pieces.next()).toBeNull();
    expect(verdictsOf(outcome)).toEqual(["a/m:cancelled"]);
    expect(rig.clock.pending).toBe(0);
  });

  test("leaving after the last word is not leaving", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [text("x"), finish()] }, hang)] });
    const outcome = await rig.call(a, streamed);
    if (outcome.answer?.kind !== "stream") throw new Error("no stream");
    await outcome.answer.pieces.next();
    outcome.answer.pieces.cancel();
    expect(verdictsOf(outcome)).toEqual(["a/m:ok"]);
  });
});

describe("refusals", () => {
  const refused = streaming({ events: [start, finish("content_filter")] }, { events: [{ type: "end" }] });

  test("are returned, unless the route leaves them", async () => {
    const rig = createRig({ "a/m": [refused], "b/m": spoken });
    const { verdicts, words, failures } = await play(rig);
    expect([verdicts, words, failures]).toEqual([["a/m:policy_blocked"], "", []]);
    expect((await play(rig, fallback([a, b], refusalTrigger))).words).toBe("Hello you");
    expect(rig.log[1]?.cancelledAt).not.toBeNull();
  });

  test("in the vendor's own field are refusals too, streamed or whole", async () => {
    const no = { type: "refusal-delta", choice: 0, text: "No." } as const;
    const told = streaming({ events: [start, no] }, { events: [finish()] }, { events: [{ type: "end" }] });
    const rig = createRig({ "a/m": [told], "b/m": spoken });
    const { verdicts, failures } = await play(rig);
    expect([verdicts, failures]).toEqual([["a/m:policy_blocked"], []]);
    expect((await play(rig, fallback([a, b], refusalTrigger))).words).toBe("Hello you");
    const alone = createRig({ "a/m": [told], "b/m": [failing("forbidden")] });
    const kept = await play(alone, fallback([a, b], refusalTrigger));
    expect([kept.verdicts, kept.answer?.target.name, kept.failures]).toEqual([
      ["a/m:policy_blocked", "b/m:forbidden"],
      "a/m",
      [],
    ]);
  });

  test("also inside an inner node that leaves them while the outer one does not", async () => {
    const rig = createRig({ "a/m": [refused], "b/m": spoken });
    const { verdicts, failures } = await play(rig, fallback([fallback([a], refusalTrigger), b]));
    expect([verdicts, failures]).toEqual([["a/m:policy_blocked"], []]);
  });

  test("are better than an error: where all others fail, the refusal is the answer", async () => {
    const rig = createRig({ "a/m": [refused], "b/m": [failing("forbidden")] });
    const { verdicts, answer, failures } = await play(rig, fallback([a, b], refusalTrigger));
    expect(verdicts).toEqual(["a/m:policy_blocked", "b/m:forbidden"]);
    expect([answer?.target.name, failures]).toEqual(["a/m", []]);
  });

  test("whole ones as well, and the last of several is kept", async () => {
    const rig = createRig({
      "a/m": [whole("", { finish: "content_filter" })],
      "b/m": [whole("", { finish: "content_filter" })],
    });
    const outcome = await rig.call(fallback([a, b], refusalTrigger));
    expect(verdictsOf(outcome)).toEqual(["a/m:policy_blocked", "b/m:policy_blocked"]);
    expect(outcome.answer?.target.name).toBe("b/m");
  });

  test("in mid-answer they are told to the ledger", async () => {
    const rig = createRig({ "a/m": [streaming({ events: [text("x")] }, { events: [finish("content_filter")] })] });
    expect((await play(rig)).verdicts).toEqual(["a/m:policy_blocked"]);
  });
});
