import { describe, expect, test } from "vitest";
import type { Field } from "../core/condition.ts";
import { loadConfigObject } from "./check.ts";
import { PortkeyConfigError } from "./portkey-shape.ts";
import { compilePortkeyConfig } from "./portkey.ts";
import { PLANTED, testCatalog } from "../../test/support/load-config.ts";

const compile = (config: unknown) => {
  const { rules } = loadConfigObject({}, { catalog: testCatalog, environment: PLANTED });
  const headers = { "x-portkey-config": "{}" };
  const context = {
    catalog: testCatalog,
    names: { rows: new Set<string>(), aliases: new Map(), absent: new Map() },
    rules,
    headers,
    callerKey: null,
    model: "m",
  };
  return compilePortkeyConfig(JSON.stringify(config), context).node;
};

const target = (name: string, more: object = {}) => ({ provider: "openai", api_key: "k-123", name, ...more });

const leading = (query: object | null, name: string): object =>
  JSON.parse(`{${query === null ? "" : `"query":${JSON.stringify(query)},`}"then":"${name}"}`) as object;

describe("loadbalance", () => {
  test("is one weighted draw without failover of its own", () => {
    const targets = [target("a", { weight: 0.7 }), target("b", { weight: 0.3 }), target("c")];
    expect(compile({ strategy: { mode: "loadbalance" }, targets })).toMatchObject({
      kind: "balance",
      path: "config",
      by: "weight",
      weights: [0.7, 0.3, 1],
      stick: null,
      trigger: { kind: "verdicts", verdicts: new Set(), statuses: new Set() },
      children: [{ path: "config.targets[0]" }, { path: "config.targets[1]" }, { path: "config.targets[2]" }],
    });
  });

  test("a target without weight is not there, unless none has any", () => {
    const weigh = (...weights: number[]): unknown =>
      compile({
        strategy: { mode: "loadbalance" },
        targets: weights.map((weight, index) => target(`t${index}`, { weight })),
      });
    expect(weigh(0, 1)).toMatchObject({ weights: [1], children: [{ path: "config.targets[1]" }] });
    expect(weigh(0, 0)).toMatchObject({ weights: [0, 0], children: [{}, {}] });
  });

  test("stands within a fallback, and a fallback within it", () => {
    const inner = { strategy: { mode: "loadbalance" }, targets: [target("a"), target("b")], weight: 2 };
    const node = compile({ strategy: { mode: "fallback" }, targets: [inner, target("c")] });
    expect(node).toMatchObject({ kind: "fallback", children: [{ kind: "balance", path: "config.targets[0]" }, {}] });
  });
});

describe("conditional", () => {
  const strategy = {
    mode: "conditional",
    conditions: [
      leading({ "metadata.plan": { $eq: "paid" } }, "b"),
      leading({ $or: [{ "url.pathname": "/v1/messages" }, { "params.temperature": { $gt: 1 } }] }, "a"),
    ],
    default: "c",
  };
  const targets = [target("a"), target("b"), target("c")];

  test("leads to targets by name", () => {
    const node = compile({ strategy, targets });
    if (node.kind !== "when") throw new Error("conditions were expected");
    expect(node.children.map(({ path }) => path)).toEqual([1, 0, 2].map((index) => `config.targets[${index}]`));
    const reading =
      (wanted: string, value: string | number) =>
      ({ scope, path }: Field) =>
        [scope, ...path].join(".") === wanted ? value : undefined;
    const [paid, path] = node.conditions;
    expect(paid!.holds(reading("metadata.plan", "paid"))).toBe(true);
    expect(paid!.holds(reading("metadata.plan", "free"))).toBe(false);
    expect(path!.holds(reading("request.path", "/v1/messages"))).toBe(true);
    expect(path!.holds(reading("params.temperature", 1.5))).toBe(true);
  });

  test("may have no default", () => {
    expect(compile({ strategy: { ...strategy, default: undefined }, targets })).toMatchObject({
      children: { length: 2 },
      conditions: { length: 2 },
    });
  });

  test.each<[object, string | readonly string[]]>([
    [{ conditions: [] }, "'strategy.conditions' of config needs at least one condition"],
    [{ default: "d" }, "No target of config has the name 'd', which strategy.default uses. Names: a, b, c"],
    [
      { conditions: [leading({}, "d")] },
      "No target of config has the name 'd', which strategy.conditions[0].then uses. Names: a, b, c",
    ],
    [
      { conditions: [leading({ plan: 1 }, "a")] },
      "config.strategy.conditions[0].query plan: is not a field of a request. A field starts with metadata., params. or request.",
    ],
    [
      { conditions: [leading({ "metadata.a": { $regex: "(a)\\1" } }, "a")] },
      'config.strategy.conditions[0].query ["metadata.a"].$regex: the regular expression has a backreference, which is not supported',
    ],
    [{ conditions: [leading(null, "a")] }, ["path: strategy,conditions,0,query, message: Required"]],
    [{ conditions: "a" }, ["path: strategy,conditions, message: Expected array, received string"]],
  ])("%j is refused", (more, message) => {
    let body: PortkeyConfigError["body"] | null = null;
    try {
      compile({ strategy: { ...strategy, ...more }, targets });
    } catch (error) {
      if (error instanceof PortkeyConfigError) ({ body } = error);
    }
    if (typeof message === "string") expect(body).toEqual({ status: "failure", message });
    else expect(body).toEqual({ status: "failure", message: "Invalid config passed", errors: message });
  });
});
