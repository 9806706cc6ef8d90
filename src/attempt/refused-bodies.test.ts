// Refused bodies, with scripted vendors on a virtual clock: a refusal of the caller's own body ends the call, a refusal
// of a body that the gateway wrote leads to the next target.
import { describe, expect, test } from "vitest";
import { createRig, fallback, target, verdictsOf } from "../../test/support/engine-rig.ts";
import { broken, failing, start, streaming, whole } from "../../test/support/scripted-ask.ts";
import type { Trigger } from "../core/rules.ts";
import type { Verdict } from "../core/verdict.ts";

const a = target("a/m");
const b = target("b/m");
const c = target("c/m");
const fine = [whole("fine")];

describe("F7: a mistake of the caller's", () => {
  test("is returned at once, with the vendor's status", async () => {
    const rig = createRig({ "a/m": [failing("bad_request", { status: 422, param: "n" })], "b/m": fine });
    const { failure } = await rig.call(fallback([a, b]));
    expect(failure).toMatchObject({ code: "bad_request", status: 422, param: "n", shouldRetry: false });
    expect(rig.log).toHaveLength(1);
  });

  test("also from within a nested node", async () => {
    const rig = createRig({ "a/m": [failing("server_error")], "b/m": [failing("bad_request")], "c/m": fine });
    const { failure } = await rig.call(fallback([fallback([a, b]), c]));
    expect(failure?.code).toBe("bad_request");
    expect(rig.order()).toEqual(["a/m", "a/m", "b/m"]);
  });
});

describe("F7: a refusal of a body that the gateway wrote", () => {
  const ours = (status: number, more: Parameters<typeof failing>[1] = {}) =>
    failing("bad_request", { status, rewritten: true, ...more });

  test.each([400, 413, 422])("leads to the next target: %i", async (status) => {
    const rig = createRig({ "a/m": [ours(status)], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:bad_request", "b/m:ok"]);
    expect(rig.alerts).toHaveLength(1);
  });

  test("also from within nested nodes, and from a target that others are balanced with", async () => {
    const rig = createRig({ "a/m": [ours(400)], "b/m": [ours(422)], "c/m": fine });
    expect(verdictsOf(await rig.call(fallback([fallback([a, b]), c])))).toEqual([
      "a/m:bad_request",
      "b/m:bad_request",
      "c/m:ok",
    ]);
  });

  test("where all refuse, the first refusal is returned, with its status and parameter", async () => {
    const rig = createRig({
      "a/m": [ours(422, { message: "the first", code: "c", param: "p" })],
      "b/m": [ours(400, { message: "the second" })],
      "c/m": [failing("unsupported", { status: 400, rewritten: true })],
    });
    const { failure } = await rig.call(fallback([a, b, c]));
    expect(failure).toMatchObject({ code: "bad_request", status: 422, param: "p", shouldRetry: false });
    expect(failure?.message).toMatch(/^the first/u);
  });

  test("the caller's own body, refused by a later one, ends the call", async () => {
    const rig = createRig({
      "a/m": [ours(422, { message: "the first" })],
      "b/m": [failing("bad_request", { status: 400, message: "the second" })],
      "c/m": fine,
    });
    const outcome = await rig.call(fallback([a, b, c]));
    expect(verdictsOf(outcome)).toEqual(["a/m:bad_request", "b/m:bad_request"]);
    expect(outcome.failure?.message).toMatch(/^the first/u);
  });

  test("a failure that passes by itself is told before it", async () => {
    const rig = createRig({ "a/m": [failing("overloaded", { status: 503 })], "b/m": [ours(400)] });
    const { failure } = await rig.call(fallback([{ ...a, retry: { ...a.retry, attempts: 0 } }, b]));
    expect(failure).toMatchObject({ code: "overloaded", status: 503 });
  });

  test("in a stream, before its first content, it counts the same", async () => {
    const refusal = { events: [start, broken("bad_request")] };
    const own = createRig({ "a/m": [streaming(refusal)], "b/m": fine });
    expect(verdictsOf(await own.call(fallback([a, b])))).toEqual(["a/m:bad_request"]);
    const rig = createRig({ "a/m": [{ ...streaming(refusal), rewritten: true }], "b/m": fine });
    expect(verdictsOf(await rig.call(fallback([a, b])))).toEqual(["a/m:bad_request", "b/m:ok"]);
  });

  test("no sign of sickness, and not retried", async () => {
    const rig = createRig({ "a/m": [ours(400)], "b/m": fine });
    for (let call = 0; call < 20; call += 1) await rig.call(fallback([a, b]));
    expect(rig.order().filter((name) => name === "a/m")).toHaveLength(20);
    expect(rig.health.look("a/m", a.breaker).kind).toBe("open-for-all");
  });

  test("a list that is not the usual one decides by itself", async () => {
    const listed = (...verdicts: Verdict[]): Trigger => ({
      kind: "verdicts",
      verdicts: new Set(verdicts),
      statuses: new Set(),
    });
    const rig = createRig({ "a/m": [ours(400)], "b/m": fine });
    const ways = [listed("overloaded"), listed("unsupported"), listed("bad_request")];
    const outcomes = await Promise.all(ways.map((way) => rig.call(fallback([a, b], way))));
    expect(outcomes.map((one) => one.failure?.code ?? "ok")).toEqual(["bad_request", "ok", "ok"]);
  });
});
