// The routes whose cost the engine's rows compare with that of a single target: every node, nested ones, and many of
// each. Data only; the vendors behind them are simulated inside the process.
import type { ConfigFile } from "../src/config/config-file.ts";

/** One route to measure, in a gateway of its own. */
export interface EngineCase {
  readonly id: string;
  readonly title: string;
  readonly config: ConfigFile;
  /** The requested `model`. */
  readonly model: string;
}

type Node = NonNullable<ConfigFile["routes"]>[string];

const ONE = "one/m";
const TWO = "two/m";
const DOWN = "down/m";

const provider = (name: string) => ({
  kind: "openai-compatible",
  api_key: "bench-key-of-some-length",
  base_url: `http://${name}.example/v1`,
});

const providers = { one: provider("one"), two: provider("two"), down: provider("down") };

const routed = (route: Node, more: Partial<ConfigFile> = {}): ConfigFile => ({
  providers,
  ...more,
  routes: { ...more.routes, measured: route },
});

const balance = (by: string, children: readonly Node[] = [ONE, TWO]): Node =>
  ({ balance: children, by }) as unknown as Node;

const many = (count: number): readonly Node[] => Array.from({ length: count }, (_, index) => `one/m${index}`);

const nested: Node = {
  when: [{ if: { "metadata.plan": "pro" }, use: TWO }],
  else: {
    fallback: [
      { hedge: [balance("latency"), TWO], after: "p95" },
      { balance: [{ target: ONE, weight: 3 }, TWO], stick: { by: "conversation" } },
    ],
  },
};

const tenThousand = Object.fromEntries(
  Array.from({ length: 10_000 }, (_, index): readonly [string, Node] => [`route-${index}`, { fallback: [ONE, TWO] }]),
);

const measured = (id: string, title: string, route: Node): EngineCase => ({
  id,
  title,
  config: routed(route),
  model: "measured",
});

/** The route of a single target, with which all others are compared. */
export const singleTarget: EngineCase = measured("single", "a single target", ONE);

/** In the order of the table. */
export const engineCases: readonly EngineCase[] = [
  measured("engine-fallback", "fallback of two, the first answers", { fallback: [ONE, TWO] }),
  measured("engine-open", "fallback of two, the first one's breaker is open", {
    fallback: [{ target: DOWN, retry: { attempts: 0 }, breaker: { failures: 1, rest: "1h", max_rest: "1h" } }, TWO],
  }),
  measured("engine-fastest", "fallback of two, the fastest leads", { fallback: [ONE, TWO], prefer: "fastest" }),
  ...["weight", "latency", "load", "cost", "headroom"].map((by) =>
    measured(`engine-${by}`, `balance of two, by ${by}`, balance(by)),
  ),
  measured("engine-stick", "balance of two, a conversation stays", {
    balance: [ONE, TWO],
    stick: { by: "conversation" },
  }),
  measured("engine-hedge", "hedge of two, the first is in time", { hedge: [ONE, TWO] }),
  measured("engine-nested", "when, hedge, balance and fallback in one another", nested),
  measured("engine-fallback-1000", "fallback of 1,000 targets", { fallback: many(1_000) }),
  ...["weight", "latency", "load", "cost", "headroom"].map((by) =>
    measured(`engine-${by}-1000`, `balance of 1,000 targets, by ${by}`, balance(by, many(1_000))),
  ),
  measured("engine-stick-1000", "balance of 1,000 targets, a conversation stays", {
    balance: many(1_000),
    stick: { by: "conversation" },
  }),
  {
    id: "engine-routes-10000",
    title: "fallback of two, the last of 10,000 routes",
    config: { providers, routes: tenThousand },
    model: "route-9999",
  },
];
