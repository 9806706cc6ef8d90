// What an operation served aside, such as a token count, acquires and reports, next to attempts on the same target.
import { describe, expect, test } from "vitest";
import { createRig, fallback, key, provider, type Rig, target, verdictsOf } from "../../test/support/engine-rig.ts";
import { plainCall, plainExchange } from "../../test/support/exchange.ts";
import { failing, whole } from "../../test/support/scripted-ask.ts";
import type { Ask, Asking, DocumentAnswer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { FailureVerdict } from "../core/verdict.ts";
import { askAside } from "./serve-aside.ts";
import { wireFailure } from "./target/wire-failure.ts";

const a = target("a/m");
const b = target("b/m");
const node = fallback([a, b]);

async function count(rig: Rig, said: FailureVerdict | "ok" | Partial<WireFailure>, from = a) {
  const exchange = plainExchange({ call: plainCall({}) });
  let asked: string | null = null;
  const ask: Ask = async (asking) => {
    asked = asking.key?.value ?? "none";
    if (said === "ok") return documentFor(asking);
    return typeof said === "string" ? wireFailure(said, said) : { ...wireFailure("rate_limited", "slow"), ...said };
  };
  const counted = await askAside({ exchange, target: from }, { ...rig.parts, ask });
  return { counted, asked };
}

const documentFor = ({ target: asked, attempt }: Asking): DocumentAnswer => ({
  kind: "document",
  result: { model: "", usage: null },
  raw: null,
  headers: {},
  target: asked,
  attempt,
});

const openPlaces = (rig: Rig) => {
  const { limiter, metrics } = rig.parts.states.of(a);
  return limiter.inFlight + metrics.outstanding;
};

describe("a count of tokens", () => {
  test("that comes while a refused key is tried leaves the trial to the next answer", async () => {
    const rig = createRig({ "a/m": [failing("bad_key"), whole("fine")], "b/m": [whole("other")] });
    await rig.call(node);
    await rig.clock.advance(60_000);
    expect((await count(rig, "ok")).asked).toBe("a-key");
    expect(verdictsOf(await rig.call(node))).toEqual(["a/m:ok"]);
  });

  test("is not asked while the key cools down, and its own refusal lets the key cool down", async () => {
    const rig = createRig({ "a/m": [whole("fine")], "b/m": [whole("other")] });
    expect((await count(rig, "bad_key")).asked).toBe("a-key");
    expect(await count(rig, "ok")).toEqual({ counted: null, asked: null });
    expect(verdictsOf(await rig.call(node))).toEqual(["b/m:ok"]);
    expect(rig.alerts).toHaveLength(1);
  });

  test("uses the pool's other key after one was limited", async () => {
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const rig = createRig({});
    const asked = [
      await count(rig, { waitMs: 60_000 }, pool),
      await count(rig, "ok", pool),
      await count(rig, "ok", pool),
    ];
    expect(asked.map((one) => one.asked)).toEqual(["one", "two", "two"]);
  });

  test("counts for the circuit breaker where it fails; that it came closes none", async () => {
    const rig = createRig({ "a/m": [whole("fine")] });
    for (let time = 0; time < 5; time += 1) await count(rig, "server_error");
    expect(rig.health.look("a/m", a.breaker).kind).toBe("cooling-down");
    expect((await count(rig, "ok")).asked).toBeNull();
    await rig.clock.advance(2_000);
    // The probe is reserved for an answer.
    expect((await count(rig, "ok")).asked).toBeNull();
    expect(rig.health.look("a/m", a.breaker).kind).toBe("probe");
  });

  test.each(["malformed", "no_response", "slow_first_token"] as const)(
    "that is %s says nothing of answers",
    async (verdict) => {
      const rig = createRig({});
      for (let time = 0; time < 10; time += 1) await count(rig, verdict);
      expect(rig.health.look("a/m", a.breaker).kind).toBe("open-for-all");
    },
  );

  test("takes a place, never waits for one, and gives it back, also where the gateway itself fails", async () => {
    const narrow = target("a/m", { concurrency: { max: 1, adaptive: false, queue: 5, wait: 5_000 } });
    const rig = createRig({});
    const exchange = plainExchange({ call: plainCall({}) });
    const fault = new Error("a fault");
    const ask: Ask = async () => {
      expect(openPlaces(rig)).toBe(2);
      expect((await count(rig, "ok", narrow)).asked).toBeNull();
      throw fault;
    };
    const first = await askAside({ exchange, target: narrow }, { ...rig.parts, ask });
    expect(first).toMatchObject({ verdict: "server_error" });
    expect(openPlaces(rig)).toBe(0);
    expect((await count(rig, "ok", narrow)).asked).toBe("a-key");
    expect([openPlaces(rig), rig.faults]).toEqual([0, [fault]]);
  });

  test("teaches no times of answers", async () => {
    const rig = createRig({});
    for (let time = 0; time < 30; time += 1) await count(rig, "ok");
    const { metrics, timeouts } = rig.parts.states.of(a);
    expect([metrics.samples("whole"), metrics.samples("streamed"), timeouts.first("streamed")]).toEqual([0, 0, null]);
  });
});
