// When providers are asked for their lists of models, and what stays of an answer: on a virtual clock, with a scripted
// network.
import { describe, expect, test } from "vitest";
import { key, plainRow, provider } from "../../test/support/engine-rig.ts";
import { scriptedTransport, wireBreak, type Scripted } from "../../test/support/scripted-transport.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Json } from "../core/json.ts";
import type { TargetProtocol } from "../core/protocol.ts";
import type { ProviderRules, Rules } from "../core/rules.ts";
import { protocols } from "../protocols/index.ts";
import { createModelLists, type ListKey } from "./model-lists.ts";

const HOUR = 3_600_000;
const listOf = (...ids: string[]): Scripted => ({ body: [JSON.stringify({ data: ids.map((id) => ({ id })) })] });
const json = (body: Json, status = 200): Scripted => ({ status, body: [JSON.stringify(body)] });

function open(answers: readonly Scripted[], providers: readonly ProviderRules[] = [provider("a")]) {
  const clock = new VirtualClock();
  const waiting = [...answers];
  const transport = scriptedTransport(clock, () => waiting.shift() ?? { fails: wireBreak("nothing is scripted") });
  const warnings: string[] = [];
  const rulesFor = (some: readonly ProviderRules[], modelLists: number | null = HOUR): Rules =>
    ({ providers: new Map(some.map((one) => [one.name, one])), server: { modelLists } }) as unknown as Rules;
  const state = { rules: rulesFor(providers), key: null as ListKey | null };
  const all: Readonly<Record<string, TargetProtocol>> = protocols;
  const lists = createModelLists({
    rules: () => state.rules,
    transport,
    clock,
    random: () => 0.5,
    protocolOf: (name) => all[name],
    keyFor: ({ keys }) => state.key ?? { kind: "key", key: keys[0] ?? null },
    warn: (message) => warnings.push(message),
  });
  const idsOf = (one: ProviderRules): string[] | null => lists.listOf(one)?.map(({ id }) => id) ?? null;
  return { clock, transport, warnings, lists, state, rulesFor, idsOf };
}
const a = provider("a");

describe("when", () => {
  test("nothing is asked before somebody wakes it; then at once, and once a period", async () => {
    const { clock, transport, lists, idsOf } = open([listOf("m"), listOf("m", "n")], [a]);
    await clock.advance(HOUR);
    expect(transport.sent).toHaveLength(0);
    lists.wake();
    lists.wake();
    await clock.advance(0);
    expect(transport.sent).toMatchObject([
      {
        method: "GET",
        origin: "https://a.example",
        path: "/v1/models",
        headers: { authorization: "Bearer a-key", accept: "application/json" },
        body: null,
        guarded: false,
      },
    ]);
    expect(idsOf(a)).toEqual(["m"]);
    expect(lists.find(a, "m")).toMatchObject({ id: "m" });
    await clock.advance(HOUR - 1);
    expect(transport.sent).toHaveLength(1);
    await clock.advance(1);
    expect(idsOf(a)).toEqual(["m", "n"]);
    lists.close();
    await clock.advance(2 * HOUR);
    expect(transport.sent).toHaveLength(2);
  });

  test("the places of one provider share one list, which is asked for once", async () => {
    const [west, east] = [provider("a.west"), provider("a.east", { baseUrl: "https://east.example/v1" })];
    const pool = { ...west, name: "a", places: { setting: "region", by: null, providers: [west, east] } } as const;
    const { clock, transport, lists, idsOf } = open([listOf("m")], [pool]);
    lists.wake();
    await clock.advance(0);
    expect(transport.sent).toHaveLength(1);
    expect([pool, west, east].map(idsOf)).toEqual([["m"], ["m"], ["m"]]);
    expect(lists.find(east, "m")).toMatchObject({ id: "m" });
  });

  test("a start asks vendors at their usual addresses; others are asked when a client needs a list", async () => {
    const usual = provider("a");
    const own = provider("b", { baseUrl: "https://own.example/v1" });
    const { clock, transport, lists, idsOf } = open([listOf("m"), listOf("n")], [usual, own]);
    lists.wake(true);
    await clock.advance(0);
    expect([idsOf(usual), idsOf(own)]).toEqual([["m"], null]);
    expect(lists.status()).toMatchObject([{ state: "listed" }, { state: "waiting" }]);
    expect(lists.isEarly).toBe(false);
    lists.wake();
    expect(lists.isEarly).toBe(true);
    const arrived = lists.arrived(1000);
    await clock.advance(0);
    await arrived;
    expect(idsOf(own)).toEqual(["n"]);
    lists.wake(true);
    await clock.advance(HOUR - 1);
    expect(transport.sent).toHaveLength(2);
  });

  test("who waits for the first lists waits no longer than asked", async () => {
    const { clock, lists } = open([{ fails: "hang" }], [a]);
    lists.wake();
    const arrived = lists.arrived(1000).then(() => clock.now());
    const start = clock.now();
    await clock.advance(5000);
    expect((await arrived) - start).toBe(1000);
  });

  test("a list that stays equal changes nothing that was made from it", async () => {
    const { clock, lists } = open([listOf("m"), listOf("m"), listOf("n")], [a]);
    lists.wake();
    await clock.advance(0);
    const [version, entry] = [lists.version, lists.find(a, "m")];
    await clock.advance(HOUR);
    expect([lists.version, lists.find(a, "m")]).toEqual([version, entry]);
    await clock.advance(HOUR);
    expect(lists.version).toBe(version + 1);
  });

  test("at most four at a time", async () => {
    const many = Array.from({ length: 9 }, (_, index) => provider(`p${index}`));
    const { clock, transport, lists } = open(
      many.map(() => ({ fails: "hang" as const })),
      many,
    );
    lists.wake();
    await clock.advance(29_999);
    expect(transport.sent).toHaveLength(4);
    await clock.advance(1);
    expect(transport.sent).toHaveLength(8);
  });

  test("switched off, for all or for one, nobody is asked", async () => {
    const off = provider("b", { modelList: false });
    const { clock, transport, lists, state, rulesFor } = open([listOf("m")], [a, off]);
    state.rules = rulesFor([a, off], null);
    lists.wake();
    await clock.advance(2 * HOUR);
    expect(lists.status()).toMatchObject([{ state: "off" }, { state: "off" }]);
    state.rules = rulesFor([a, off]);
    lists.follow();
    await clock.advance(0);
    expect(transport.sent.map(({ origin }) => origin)).toEqual(["https://a.example"]);
    expect(lists.status()).toMatchObject([{ provider: "a", state: "listed", models: 1 }, { state: "off" }]);
  });

  test("a reload keeps the lists of what stays, asks what is new, and forgets what is gone", async () => {
    const { clock, transport, lists, state, rulesFor, idsOf } = open([listOf("m"), listOf("n")], [a]);
    lists.wake();
    await clock.advance(0);
    const [same, b] = [provider("a"), provider("b")];
    state.rules = rulesFor([same, b]);
    lists.follow();
    await clock.advance(0);
    expect(transport.sent).toHaveLength(2);
    expect([idsOf(same), idsOf(b)]).toEqual([["m"], ["n"]]);
    state.rules = rulesFor([b]);
    lists.follow();
    expect([idsOf(same), idsOf(b)]).toEqual([null, ["n"]]);
    await clock.advance(HOUR - 1);
    expect(transport.sent).toHaveLength(2);
  });
});

describe("failures", () => {
  test("the last list stays, the third failure is told once, and the waits between tries grow", async () => {
    const owner = provider("a", { keys: [key("sk-a-long-secret")] });
    const refusal = json({ error: { message: "the key sk-a-long-secret is wrong", code: "invalid_api_key" } }, 401);
    const { clock, transport, lists, warnings, idsOf } = open(
      [listOf("m"), refusal, { fails: wireBreak("ECONNRESET") }, refusal, refusal, listOf("n")],
      [owner],
    );
    lists.wake();
    await clock.advance(HOUR);
    expect(idsOf(owner)).toEqual(["m"]);
    expect(lists.status()).toMatchObject([
      { state: "failed", models: 1, failure: expect.stringContaining("401, bad_key") as string },
    ]);
    await clock.advance(60_000);
    expect(transport.sent).toHaveLength(3);
    expect(warnings).toEqual([]);
    await clock.advance(120_000);
    expect(transport.sent).toHaveLength(4);
    expect(warnings).toHaveLength(1);
    await clock.advance(240_000);
    expect(transport.sent).toHaveLength(5);
    await clock.advance(480_000);
    expect(idsOf(owner)).toEqual(["n"]);
    expect(lists.status()).toMatchObject([{ state: "listed", failure: null }]);
    expect(warnings).toEqual([
      expect.stringMatching(/^the list of models of "a" did not come: 401, bad_key: .*; the last list stays$/u),
    ]);
    expect(warnings.join()).not.toContain("sk-a-long-secret");
  });

  test("a vendor's wait is kept", async () => {
    const limited: Scripted = { status: 429, headers: { "retry-after": "600" }, body: ["{}"] };
    const { clock, transport, lists } = open([limited, listOf("m")], [a]);
    lists.wake();
    await clock.advance(599_999);
    expect(transport.sent).toHaveLength(1);
    await clock.advance(1);
    expect(transport.sent).toHaveLength(2);
  });

  test.each([404, 405, 501])("%i: it has no list, and nobody is warned", async (status) => {
    const { clock, lists, warnings } = open([json({ error: { message: "no" } }, status)], [a]);
    lists.wake();
    await clock.advance(0);
    expect(lists.status()).toMatchObject([{ state: "none", failure: null, models: null }]);
    expect(warnings).toEqual([]);
  });

  test.each<[string, Scripted, RegExp]>([
    ["a page of HTML", { body: ["<html>"] }, /the answer is not a list of models/u],
    ["another object", json({ hello: 1 }), /the answer is not a list of models/u],
    ["a redirect", { status: 302, body: [""] }, /302/u],
    ["no end", { fails: "hang" }, /no list within 30 s/u],
    ["a broken wire", { body: ['{"data":[', wireBreak("ECONNRESET")] }, /the wire: ECONNRESET/u],
    ["too many bytes", { body: Array.from({ length: 17 }, () => " ".repeat(1_048_576)) }, /the list is too large/u],
  ])("%s", async (_name, answer, words) => {
    const { clock, lists, idsOf } = open([answer], [a]);
    lists.wake();
    await clock.advance(30_000);
    expect(idsOf(a)).toBeNull();
    expect(lists.status()).toMatchObject([{ state: "failed", failure: expect.stringMatching(words) as string }]);
  });

  test("a key that cools down is not used", async () => {
    const { clock, transport, lists, state } = open([listOf("m")], [a]);
    state.key = { kind: "cooling-down", untilMs: 300_000, reason: "bad_key" };
    lists.wake();
    await clock.advance(299_999);
    expect(transport.sent).toHaveLength(0);
    expect(lists.status()).toMatchObject([{ failure: "API key cooling down (bad_key)" }]);
    state.key = null;
    await clock.advance(1);
    expect(transport.sent).toHaveLength(1);
  });

  test("after a reload what failed is asked at once: the operator may have mended it", async () => {
    const { clock, transport, lists, state, rulesFor, idsOf } = open([json({}, 401), listOf("m")], [a]);
    lists.wake();
    await clock.advance(0);
    const mended = provider("a", { keys: [key("another-key")] });
    state.rules = rulesFor([mended]);
    lists.follow();
    await clock.advance(0);
    expect(transport.sent[1]?.headers["authorization"]).toBe("Bearer another-key");
    expect(idsOf(mended)).toEqual(["m"]);
  });
});

describe("what stays of an answer", () => {
  test("pages are one list; a vendor whose pages never end is left", async () => {
    const row = plainRow("a", { protocol: "gemini-generate" });
    const pages = (count: number): Scripted[] =>
      Array.from({ length: count }, (_, page) =>
        json({ models: [{ name: `models/m${page}` }], nextPageToken: `after-${page}` }),
      );
    const endless = provider("a", { row });
    const { clock, transport, lists, idsOf } = open(pages(200), [endless]);
    lists.wake();
    await clock.advance(0);
    expect(transport.sent).toHaveLength(100);
    expect(transport.sent[1]?.path).toBe("/v1/models?pageSize=1000&pageToken=after-0");
    expect(idsOf(endless)).toHaveLength(100);
  });

  test("names that cannot be asked for, titles and numbers out of bounds are left out, each name once", async () => {
    const data = [
      { id: "m", name: `  long ${"x".repeat(500)}`, context_length: 1.5, max_output_tokens: 2e9, created: 1e300 },
      { id: "m", name: "again" },
      { id: "with space" },
      { id: `x${"y".repeat(300)}` },
      { id: "n", name: "line\nbreak", context_length: 4_096 },
    ];
    const { clock, lists } = open([json({ data })], [a]);
    lists.wake();
    await clock.advance(0);
    const unsaid = { input: null, output: null, created: null };
    expect(lists.listOf(a)).toEqual([
      { ...unsaid, id: "m", title: `long ${"x".repeat(115)}`, facts: {} },
      { ...unsaid, id: "n", title: "line break", facts: { contextTokens: 4_096 } },
    ]);
  });

  test("twenty thousand models at most", async () => {
    const { clock, idsOf, lists } = open([listOf(...Array.from({ length: 25_000 }, (_, index) => `m${index}`))], [a]);
    lists.wake();
    await clock.advance(0);
    expect(idsOf(a)).toHaveLength(20_000);
  });

  test("Anthropic's list is asked for in the version of translated requests, and a chosen protocol lists as its host does", async () => {
    const versions = { header: "x-version", usual: "2026-10-21", sampled: "2023-06-01" };
    const dated = provider("a", { row: plainRow("a", { versions, headers: { "x-version": "2023-06-01" } }) });
    const apis = { chat: "openai-chat", responses: "openai-responses" } as const;
    const chosen = provider("b", { row: plainRow("b", { protocol: "openai-responses", apis }) });
    const without = provider("c", { row: plainRow("c", { listsModels: false }) });
    const { clock, transport, lists } = open([listOf("m"), listOf("n")], [dated, chosen, without]);
    lists.wake();
    await clock.advance(0);
    expect(transport.sent.map(({ origin }) => origin)).toEqual(["https://a.example", "https://b.example"]);
    expect(transport.sent[0]?.headers["x-version"]).toBe("2026-10-21");
    expect(lists.status()[2]).toMatchObject({ provider: "c", state: "none" });
  });
});
