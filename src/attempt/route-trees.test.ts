// Balance, when and prefer in the walk through a route, with scripted vendors on a virtual clock.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  refusalTrigger,
  target,
  usualTrigger,
  verdictsOf,
} from "../../test/support/engine-rig.ts";
import { failing, speaking, whole } from "../../test/support/scripted-ask.ts";
import type { BalanceNode, BalanceRule, RouteNode, Trigger, WhenNode } from "../core/rules.ts";

function balance(by: BalanceRule, names: readonly string[], more: Partial<BalanceNode> = {}): BalanceNode {
  const children = names.map((name) => target(name, { retry: { ...target(name).retry, attempts: 0 } }));
  const weights = names.map(() => 1);
  return { kind: "balance", path: "r", children, weights, by, stick: null, trigger: usualTrigger, ...more };
}

const names = ["a/m", "b/m", "c/m"];

describe("a balance", () => {
  test.each(["weight", "latency", "load", "cost", "headroom"] as const)(
    "%s: one is asked, then the rest until one answers",
    async (by) => {
      const down = failing("overloaded", { status: 503 });
      const rig = createRig({ "a/m": [down], "b/m": [down], "c/m": [whole("fine")] });
      for (let time = 0; time < 10; time += 1) {
        const outcome = await rig.call(balance(by, names));
        expect(outcome.answer?.target.name).toBe("c/m");
        expect(new Set(outcome.exchange.attempts.map((one) => one.target)).size).toBe(outcome.exchange.attempts.length);
      }
    },
  );

  test("who is down cools down, and is asked by single probes", async () => {
    const rig = createRig({ "a/m": [failing("server_error", { status: 500 })], "b/m": [whole("fine")] });
    const node = balance("weight", ["a/m", "b/m"]);
    for (let time = 0; time < 200; time += 1) await rig.call(node);
    expect(rig.order().filter((name) => name === "a/m").length).toBeLessThanOrEqual(5);
  });

  test("where all fail, the call fails once, with each in its list", async () => {
    const rig = createRig({ "a/m": [failing("overloaded")], "b/m": [failing("forbidden")], "c/m": [failing("empty")] });
    const outcome = await rig.call(balance("load", names));
    expect(outcome.failure).toMatchObject({ code: "overloaded" });
    expect(verdictsOf(outcome).toSorted()).toEqual(["a/m:overloaded", "b/m:forbidden", "c/m:empty"]);
  });

  test("latency: traffic leaves who becomes slow, and comes back when it is well", async () => {
    const rig = createRig({
      "a/m": [
        ...Array.from({ length: 60 }, () => whole("fine", { after: 100 })),
        ...Array.from({ length: 8 }, () => whole("slow", { after: 6_000 })),
        whole("fine", { after: 100 }),
      ],
      "b/m": [whole("fine", { after: 400 })],
    });
    const node = balance("latency", ["a/m", "b/m"]);
    const shareOfFirst = async (calls: number): Promise<number> => {
      const before = rig.log.length;
      for (let time = 0; time < calls; time += 1) await rig.call(node);
      return (
        rig
          .order()
          .slice(before)
          .filter((name) => name === "a/m").length / calls
      );
    };
    expect(await shareOfFirst(50)).toBeGreaterThan(0.8);
    await shareOfFirst(15);
    expect(await shareOfFirst(100)).toBeLessThan(0.15);
    await shareOfFirst(300);
    expect(await shareOfFirst(100)).toBeGreaterThan(0.8);
  });

  test("load: requests under way are spread", async () => {
    const rig = createRig({ "a/m": [whole("fine", { after: 1_000 })], "b/m": [whole("fine", { after: 1_000 })] });
    const node = balance("load", ["a/m", "b/m"]);
    const calls = Array.from({ length: 20 }, () => rig.begin(node).outcome);
    expect([rig.measures.of("a/m").outstanding, rig.measures.of("b/m").outstanding]).toEqual([10, 10]);
    await Promise.all(calls.map((call) => rig.clock.finish(call)));
    expect([rig.measures.of("a/m").outstanding, rig.measures.of("b/m").outstanding]).toEqual([0, 0]);
  });

  test("stick gives way to failure only, and comes back", async () => {
    const node = balance("weight", names, { stick: { kind: "metadata", name: "user" } });
    const asked = { metadata: { user: "u1" } };
    const well = { "a/m": [whole("fine")], "b/m": [whole("fine")], "c/m": [whole("fine")] };
    const home = (await createRig(well).call(node, asked)).answer!.target.name;
    const rig = createRig({ ...well, [home]: [whole("fine"), failing("overloaded", { status: 503 }), whole("fine")] });
    const served: string[] = [];
    for (let time = 0; time < 6; time += 1) served.push((await rig.call(node, asked)).answer!.target.name);
    expect(served[1]).not.toBe(home);
    expect(served.toSpliced(1, 1)).toEqual(Array.from({ length: 5 }, () => home));
  });
});

describe("a target's own fallback_on", () => {
  test("says when it alone is left, in every kind of list", async () => {
    const stays = target("a/m", { trigger: { kind: "verdicts", verdicts: new Set(), statuses: new Set() } });
    const children: readonly RouteNode[] = [stays, target("b/m")];
    for (const node of [fallback(children), balance("weight", names, { children, weights: [1, 0] })]) {
      const rig = createRig({ "a/m": [failing("forbidden", { status: 403 })], "b/m": [whole("fine")] });
      expect((await rig.call(node)).failure).toMatchObject({ code: "forbidden" });
    }
  });

  test("of invalid output has its answers looked at, and not its siblings'", async () => {
    const trigger: Trigger = { kind: "verdicts", verdicts: new Set(["invalid_output"]), statuses: new Set() };
    const output = { kind: "json" } as const;
    const rig = createRig({ "a/m": [whole("no JSON")], "b/m": [whole("none either")] });
    const outcome = await rig.call(fallback([target("a/m", { trigger }), target("b/m")]), { output });
    expect(verdictsOf(outcome)).toEqual(["a/m:invalid_output", "b/m:ok"]);
  });
});

describe("truncated", () => {
  const trigger = { ...usualTrigger, truncated: true } as Trigger;
  const cut = whole("cut sho", { finish: "length" });
  const node = fallback([target("a/m"), target("b/m")], trigger);

  test("a whole answer that ended at its length is left, and kept where nobody has a better one", async () => {
    const better = await createRig({ "a/m": [cut], "b/m": [whole("fine")] }).call(node);
    expect(better.answer?.target.name).toBe("b/m");
    expect(verdictsOf(better)).toEqual(["a/m:ok", "b/m:ok"]);
    const down = failing("forbidden", { status: 403 });
    expect((await createRig({ "a/m": [cut], "b/m": [down] }).call(node)).answer?.target.name).toBe("a/m");
  });

  test("not where the route does not say so", async () => {
    const rig = createRig({ "a/m": [cut], "b/m": [whole("fine")] });
    expect((await rig.call(fallback([target("a/m"), target("b/m")]))).answer?.target.name).toBe("a/m");
  });
});

describe("when", () => {
  const isPro = {
    text: '{"metadata.plan":"pro"}',
    holds: (read: (field: { scope: "metadata"; path: readonly string[] }) => unknown) =>
      read({ scope: "metadata", path: ["plan"] }) === "pro",
  } as WhenNode["conditions"][number];
  const node = (...children: readonly RouteNode[]): WhenNode => ({
    kind: "when",
    path: "w",
    children,
    conditions: [isPro],
  });
  const script = { "a/m": [whole("a")], "b/m": [whole("b")], "c/m": [whole("c")] };

  test.each([
    ["pro", "a/m"],
    ["free", "b/m"],
  ])("plan %s is served by %s", async (plan, expected) => {
    const outcome = await createRig(script).call(node(target("a/m"), target("b/m")), { metadata: { plan } });
    expect(outcome.answer?.target.name).toBe(expected);
  });

  test("no case: the next one in a list, else a mistake of the caller's", async () => {
    const rig = createRig(script);
    const outcome = await rig.call(fallback([node(target("a/m")), target("c/m")]));
    expect(outcome.answer?.target.name).toBe("c/m");
    const alone = await rig.call(node(target("a/m")));
    expect(alone.failure).toMatchObject({ code: "bad_request", status: 400 });
    expect(alone.failure?.message).toContain('no `when` case of route "r" matches this request, and it has no `else`');
  });

  test("the child's own trigger counts where conditions led to it", async () => {
    const rig = createRig({ "a/m": [whole("no", { finish: "content_filter" })], "c/m": [whole("yes")] });
    const picky = target("a/m", { trigger: refusalTrigger });
    const outcome = await rig.call(fallback([node(picky), target("c/m")]), { metadata: { plan: "pro" } });
    expect(outcome.answer?.target.name).toBe("c/m");
  });
});

describe("prefer: fastest", () => {
  test("a stand-in leads while the primary is markedly slower, and hands back when it recovers", async () => {
    const slow = Array.from({ length: 40 }, () => speaking(["slow"], 6_000));
    const rig = createRig({ "a/m": [...slow, speaking(["fine"], 300)], "b/m": [speaking(["quick"], 300)] });
    const node: RouteNode = {
      kind: "fallback",
      path: "r",
      prefer: "fastest",
      trigger: usualTrigger,
      children: ["a/m", "b/m"].map((name) => target(name)),
    };
    const first = async (): Promise<string> => {
      const outcome = await rig.call(node, { streamed: true });
      const name = outcome.answer!.target.name;
      if (outcome.answer?.kind === "stream") outcome.answer.pieces.cancel();
      await rig.clock.advance(20);
      return name;
    };
    const shareOfPrimary = async (calls: number): Promise<number> => {
      let count = 0;
      for (let time = 0; time < calls; time += 1) if ((await first()) === "a/m") count += 1;
      return count / calls;
    };
    await shareOfPrimary(120);
    expect(await shareOfPrimary(200)).toBeLessThan(0.12);
    await shareOfPrimary(1_500);
    expect(await shareOfPrimary(100)).toBe(1);
  });
});
