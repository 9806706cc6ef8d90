import { expect, test } from "vitest";
import { explainRoute, explainRouteData, summarizeRoute } from "./explain.ts";
import { loadText } from "../../test/support/load-config.ts";

const text = `routes:
  a:
    when: [{ if: { metadata.plan: pro }, use: { route: shared } }]
    else: { hedge: [openai/m1, google/m2], after: 800ms }
  shared:
    balance: [{ target: openai/m3, weight: 3 }, google/m4, { target: openai/m5, weight: 0, fallback_on: [truncated] }]
    stick: { by: conversation }
  swift: { fallback: [openai/m1, google/m2], prefer: fastest }
  rest: { balance: [openai/m1, google/m2], by: headroom, stick: { by: metadata.user } }
`;
const lines = async (name: string): Promise<string[]> => {
  const { rules } = await loadText(text);
  return explainRoute(rules.routes.get(name)!)
    .split("\n")
    .filter(
      (line) =>
        !/ (url|protocol|key|timeout|retry|breaker|broken) {2}|next on|returned as|^[│ ]*slow|^[│ ]*$/.test(line),
    );
};

test("conditions, shares, delays and stickiness are said beside the children", async () => {
  const found = await lines("a");
  for (const line of [
    "when, first match wins",
    '├─ if {"metadata.plan":"pro"}',
    "│  balance, by weight",
    "│  │  sticky by conversation, while that child answers",
    "│  ├─ 75 %",
    "│  ├─ 25 %",
    "│  └─ last resort",
    "└─ else",
    "   hedge, the next child starts after 800ms",
    "   │  at most 10 % of requests, requests with tools excluded",
  ])
    expect(found).toContain(line);
  expect((await lines("swift")).slice(1, 3)).toEqual([
    "fallback, in order",
    "│  prefer fastest: a later child goes first while the first one is much slower",
  ]);
  expect((await lines("rest")).slice(1, 3)).toEqual([
    "balance, most rate limit left first",
    "│  sticky by metadata.user, while that child answers",
  ]);
});

test("as data", async () => {
  const { rules } = await loadText(text);
  expect(explainRouteData(rules.routes.get("a")!)).toMatchObject({
    node: {
      kind: "when",
      conditions: ['{"metadata.plan":"pro"}'],
      children: [
        {
          kind: "balance",
          by: "weight",
          weights: [3, 1, 0],
          stick: "conversation",
          children: [{}, {}, { left_on: { truncated: true } }],
        },
        { kind: "hedge", after: "800ms", cap: 0.1, side_effects: false },
      ],
    },
  });
  expect(explainRouteData(rules.routes.get("swift")!)).toMatchObject({ node: { prefer: "fastest" } });
});

test("in one line", async () => {
  const { rules } = await loadText(text);
  expect(summarizeRoute(rules.routes.get("a")!)).toBe("(openai/m3 | google/m4 | openai/m5) / (openai/m1 + google/m2)");
});
