import { expect, test } from "vitest";
import { fallback, plainRow, provider, target, usualTrigger } from "../../test/support/engine-rig.ts";
import type { RouteNode, TargetNode } from "../core/rules.ts";
import { rememberStandIns } from "./stand-ins.ts";

const at = (name: string, row = plainRow(name)): TargetNode =>
  target(`${name}/m`, { provider: provider(name, { row }) });
const mistral = at("mistral");
const openai = at("openai");
const google = at("google", plainRow("google", { protocol: "gemini-generate" }));
const fixed = { trigger: usualTrigger, path: "r" } as const;
const hedge = (...children: RouteNode[]): RouteNode => ({
  ...fixed,
  kind: "hedge",
  children,
  after: { kind: "fixed", milliseconds: 1 },
  cap: 1,
  sideEffects: false,
});
const balance = (...children: RouteNode[]): RouteNode =>
  ({
    ...fixed,
    kind: "balance",
    children,
    by: "weight",
    weights: children.map(() => 1),
    stick: null,
  }) as unknown as RouteNode;
const when = (...children: RouteNode[]): RouteNode => ({ kind: "when", path: "r", children, conditions: [] });

const byRow = ({ provider: { row } }: TargetNode) => row.protocol;
const standsInFor = (root: RouteNode, node = openai, protocolAt: typeof byRow = byRow): string =>
  rememberStandIns()(root, node, protocolAt);
const isStandIn = (root: RouteNode, node = openai): boolean => standsInFor(root, node) !== "nobody";

test("one that comes after another vendor, whatever that one is spoken to in", () => {
  expect(isStandIn(fallback([mistral, openai]))).toBe(true);
  expect(isStandIn(fallback([openai, mistral]))).toBe(false);
  expect(isStandIn(fallback([openai, mistral]), mistral)).toBe(true);
  expect(isStandIn(fallback([google, openai]))).toBe(true);
  expect(isStandIn(openai)).toBe(false);
  expect(rememberStandIns()(undefined, openai, byRow)).toBe("nobody");
});

test("whether one of them speaks its protocol", () => {
  expect(standsInFor(fallback([google, openai]))).toBe("other");
  expect(standsInFor(fallback([mistral, google, openai]))).toBe("alike");
  expect(standsInFor(fallback([google, mistral, openai]))).toBe("alike");
  expect(standsInFor(fallback([mistral, google]), google)).toBe("other");
});

test("its own row by another name of the provider's is no other host", () => {
  const row = plainRow("openai");
  const [one, two] = [at("one", row), at("two", { ...row })];
  expect(isStandIn(fallback([one, two]), two)).toBe(false);
});

test("the same vendor by another of its protocols: what it was sent had been translated", () => {
  const [one, two] = [
    at("one", plainRow("openai")),
    at("two", { ...plainRow("openai"), protocol: "openai-responses" }),
  ];
  expect(standsInFor(fallback([one, two]), two)).toBe("other");
});

test("the protocol of this call counts: a vendor's models may be asked in several", () => {
  const row = plainRow("openai");
  const model = (name: string): TargetNode => target(`openai/${name}`, { provider: provider("openai", { row }) });
  const [first, second] = [model("first"), model("second")];
  const detour = (node: TargetNode) => (node === first ? "openai-responses" : node.provider.row.protocol);
  const route = fallback([first, second, mistral]);
  expect(standsInFor(route, second)).toBe("nobody");
  expect(standsInFor(route, second, detour)).toBe("other");
  expect(standsInFor(fallback([first, mistral]), mistral, detour)).toBe("alike");
  const responses = at("openai", { ...row, protocol: "openai-responses" });
  expect(standsInFor(fallback([responses, second]), second, () => "openai-responses")).toBe("nobody");
});

test("a model that comes after many others of its vendor is compared with the first ones", () => {
  const row = plainRow("openai");
  const nodes = Array.from({ length: 1000 }, (_, index) =>
    target(`openai/m${index}`, { provider: provider("openai", { row }) }),
  );
  let asked = 0;
  const protocolAt = (): "openai-chat" => {
    asked += 1;
    return "openai-chat";
  };
  expect(standsInFor(fallback(nodes), nodes.at(-1), protocolAt)).toBe("nobody");
  expect(asked).toBeLessThan(20);
});

test("through nodes within nodes; what has no fixed order may come after all", () => {
  expect(isStandIn(fallback([fallback([google, mistral]), openai]))).toBe(true);
  expect(isStandIn(hedge(openai, mistral))).toBe(false);
  expect(isStandIn(hedge(mistral, openai))).toBe(true);
  expect(isStandIn(balance(openai, mistral))).toBe(true);
  expect(isStandIn(fallback([openai, mistral], undefined))).toBe(false);
  expect(isStandIn({ ...fallback([openai, mistral]), prefer: "fastest" } as RouteNode)).toBe(true);
  expect(isStandIn(when(mistral, openai))).toBe(false);
  expect(isStandIn(fallback([when(mistral, google), openai]))).toBe(true);
  expect(isStandIn(fallback([mistral, when(google, fallback([openai]))]))).toBe(true);
});
