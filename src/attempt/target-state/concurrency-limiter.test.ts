import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRig, fallback, target, verdictsOf } from "../../../test/support/engine-rig.ts";
import { silent, whole } from "../../../test/support/scripted-ask.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { priorities, type Priority } from "../../core/exchange.ts";
import type { ConcurrencyRules } from "../../core/rules.ts";
import { ConcurrencyLimiter, type Entering, type Full } from "./concurrency-limiter.ts";

const two: ConcurrencyRules = { max: 2, adaptive: true, queue: 3, wait: 5_000 };
const over = { wasAnswered: true, totalMs: 100 };

function door(rules = two) {
  const clock = new VirtualClock();
  const gate = new ConcurrencyLimiter(clock);
  const entering = (more: Partial<Entering> = {}): Entering => ({
    rules,
    hasStandIn: false,
    priority: "normal",
    silence: 10_000,
    deadline: 600_000,
    cancellation: new Canceller(),
    ...more,
  });
  const leave = (): void => {
    gate.recordAnswer(100, "streamed");
    gate.release("ok", over);
  };
  return { clock, gate, entering, leave };
}

describe("a gate", () => {
  test("lets in as many as may be under way, and sends the next one to the stand-in at once", () => {
    const { gate, entering } = door();
    expect([gate.acquire(entering()), gate.acquire(entering())]).toEqual([null, null]);
    expect(gate.acquire(entering({ hasStandIn: true }))).toEqual({
      reason: "concurrency limit reached: 2 requests in flight",
      waitMs: 1_000,
    });
    expect(gate.inFlight).toBe(2);
  });

  test("where no other target is left one waits, the most urgent first", async () => {
    const { gate, entering, leave } = door();
    gate.acquireAlways();
    gate.acquireAlways();
    const order: string[] = [];
    const waits = (["low", "normal", "high"] as const).map(async (priority) => {
      expect(await gate.acquire(entering({ priority }))).toBeNull();
      order.push(priority);
    });
    expect(gate.waiting).toBe(3);
    for (let count = 0; count < 3; count += 1) leave();
    await Promise.all(waits);
    expect(order).toEqual(["high", "normal", "low"]);
    expect(gate.inFlight).toBe(2);
  });

  test("a full line refuses at once, unless somebody less urgent can be sent away", async () => {
    const { gate, entering } = door();
    gate.acquireAlways();
    gate.acquireAlways();
    const low = gate.acquire(entering({ priority: "low" }));
    for (let count = 0; count < 2; count += 1) void gate.acquire(entering());
    await expect(gate.acquire(entering({ priority: "low" }))).resolves.toMatchObject({ waitMs: 1_000 });
    void gate.acquire(entering({ priority: "high" }));
    await expect(low).resolves.toMatchObject({ waitMs: 1_000 });
    expect(gate.waiting).toBe(3);
  });

  test("nobody waits for longer than the rules, the deadline or the caller allow", async () => {
    const { gate, entering, clock } = door();
    gate.acquireAlways();
    gate.acquireAlways();
    const canceller = new Canceller();
    const patient = gate.acquire(entering()) as Promise<Full | null>;
    const hurried = gate.acquire(entering({ deadline: 300 })) as Promise<Full | null>;
    const leaving = gate.acquire(entering({ cancellation: canceller })) as Promise<Full | null>;
    canceller.cancel();
    expect(await leaving).not.toBeNull();
    expect(await clock.finish(hurried)).not.toBeNull();
    expect(clock.now()).toBe(300);
    expect(await clock.finish(patient)).not.toBeNull();
    expect(clock.now()).toBe(5_000);
    expect([gate.waiting, clock.pending]).toEqual([0, 0]);
  });

  test("one that would wait in vain is told at once when to come again", () => {
    const { gate, entering } = door();
    gate.acquireAlways();
    gate.release("ok", { wasAnswered: false, totalMs: 20_000 });
    gate.acquireAlways();
    gate.acquireAlways();
    expect(gate.acquire(entering())).toMatchObject({ waitMs: 10_000 });
  });

  test("a target that says nothing to ten requests is spared, where there is a stand-in", async () => {
    const { gate, entering, clock } = door({ ...two, max: null });
    for (let count = 0; count < 10; count += 1) gate.acquireAlways();
    await clock.advance(5_001);
    expect(gate.acquire(entering({ hasStandIn: true }))).toMatchObject({
      reason: "10 requests in flight without a first token",
    });
    expect(gate.acquire(entering())).toBeNull();
    gate.recordAnswer(5_001, "streamed");
    expect(gate.acquire(entering({ hasStandIn: true }))).toBeNull();
  });
});

type Move = { readonly move: "ask"; readonly priority: Priority } | { readonly move: "leave" | "cancel" | "wait" };
const moves = fc.array(
  fc.oneof(
    fc.record({ move: fc.constant("ask" as const), priority: fc.constantFrom(...priorities) }),
    fc.record({ move: fc.constantFrom("leave" as const, "cancel" as const, "wait" as const) }),
  ),
  { maxLength: 80 },
);

test("whatever happens, no place is lost, none is given twice, and everybody who waits is told", async () => {
  await fc.assert(
    fc.asyncProperty(moves, async (list: readonly Move[]) => {
      const { gate, entering, leave, clock } = door();
      const waiting = new Set<Canceller>();
      let inside = 0;
      for (const one of list) {
        if (one.move === "leave" && inside > 0) {
          inside -= 1;
          leave();
        } else if (one.move === "cancel") [...waiting][0]?.cancel();
        else if (one.move === "wait") await clock.advance(2_000);
        else if (one.move === "ask") {
          const cancellation = new Canceller();
          const entered = gate.acquire(entering({ priority: one.priority, cancellation }));
          if (entered === null) inside += 1;
          if (entered instanceof Promise) {
            waiting.add(cancellation);
            void entered.then((full) => {
              waiting.delete(cancellation);
              if (full === null) inside += 1;
            });
          }
        }
        await clock.advance(0);
        expect(gate.inFlight).toBe(inside);
        expect(inside).toBeLessThanOrEqual(2);
        expect(gate.waiting).toBe(waiting.size);
        expect(waiting.size).toBeLessThanOrEqual(3);
      }
      await clock.run();
      expect([gate.waiting, waiting.size, clock.pending]).toEqual([0, 0, 0]);
    }),
    { numRuns: 200 },
  );
});

describe("through the engine", () => {
  const one: ConcurrencyRules = { max: 1, adaptive: true, queue: 1, wait: 5_000 };
  const a = target("a/m", { concurrency: one });

  test("what finds no place at the primary is answered by the stand-in, at once", async () => {
    const rig = createRig({ "a/m": [whole("slow", { after: 2_000 })], "b/m": [whole("fine", { after: 10 })] });
    const calls = [1, 2, 3].map(() => rig.begin(fallback([a, target("b/m")])).outcome);
    const outcomes = await rig.clock.finish(Promise.all(calls));
    expect(outcomes.map(verdictsOf)).toEqual([["a/m:ok"], ["b/m:ok"], ["b/m:ok"]]);
    expect(outcomes[1]?.exchange.skipped[0]?.reason).toBe("concurrency limit reached: 1 request in flight");
    expect(rig.log.map(({ at }) => at)).toEqual([0, 0, 0]);
  });

  test("where no other target is left one waits, and the next is refused early, with the time to come again", async () => {
    const rig = createRig({ "a/m": [whole("slow", { after: 2_000 })] });
    const calls = [1, 2, 3].map(() => rig.begin(a).outcome);
    const refused = await calls[2];
    expect(rig.clock.now()).toBe(0);
    expect(refused?.failure).toMatchObject({ code: "overloaded", status: 503, retryAfterMs: 1_000 });
    const answered = await rig.clock.finish(Promise.all(calls.slice(0, 2)));
    expect(answered.map(verdictsOf)).toEqual([["a/m:ok"], ["a/m:ok"]]);
    expect(rig.log.map(({ at }) => at)).toEqual([0, 2_000]);
  });

  test("a full primary is the last resort where the stand-ins fail", async () => {
    const rig = createRig({ "a/m": [whole("slow", { after: 2_000 })] });
    const down = target("b/m", { retry: { ...a.retry, attempts: 0 } });
    const calls = [1, 2].map(() => rig.begin(fallback([a, down])).outcome);
    const [, second] = await rig.clock.finish(Promise.all(calls));
    expect(second?.answer?.target.name).toBe("a/m");
  });

  test("a caller who leaves while it waits leaves no place taken", async () => {
    const rig = createRig({ "a/m": [whole("slow", { after: 2_000 }), whole("fine")] });
    const first = rig.begin(a);
    const second = rig.begin(a);
    await rig.clock.advance(100);
    second.canceller.cancel();
    expect((await second.outcome).exchange.attempts).toEqual([]);
    await rig.clock.finish(first.outcome);
    expect(verdictsOf(await rig.call(a))).toEqual(["a/m:ok"]);
    expect(rig.clock.pending).toBe(0);
  });

  test("of a silent outage at fifty requests a second, most never meet the silence", async () => {
    const open = target("a/m", { concurrency: { ...one, max: null } });
    const rig = createRig({ "a/m": [silent()], "b/m": [whole("fine", { after: 100 })] });
    const calls: Promise<unknown>[] = [];
    for (let count = 0; count < 1_500; count += 1) {
      calls.push(rig.begin(fallback([open, target("b/m")]), { streamed: true }).outcome);
      await rig.clock.advance(20);
    }
    await rig.clock.finish(Promise.all(calls));
    // Five seconds until the silence is noticed, against ten if each request had to notice it by itself.
    expect(rig.order().filter((name) => name === "a/m").length).toBeLessThan(300);
  });
});
