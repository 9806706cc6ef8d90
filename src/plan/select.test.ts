import { describe, expect, test } from "vitest";
import { seededRandom, VirtualClock } from "../../test/support/virtual-clock.ts";
import { target } from "../../test/support/engine-rig.ts";
import type { BalanceNode, WhenNode } from "../core/rules.ts";
import type { Question } from "../core/load-balancing.ts";
import { createSelection } from "./select.ts";
import { balance, factsOf, placesOf, preferring, question, type Told } from "./selection.test-support.ts";

function selectionOf(told: Readonly<Record<string, Told>> = {}, clock = new VirtualClock()) {
  return createSelection({ facts: factsOf(told), clock, random: seededRandom(7) });
}

/** How often each child comes first, of 2000 requests. */
function firstsOf(
  node: BalanceNode,
  told: Readonly<Record<string, Told>> = {},
  asked: Question = question(),
): number[] {
  const selection = selectionOf(told);
  const counts = node.children.map(() => 0);
  for (let time = 0; time < 2_000; time += 1) {
    const place = selection.balance(node, asked).next();
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

describe("of a thousand children", () => {
  const many = balance(
    Array.from({ length: 1_000 }, (_, place) => `v${place}/m`),
    { weights: Array.from({ length: 1_000 }, (_, place) => (place < 10 ? 0 : place % 7)) },
  );
  const weigh = (random: () => number): readonly number[] =>
    placesOf(createSelection({ facts: factsOf({}), clock: new VirtualClock(), random }).balance(many, question()));

  test("each is given once, those of weight 0 last", () => {
    const places = weigh(seededRandom(7));
    expect(new Set(places).size).toBe(1_000);
    const idle = many.weights.filter((weight) => weight === 0).length;
    expect(places.slice(-idle).every((place) => many.weights[place] === 0)).toBe(true);
  });

  test.each([0, 0.2, 0.5, 0.999_999])("the first is drawn by its weight: %d", (drawn) => {
    const total = many.weights.reduce((sum, weight) => sum + weight, 0);
    let [sum, expected] = [0, -1];
    for (const [place, weight] of many.weights.entries()) {
      sum += weight;
      if (sum > drawn * total) {
        expected = place;
        break;
      }
    }
    expect(weigh(() => drawn)[0]).toBe(expected);
  });
});

test("a rehearsal remembers nobody's lead", () => {
  const node = preferring(["a/m", "b/m"]);
  const firstAfter = (isRehearsed: boolean): number | undefined => {
    const told = { "a/m": { ttft: 9_000 }, "b/m": { ttft: 200 } };
    const random = () => 0.99;
    const selection = createSelection({ facts: factsOf(told), clock: new VirtualClock(), random });
    const before = isRehearsed ? selection.rehearse(random) : selection;
    expect(placesOf(before.prefer(node, question()))).toEqual([1, 0]);
    // The difference is too small for the lead to change.
    told["a/m"].ttft = 3_000;
    told["b/m"].ttft = 2_000;
    return placesOf(selection.prefer(node, question()))[0];
  };
  expect([firstAfter(false), firstAfter(true)]).toEqual([1, 0]);
});

describe("every rule", () => {
  test.each(["weight", "latency", "load", "cost", "headroom"] as const)("%s: each child comes once", (by) => {
    const node = balance(["a/m", "b/m", "c/m", "d/m"], { by, weights: [1, 1, 0, 1] });
    for (let time = 0; time < 50; time += 1) {
      const places = placesOf(selectionOf().balance(node, question()));
      expect(places.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
      // Weight 0: only if no other child answers.
      expect(places[3]).toBe(2);
    }
  });

  test.each(["latency", "load", "cost", "headroom"] as const)("%s: who cools down is asked last", (by) => {
    const told = {
      "a/m": { coolingDown: true, ttft: 1, headroom: 1 },
      "b/m": { ttft: 900, outstanding: 9, headroom: 0.1 },
    };
    const node = balance(["a/m", "b/m"], { by });
    for (let time = 0; time < 50; time += 1)
      expect(placesOf(selectionOf(told).balance(node, question()))).toEqual([1, 0]);
  });

  test.each(["latency", "load", "headroom"] as const)("%s: who fails is not taken for fast or free", (by) => {
    const told = {
      "a/m": { ttft: 100, errorRate: 0.9, headroom: 0.5 },
      "b/m": { ttft: 200, outstanding: 1, headroom: 0.4 },
    };
    const [sick = 0, well = 0] = firstsOf(balance(["a/m", "b/m"], { by }), told);
    expect(well).toBeGreaterThan(sick * 10);
  });
});

describe("weight", () => {
  test("is the share of requests", () => {
    const [a = 0, b = 0, c = 0] = firstsOf(balance(["a/m", "b/m", "c/m"], { weights: [0.7, 0.3, 0] }));
    expect(a / 2_000).toBeCloseTo(0.7, 1);
    expect(b / 2_000).toBeCloseTo(0.3, 1);
    expect(c).toBe(0);
  });
});

describe("latency", () => {
  test("the faster of two leads; a small share looks how the other one does", () => {
    const [fast = 0, slow = 0] = firstsOf(balance(["a/m", "b/m"], { by: "latency" }), {
      "a/m": { ttft: 300 },
      "b/m": { ttft: 3_000 },
    });
    expect(slow / 2_000).toBeGreaterThan(0.02);
    expect(slow / 2_000).toBeLessThan(0.08);
    expect(fast + slow).toBe(2_000);
  });

  test("the pace of tokens counts", () => {
    const told = { "a/m": { ttft: 200, perTokenMs: 80 }, "b/m": { ttft: 900, perTokenMs: 10 } };
    const [a = 0, b = 0] = firstsOf(balance(["a/m", "b/m"], { by: "latency" }), told);
    expect(b).toBeGreaterThan(a * 10);
  });

  test("who was never timed is tried, but not by everybody at once", () => {
    const node = balance(["a/m", "b/m"], { by: "latency" });
    const [, unknown = 0] = firstsOf(node, { "a/m": { ttft: 300 } });
    expect(unknown).toBeGreaterThan(1_800);
    const [, crowded = 0] = firstsOf(node, { "a/m": { ttft: 300 }, "b/m": { outstanding: 20 } });
    expect(crowded).toBeLessThan(200);
  });

  test("among many, no more than two are looked at", () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `a/m${index}`);
    let looked = 0;
    const facts = factsOf({});
    const counting = {
      ...facts,
      statsOf: (of: Parameters<typeof facts.statsOf>[0]) => ((looked += 1), facts.statsOf(of)),
    };
    const selection = createSelection({ facts: counting, clock: new VirtualClock(), random: seededRandom(1) });
    selection.balance(balance(names, { by: "latency" }), question()).next();
    expect(looked).toBe(2);
    selection.balance(balance(names, { by: "load" }), question()).next();
    expect(looked).toBeLessThanOrEqual(18);
  });
});

test("load: the fewest requests under way, equals in turn", () => {
  const told = { "a/m": { outstanding: 5 }, "b/m": { outstanding: 1 }, "c/m": { outstanding: 1 } };
  const [a, b = 0, c = 0] = firstsOf(balance(["a/m", "b/m", "c/m"], { by: "load" }), told);
  expect(a).toBe(0);
  expect(b).toBeGreaterThan(500);
  expect(c).toBeGreaterThan(500);
});

test("headroom: the most left; a vendor that does not tell has all of it", () => {
  const node = balance(["a/m", "b/m"], { by: "headroom" });
  expect(firstsOf(node, { "a/m": { headroom: 0.2 }, "b/m": { headroom: 0.6 } })).toEqual([0, 2_000]);
  expect(firstsOf(node, { "a/m": { headroom: 0.9 } })).toEqual([0, 2_000]);
});

describe("cost", () => {
  const priced = (input: number, output: number) => ({
    tariff: { price: () => ({ input, output }), cost: () => null },
  });
  const children = [target("a/m", priced(1, 50)), target("b/m", priced(5, 5)), target("c/m")];
  const node = balance(["a/m", "b/m", "c/m"], { by: "cost", children });

  test("the cheapest for this request, by its size and the answer's bound; an unknown price is the highest", () => {
    const long = question({ body: { messages: "x".repeat(100_000), max_tokens: 10 } });
    const short = question({ body: { messages: "x", max_completion_tokens: 4_000 } });
    expect(placesOf(selectionOf().balance(node, long))).toEqual([0, 1, 2]);
    expect(placesOf(selectionOf().balance(node, short))).toEqual([1, 0, 2]);
  });
});

describe("stick", () => {
  const names = ["a/m", "b/m", "c/m", "d/m"];
  const byUser = balance(names, { stick: { kind: "metadata", name: "user" } });
  const firstOf = (node: BalanceNode, asked: Question): number => selectionOf().balance(node, asked).next();
  const ofUser = (user: string): Question => question({ metadata: { user } });

  test("a key keeps its child, and keys are spread", () => {
    const counts = [0, 0, 0, 0];
    for (let user = 0; user < 400; user += 1) {
      const place = firstOf(byUser, ofUser(`u${user}`));
      expect(firstOf(byUser, ofUser(`u${user}`))).toBe(place);
      counts[place] = (counts[place] ?? 0) + 1;
    }
    for (const count of counts) expect(count).toBeGreaterThan(60);
  });

  test("weights share the keys out", () => {
    const weighted = balance(["a/m", "b/m", "c/m"], {
      ...byUser,
      children: byUser.children.slice(0, 3),
      weights: [3, 1, 0],
    });
    let first = 0;
    for (let user = 0; user < 1_000; user += 1) {
      const places = placesOf(selectionOf().balance(weighted, ofUser(`u${user}`)));
      expect(places[2]).toBe(2);
      if (places[0] === 0) first += 1;
    }
    expect(first / 1_000).toBeCloseTo(0.75, 1);
  });

  test("when a child goes, only its keys move, and each to its own second choice", () => {
    const without = balance(names.slice(0, 3), { stick: byUser.stick });
    for (let user = 0; user < 200; user += 1) {
      const [first, second] = placesOf(selectionOf().balance(byUser, ofUser(`u${user}`)));
      expect(firstOf(without, ofUser(`u${user}`))).toBe(first === 3 ? second : first);
    }
  });

  test("a request without the key goes by the rule", () => {
    const firsts = new Set<number>();
    const selection = selectionOf();
    for (let time = 0; time < 50; time += 1) firsts.add(selection.balance(byUser, question()).next());
    expect(firsts.size).toBe(4);
  });

  test("a conversation keeps its child at every turn", () => {
    const node = balance(names, { stick: { kind: "conversation" } });
    const places = new Set<number>();
    for (let talk = 0; talk < 40; talk += 1) {
      const system = { role: "system", content: "Be brief." };
      const first = [system, { role: "user", content: `Question ${talk}` }];
      const later = [...first, { role: "assistant", content: "Yes." }, { role: "user", content: "Why?" }];
      const place = firstOf(node, question({ body: { messages: first } }));
      expect(firstOf(node, question({ body: { model: "r", messages: later } }))).toBe(place);
      places.add(place);
    }
    expect(places.size).toBe(4);
  });
});

describe("when", () => {
  const condition = (text: string, value: string) => ({
    text,
    holds: (read: (field: { scope: "metadata"; path: string[] }) => unknown) =>
      read({ scope: "metadata", path: ["plan"] }) === value,
  });
  const children = ["a/m", "b/m", "c/m"].map((name) => target(name));
  const conditions = [condition("1", "pro"), condition("2", "team")] as unknown as WhenNode["conditions"];
  const node: WhenNode = { kind: "when", path: "r", children, conditions };

  test.each([
    ["pro", 0],
    ["team", 1],
    ["free", 2],
  ])("plan %s leads to child %i", (plan, place) => {
    expect(selectionOf().choose(node, question({ metadata: { plan } }))).toBe(children[place]);
  });

  test("without an else it may lead nowhere", () => {
    const open: WhenNode = { ...node, children: children.slice(0, 2) };
    expect(selectionOf().choose(open, question())).toBeNull();
  });
});

describe("prefer: fastest", () => {
  const node = preferring(["a/m", "b/m", "c/m"]);
  const leads = (told: Record<string, Told>, times = 400): number[] => {
    const selection = selectionOf(told);
    const counts = [0, 0, 0];
    for (let time = 0; time < times; time += 1) {
      const places = placesOf(selection.prefer(node, question()));
      expect(places.toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
      counts[places[0]!]! += 1;
    }
    return counts;
  };

  test.each<[string, Record<string, Told>]>([
    ["nothing is known", {}],
    ["the first is fast enough for anybody", { "a/m": { ttft: 900 }, "b/m": { ttft: 100 } }],
    ["the stand-in is not markedly faster", { "a/m": { ttft: 3_000 }, "b/m": { ttft: 2_500 }, "c/m": { ttft: 2_000 } }],
    [
      "the faster one cools down",
      { "a/m": { ttft: 9_000 }, "b/m": { ttft: 100, coolingDown: true }, "c/m": { ttft: 8_000 } },
    ],
    ["few answers were timed", { "a/m": { ttft: 9_000, samples: () => 2 }, "b/m": { ttft: 100 } }],
  ])("the first leads where %s", (_, told) => {
    expect(leads(told)).toEqual([400, 0, 0]);
  });

  test("a stand-in leads while the first is markedly slower, and a small share looks at the first", () => {
    const [first = 0, standIn = 0] = leads({ "a/m": { ttft: 9_000 }, "b/m": { ttft: 500 } }, 2_000);
    expect(first / 2_000).toBeGreaterThan(0.02);
    expect(first / 2_000).toBeLessThan(0.08);
    expect(standIn).toBeGreaterThan(1_800);
  });

  test("a small share looks at a stand-in that nobody knows", () => {
    const counts = leads({ "a/m": { ttft: 9_000 } }, 2_000);
    expect(counts[0]).toBeGreaterThan(1_700);
    expect(counts[1]! + counts[2]!).toBeGreaterThan(40);
  });

  test("the lead goes back when the first is well again, and does not swing in between", () => {
    const told: Record<string, Told> = { "a/m": { ttft: 9_000 }, "b/m": { ttft: 1_000 }, "c/m": { ttft: 2_000 } };
    const selection = selectionOf(told);
    const firsts = (): number => {
      let count = 0;
      for (let time = 0; time < 100; time += 1) if (selection.prefer(node, question()).next() === 0) count += 1;
      return count;
    };
    expect(firsts()).toBeLessThan(20);
    told["a/m"] = { ttft: 1_800 };
    expect(firsts()).toBeLessThan(20);
    told["a/m"] = { ttft: 1_100 };
    expect(firsts()).toBe(100);
    told["a/m"] = { ttft: 1_800 };
    expect(firsts()).toBe(100);
  });

  test("however few requests there are, the first is looked at after half a minute", async () => {
    const clock = new VirtualClock();
    const selection = createSelection({
      facts: factsOf({ "a/m": { ttft: 9_000 }, "b/m": { ttft: 500 } }),
      clock,
      random: () => 0.99,
    });
    expect([1, 2].map(() => selection.prefer(node, question()).next())).toEqual([1, 1]);
    await clock.advance(30_001);
    expect(selection.prefer(node, question()).next()).toBe(0);
  });
});
