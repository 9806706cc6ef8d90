// The keys of a pool through the engine: which key is used, which one cools down and for how long, and what clients
// see.
import { describe, expect, test } from "vitest";
import { createRig, fallback, key, plainRow, provider, target, verdictsOf } from "../../test/support/engine-rig.ts";
import { failing, whole } from "../../test/support/scripted-ask.ts";

const a = target("a/m");
const b = target("b/m");
const fine = [whole("fine")];

describe("F9: keys", () => {
  test.each([401, 403])("the gateway's own bad key (%i) never shows as such", async (status) => {
    const rig = createRig({ "a/m": [failing(status === 401 ? "bad_key" : "forbidden", { status })] });
    expect((await rig.call(a)).failure?.status).toBe(502);
  });

  test("a refusal of the caller's own key is the caller's to know", async () => {
    const own = target("a/m", { provider: provider("a", { keys: [key("mine", "request")] }) });
    const rig = createRig({ "a/m": [failing("bad_key", { status: 401 })] });
    expect((await rig.call(own)).failure).toMatchObject({ status: 401, code: "bad_key" });
  });

  test("whose key it was is told of the failure that is shown, not of the last attempt", async () => {
    const own = target("b/m", { provider: provider("b", { keys: [key("mine", "request")] }) });
    const rig = createRig({
      "a/m": [failing("bad_key", { status: 401 })],
      "b/m": [failing("bad_key", { status: 401 })],
    });
    expect((await rig.call(fallback([a, own]))).failure?.status).toBe(502);
    expect((await rig.call(fallback([own, a]))).failure?.status).toBe(401);
  });

  test("a sibling is used at once where one is refused, and the refused one cools down", async () => {
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const rig = createRig({ "a/m": [failing("quota_exhausted"), whole("fine")], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([pool, b])))).toEqual(["a/m:quota_exhausted", "a/m:ok"]);
    await rig.call(fallback([pool, b]));
    await rig.call(fallback([pool, b]));
    expect(rig.log.map((one) => one.key)).toEqual(["one", "two", "two", "two"]);
    await rig.clock.advance(300_000);
    await rig.call(fallback([pool, b]));
    expect(rig.log.at(-1)?.key).toBe("one");
  });

  test("a revoked key cools down while its sibling serves, and is tried again by one request", async () => {
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const rig = createRig({ "a/m": [failing("bad_key"), whole("fine", { after: 100 })], "b/m": fine });
    await rig.call(fallback([pool, b]));
    await rig.clock.advance(60_000);
    const many = Array.from({ length: 20 }, () => rig.begin(fallback([pool, b])).outcome);
    await rig.clock.finish(Promise.all(many));
    expect(rig.log.slice(2).filter((one) => one.key === "one")).toHaveLength(1);
    expect(rig.order().filter((name) => name === "b/m")).toEqual([]);
  });

  test("a key that is rate limited for long cools down, and its sibling serves at once", async () => {
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 30_000 }), whole("fine")], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([pool, b])))).toEqual(["a/m:rate_limited", "a/m:ok"]);
    for (let count = 0; count < 3; count += 1) await rig.call(fallback([pool, b]));
    expect(rig.log.map((one) => one.key)).toEqual(["one", "two", "two", "two", "two"]);
    await rig.clock.advance(30_000);
    for (let count = 0; count < 2; count += 1) await rig.call(fallback([pool, b]));
    expect(rig.log.slice(5).map((one) => one.key)).toContain("one");
  });

  test("where all keys cool down and no other target is left, the one that cools down the shortest is asked", async () => {
    const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
    const script = [failing("quota_exhausted", { waitMs: 90_000 }), failing("quota_exhausted", { waitMs: 30_000 })];
    const rig = createRig({ "a/m": [...script, whole("fine")] });
    await rig.call(pool);
    expect(verdictsOf(await rig.call(pool))).toEqual(["a/m:ok"]);
    expect(rig.log.map((one) => one.key)).toEqual(["one", "two", "two"]);
  });

  test("a quota that is used up for one model leaves the key to another", async () => {
    const pro = target("a/pro", { provider: a.provider });
    const flash = target("a/flash", { provider: a.provider });
    const rig = createRig({ "a/pro": [failing("quota_exhausted")], "a/flash": fine });
    await rig.call(fallback([pro, flash]));
    const second = await rig.call(fallback([pro, flash]));
    expect(verdictsOf(second)).toEqual(["a/flash:ok"]);
    expect(second.exchange.skipped[0]?.reason).toBe("API key cooling down (quota_exhausted), 5 min left");
  });

  test("what a caller's own key was told concerns nobody else", async () => {
    const own = target("a/m", { provider: provider("a", { keys: [key("mine", "request")] }) });
    const rig = createRig({ "a/m": [failing("rate_limited", { waitMs: 60_000 }), whole("fine")] });
    await rig.call(own);
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:ok"]);
  });

  test("a target without its key is passed over, and the error names the variable", async () => {
    const row = plainRow("a", { keyVariables: ["A_API_KEY"] });
    const bare = target("a/m", { provider: provider("a", { row, keys: [] }) });
    const rig = createRig({ "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([bare, b])))).toEqual(["b/m:ok"]);
    const { failure } = await rig.call(bare);
    expect(failure).toMatchObject({ code: "bad_key", status: 502 });
    expect(failure?.message).toContain("A_API_KEY");
  });

  test("a server of one's own needs none", async () => {
    const bare = target("a/m", { provider: provider("a", { keys: [] }) });
    const rig = createRig({ "a/m": fine });
    expect(verdictsOf(await rig.call(bare))).toEqual(["a/m:ok"]);
    expect(rig.log[0]?.key).toBeNull();
  });
});

describe("a cooldown that a vendor asked for", () => {
  const hour = 3_600_000;
  const limited = failing("rate_limited", { waitMs: hour });
  const withKeys = (...keys: string[]) =>
    target("a/m", { provider: provider("a", { keys: keys.map((one) => key(one)) }) });

  test("belongs to the key: a reload that brings another key ends it, one that brings the same does not", async () => {
    const rig = createRig({ "a/m": [limited, whole("fine")], "b/m": fine });
    await rig.call(fallback([withKeys("old"), b]));
    expect(verdictsOf(await rig.call(fallback([withKeys("old"), b])))).toEqual(["b/m:ok"]);
    expect(verdictsOf(await rig.call(fallback([withKeys("new"), b])))).toEqual(["a/m:ok"]);
  });

  test("belongs to the address: the same key elsewhere is asked", async () => {
    const rig = createRig({ "a/m": [limited, whole("fine")], "b/m": fine });
    const node = withKeys("one");
    await rig.call(fallback([node, b]));
    const moved = { ...node, provider: { ...node.provider, baseUrl: "https://elsewhere.example/v1" } };
    expect(verdictsOf(await rig.call(fallback([moved, b])))).toEqual(["a/m:ok"]);
  });

  test("belongs to the model, also where the caller names it", async () => {
    const rig = createRig({ "a/m": [limited, whole("fine")], "b/m": fine });
    await rig.call(fallback([withKeys("one"), b]));
    const other = { ...withKeys("one"), model: "other" };
    expect(verdictsOf(await rig.call(fallback([other, b])))).toEqual(["a/m:ok"]);
  });

  test("is probed by one request when it ends, and is over for all once that one is answered", async () => {
    const rig = createRig({ "a/m": [limited, whole("fine", { after: 100 })], "b/m": fine });
    const node = fallback([a, b]);
    await rig.call(node);
    await rig.clock.advance(hour);
    const many = Array.from({ length: 20 }, () => rig.begin(node).outcome);
    await rig.clock.finish(Promise.all(many));
    expect(
      rig
        .order()
        .slice(2)
        .filter((name) => name === "a/m"),
    ).toHaveLength(1);
    expect(verdictsOf(await rig.call(node))).toEqual(["a/m:ok"]);
  });

  test("that is short is not probed: all who wait for it ask again", async () => {
    const rig = createRig({
      "a/m": [
        ...Array.from({ length: 5 }, () => failing("rate_limited", { waitMs: 1_000 })),
        whole("fine", { after: 100 }),
      ],
    });
    const many = Array.from({ length: 5 }, () => rig.begin(a).outcome);
    const outcomes = await rig.clock.finish(Promise.all(many));
    expect(outcomes.flatMap(verdictsOf).filter((one) => one === "a/m:ok")).toHaveLength(5);
  });
});

describe("a failure that belongs to a key", () => {
  const pool = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });
  const ofKeys = [
    ["bad_key", 401],
    ["forbidden", 403],
    ["unknown_model", 404],
    ["unknown_model", 403],
  ] as const;

  test.each(ofKeys)("walks the pool before the next target: %s (%i)", async (verdict, status) => {
    const rig = createRig({ "a/m": [failing(verdict, { status }), whole("fine")], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([pool, b])))).toEqual([`a/m:${verdict}`, "a/m:ok"]);
    for (let count = 0; count < 3; count += 1) await rig.call(fallback([pool, b]));
    expect(rig.log.map((one) => one.key)).toEqual(["one", "two", "two", "two", "two"]);
  });

  test.each(["forbidden", "unknown_model"] as const)("%s cools the key down for that model only", async (verdict) => {
    const rig = createRig({ "a/m": [failing(verdict), whole("fine")], "a/other": fine, "b/m": fine });
    await rig.call(fallback([pool, b]));
    const other = target("a/other", { provider: pool.provider });
    for (let count = 0; count < 2; count += 1) await rig.call(other);
    expect(rig.log.slice(2).map((one) => one.key)).toContain("one");
  });

  test.each(["forbidden", "unknown_model"] as const)("%s leaves the only key of a target as it is", async (verdict) => {
    const rig = createRig({ "a/m": [failing(verdict), whole("fine")], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual([`a/m:${verdict}`, "b/m:ok"]);
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:ok"]);
  });
});

test("a target that cools down and is asked all the same has the last word where that is final", async () => {
  const rig = createRig({
    "a/m": [failing("rate_limited", { waitMs: 3_600_000 }), failing("bad_request", { status: 400 })],
  });
  await rig.call(a);
  expect((await rig.call(a)).failure).toMatchObject({ code: "bad_request", status: 400, retryAfterMs: null });
});
