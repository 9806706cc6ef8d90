import { describe, expect, test } from "vitest";
import type { RouteNode } from "../core/rules.ts";
import { defaultTriggers } from "./defaults.ts";
import { asFallback, loadText, targetsOf } from "../../test/support/load-config.ts";

const compile = async (text: string): Promise<RouteNode> => (await loadText(text)).rules.routes.get("a")!.node;

/** The tree's shape: targets by model, fallbacks as lists. */
type Shape = string | Shape[];
const shapeOf = (node: RouteNode): Shape => (node.kind === "target" ? node.model : node.children.map(shapeOf));

describe("every kind of node", () => {
  test.each<[string, Shape]>([
    ["openai/m1", "m1"],
    ["{ target: openai/m1 }", "m1"],
    ["{ target: openai/org/m1:free }", "org/m1:free"],
    ["{ fallback: [openai/m1, { target: openai/m2 }] }", ["m1", "m2"]],
    ["{ fallback: [{ fallback: [openai/m1, openai/m2] }, openai/m3] }", [["m1", "m2"], "m3"]],
    ["{ fallback: [openai/m1, { route: other }] }", ["m1", ["o1", "o2"]]],
    ["{ route: other }", ["o1", "o2"]],
    ["{ balance: [openai/m1, { target: openai/m2, weight: 0.5 }], by: load }", ["m1", "m2"]],
    ["{ hedge: [openai/m1, { route: other }], after: 1s }", ["m1", ["o1", "o2"]]],
    ["{ when: [{ if: { metadata.a: b }, use: openai/m1 }], else: { route: other } }", ["m1", ["o1", "o2"]]],
  ])("%s", async (node, shape) => {
    expect(shapeOf(await compile(`routes:\n  a: ${node}\n  other: { fallback: [openai/o1, openai/o2] }`))).toEqual(
      shape,
    );
  });

  test("paths tell the place, through other routes too", async () => {
    const node = await compile("routes: { a: { fallback: [openai/m1, { route: b }] }, b: { fallback: [openai/m2] } }");
    expect(targetsOf(node).map(({ path }) => path)).toEqual(["a.fallback[0]", "a.fallback[1].route.fallback[0]"]);
  });

  test("each kind has its settings, and paths lead through it", async () => {
    const { rules } = await loadText(`
routes:
  a: { balance: [openai/m1, { target: openai/m2, weight: 0.5 }], by: latency, stick: { by: metadata.user } }
  b: { hedge: [openai/m1, { route: a }], after: p99.5, cap: 5%, side_effects: allowed }
  c: { when: [{ if: { metadata.a: b }, use: openai/m1 }], else: { route: b } }
  d: { hedge: [openai/m1, openai/m2] }
  e: { fallback: [openai/m1, { target: openai/m2, price: { input: 1, output: "2.5" } }], prefer: fastest }
`);
    const nodeOf = (name: string): RouteNode => rules.routes.get(name)!.node;
    expect(nodeOf("a")).toMatchObject({ by: "latency", weights: [1, 0.5], stick: { kind: "metadata", name: "user" } });
    const learned = { kind: "quantile", quantile: 0.995 };
    expect(nodeOf("b")).toMatchObject({ kind: "hedge", after: learned, cap: 0.05, sideEffects: true });
    expect(nodeOf("d")).toMatchObject({ after: { kind: "quantile", quantile: 0.95 }, cap: 0.1, sideEffects: false });
    expect(nodeOf("c")).toMatchObject({ kind: "when", conditions: [{ text: '{"metadata.a":"b"}' }] });
    expect(nodeOf("e")).toMatchObject({ prefer: "fastest", children: [{ tariff: null }, {}] });
    expect(targetsOf(nodeOf("e"))[1]?.tariff?.price()).toEqual({ input: 1, output: 2.5 });
    expect(targetsOf(nodeOf("c")).map(({ path }) => path)).toEqual([
      "c.when[0].use",
      "c.else.route.hedge[0]",
      "c.else.route.hedge[1].route.balance[0]",
      "c.else.route.hedge[1].route.balance[1]",
    ]);
  });

  test("a route may be used twice, and have a name like a model's", async () => {
    const { rules } = await loadText(
      "routes: { a: { fallback: [{ route: gpt-4o }, { route: gpt-4o }] }, gpt-4o: openai/gpt-4o }",
    );
    expect(shapeOf(rules.routes.get("a")!.node)).toEqual(["gpt-4o", "gpt-4o"]);
    expect(rules.routes.get("gpt-4o")?.node.path).toBe("gpt-4o");
  });
});

describe("a child's value wins", () => {
  const text = `
defaults:
  timeout: { connect: 1s, idle: 20s }
  retry: { attempts: 0, hints: false }
  params: { temperature: 1, user: everyone }
routes:
  a:
    timeout: { idle: 10s, total: 90s }
    params: { temperature: 0.5, response_format: { type: json_object } }
    breaker: off
    fallback:
      - openai/m1
      - target: openai/m2
        timeout: { idle: 2s, first_token: 4s, headers: 3s }
        retry: { attempts: 3, statuses: [503, 429] }
        params: { temperature: 0 }
        breaker: { failures: 2, rate: 25%, window: 10s, minimum: 4, rest: 90s, slow_start: 0s }
`;

  test.each([
    ["off", Infinity],
    ["4s", 4_000],
  ])("slow_call: %s", async (slowCall, expected) => {
    const routes = `routes: { a: { target: openai/m, breaker: { slow_call: ${slowCall}, slow_rate: 20% } } }`;
    const [target] = targetsOf(await compile(`providers: { openai: { api_key: x } }\n${routes}`));
    expect(target!.breaker).toMatchObject({ slowCall: expected, slowRate: 0.2 });
  });

  test("over its parent's, the parent's over the defaults", async () => {
    const [first, second] = targetsOf(await compile(text));
    expect(first!.timeout).toEqual({ connect: 1_000, firstToken: null, headers: null, idle: 10_000, total: 90_000 });
    expect(second!.timeout).toEqual({ connect: 1_000, firstToken: 4_000, headers: 3_000, idle: 2_000, total: 90_000 });
    expect(first!.retry).toEqual({ attempts: 0, maxWait: 3_000, statuses: null, hints: false });
    expect(second!.retry).toEqual({ attempts: 3, maxWait: 3_000, statuses: new Set([503, 429]), hints: false });
    expect(first!.params).toEqual({ temperature: 0.5, user: "everyone", response_format: { type: "json_object" } });
    expect(second!.params).toEqual({ temperature: 0, user: "everyone", response_format: { type: "json_object" } });
    expect(first!.breaker).toBeNull();
    expect(second!.breaker).toEqual({
      failures: 2,
      rate: 0.25,
      slowCall: null,
      slowRate: 0.5,
      window: 10_000,
      minimum: 4,
      rest: 90_000,
      maxRest: 90_000,
      slowStart: 0,
    });
  });

  test("defaults hold for targets that no route names", async () => {
    const { rules } = await loadText(text);
    expect(rules.direct("openai", "x")).toMatchObject({
      node: { timeout: { connect: 1_000, idle: 20_000 }, params: { user: "everyone" } },
    });
  });

  test("a floor for throughput is inherited, and 0 switches it off", async () => {
    const node = await compile(
      "routes: { a: { fallback: [openai/m, { target: openai/n, timeout: { rate: 0 } }], timeout: { rate: 5 } } }",
    );
    expect(targetsOf(node).map(({ timeout }) => timeout.rate)).toEqual([5, undefined]);
  });

  test("a route's policies hold in the route that it names, below that route's own", async () => {
    const node = await compile(
      "routes: { a: { route: b, timeout: { idle: 5s, total: 40s } }, b: { target: openai/m, timeout: { idle: 7s } } }",
    );
    expect(targetsOf(node)[0]!.timeout).toMatchObject({ idle: 7_000, total: 40_000 });
  });

  test.each([
    ["{ target: openai/m, timeout: { total: 40s } }", 40_000],
    ["{ route: b, timeout: { total: 40s } }", 30_000],
    ["{ route: c, timeout: { total: 40s } }", 40_000],
    ["openai/m", 600_000],
  ])("the whole call of %s is bound by %i ms", async (node, total) => {
    const { rules } = await loadText(
      `routes: { a: ${node}, b: { target: openai/m, timeout: { total: 30s } }, c: openai/m }`,
    );
    expect(rules.routes.get("a")!.total).toBe(total);
  });
});

describe("fallback_on", () => {
  test("the default is every verdict but the caller's mistakes, policy and opt-in checks", () => {
    const stays = ["ok", "policy_blocked", "bad_request", "cancelled", "invalid_output"];
    expect(stays.filter((verdict) => defaultTriggers.has(verdict as never))).toEqual([]);
    expect(defaultTriggers.size).toBe(16);
  });

  test("mixes verdicts and statuses; `default` stands for the usual ones", async () => {
    const node = await compile(
      "routes: { a: { fallback: [openai/m], fallback_on: [default, policy_blocked, 418, '503'] } }",
    );
    expect(asFallback(node).trigger).toEqual({
      kind: "verdicts",
      verdicts: new Set([...defaultTriggers, "policy_blocked"]),
      statuses: new Set([418, 503]),
    });
  });

  test("takes `truncated`, which is no verdict", async () => {
    const node = asFallback(await compile("routes: { a: { fallback: [openai/m], fallback_on: [truncated, 429] } }"));
    expect(node.trigger).toEqual({
      kind: "verdicts",
      verdicts: new Set(),
      statuses: new Set([429]),
      truncated: true,
    });
  });

  test("is handed down to fallbacks below, whose own wins", async () => {
    const node = asFallback(
      await compile(
        "routes: { a: { fallback_on: [503], fallback: [{ fallback: [openai/m1] }, { fallback: [openai/m2], fallback_on: [429] }] } }",
      ),
    );
    expect(node.children.map((child) => asFallback(child).trigger)).toMatchObject([
      { statuses: new Set([503]) },
      { statuses: new Set([429]) },
    ]);
  });

  test("of a target says when that one target is left; the order stays", async () => {
    const node = asFallback(
      await compile(
        "routes: { a: { fallback: [openai/m1, { target: openai/m2, fallback_on: [rate_limited] }, openai/m3, { target: openai/m4, fallback_on: [500] }] } }",
      ),
    );
    expect(shapeOf(node)).toEqual(["m1", "m2", "m3", "m4"]);
    expect(node.trigger).toMatchObject({ verdicts: defaultTriggers });
    const [first, second, third, fourth] = targetsOf(node);
    expect([first!.trigger, third!.trigger]).toEqual([undefined, undefined]);
    expect(second!.trigger).toMatchObject({ verdicts: new Set(["rate_limited"]) });
    expect(fourth!.trigger).toMatchObject({ statuses: new Set([500]) });
  });

  test("of the first of two targets replaces the list's", async () => {
    const node = asFallback(
      await compile("routes: { a: { fallback: [{ target: openai/m1, fallback_on: [] }, openai/m2] } }"),
    );
    expect(shapeOf(node)).toEqual(["m1", "m2"]);
    expect(targetsOf(node)[0]!.trigger).toEqual({ kind: "verdicts", verdicts: new Set(), statuses: new Set() });
  });
});
