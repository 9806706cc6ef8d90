// Which targets are skipped before being asked, what refusals teach, and what the caller gets.
import { describe, expect, test } from "vitest";
import {
  createRig,
  fallback,
  plainFacts,
  plainRow,
  provider,
  target,
  usualBreaker,
  verdictsOf,
} from "../../../test/support/engine-rig.ts";
import { failing, whole } from "../../../test/support/scripted-ask.ts";
import type { ModelFacts } from "../../core/provider.ts";
import type { TargetNode, Trigger } from "../../core/rules.ts";

function able(name: string, facts: Partial<ModelFacts>, more: Partial<TargetNode> = {}): TargetNode {
  const [vendor = ""] = name.split("/");
  const row = plainRow(vendor, { facts: () => ({ ...plainFacts, ...facts }) });
  return target(name, { provider: provider(vendor, { row }), ...more });
}
/** Asks for two choices, through the route's params. */
const two = { params: { n: 2 } };
const one = { multipleChoices: false };
const refused = (field: string) =>
  failing("unsupported", {
    status: 400,
    message: `Unsupported parameter: '${field}' is not supported with this model.`,
    param: field,
    code: "unsupported_parameter",
  });
const tooLong = (window: number) =>
  failing("context_too_long", { status: 400, message: `maximum context length is ${window} tokens` });

describe("F8: a target that cannot serve the request", () => {
  test("is not asked, stands among the attempts as skipped, and the next one is", async () => {
    const rig = createRig({ "a/m": [whole("no")], "b/m": [whole("yes")] });
    const outcome = await rig.call(fallback([able("a/m", one, two), target("b/m", two)]));
    expect(rig.order()).toEqual(["b/m"]);
    expect(outcome.exchange.attempts.map((at) => [at.target, at.verdict, at.skipped === true, at.totalMs])).toEqual([
      ["a/m", "unsupported", true, 0],
      ["b/m", "ok", false, 0],
    ]);
    expect(outcome.exchange.skipped).toEqual([{ target: "a/m", path: "a/m", reason: "n: m returns one choice only" }]);
  });

  test("is passed over whatever its node is left for, and its health is not touched", async () => {
    const never: Trigger = { kind: "verdicts", verdicts: new Set(), statuses: new Set() };
    const rig = createRig({ "b/m": [whole("yes")] });
    const strict = { ...usualBreaker, failures: 1, rest: 60_000, maxRest: 60_000 };
    const route = fallback([able("a/m", one, { ...two, breaker: strict }), target("b/m")], never);
    expect((await rig.call(route)).answer).not.toBeNull();
    expect(rig.health.look("a/m", strict).kind).toBe("open-for-all");
    expect(rig.alerts).toEqual([]);
  });

  test("where nobody is left, the caller is told the field and the targets", async () => {
    const rig = createRig({});
    const { failure } = await rig.call(fallback([able("a/m", one, two), able("b/m", one, two)]));
    expect(failure).toMatchObject({ code: "unsupported", status: 400, param: "n", shouldRetry: false });
    expect(failure?.message).toBe(
      'no target of route "r" can serve this request: a/m: n: m returns one choice only; b/m: n: m returns one choice only',
    );
    expect(failure?.attempts).toHaveLength(2);
  });

  test("found so by what was about to be sent, it counts the same", async () => {
    const unsent = failing("unsupported", { isUnsent: true, message: "it has no place for it", param: "audio" });
    const rig = createRig({ "a/m": [unsent], "b/m": [whole("yes")] });
    const outcome = await rig.call(fallback([target("a/m"), target("b/m")]));
    expect(verdictsOf(outcome)).toEqual(["a/m:unsupported", "b/m:ok"]);
    expect(outcome.exchange.attempts.map((at) => at.skipped)).toEqual([true, undefined]);
    expect(rig.alerts).toEqual([]);
    const { failure } = await rig.call(target("a/m"));
    expect(failure).toMatchObject({ code: "unsupported", status: 400, param: "audio" });
  });

  test("a failure that may pass is told before one that will not", async () => {
    const rig = createRig({ "b/m": [failing("overloaded", { status: 503 })] });
    const { failure } = await rig.call(fallback([able("a/m", one, two), target("b/m")]));
    expect(failure).toMatchObject({ code: "overloaded", status: 503 });
    expect(failure?.message).toBe("it is overloaded (2 attempts on 1 target failed)");
  });
});

describe("what a refusal teaches", () => {
  test("the same target is asked once more without the field, and no more often where it says the same again", async () => {
    const rig = createRig({ "a/m": [refused("seed"), whole("yes")] });
    const outcome = await rig.call(target("a/m"));
    expect(verdictsOf(outcome)).toEqual(["a/m:unsupported", "a/m:ok"]);
    const again = createRig({ "a/m": [refused("seed"), refused("seed"), whole("never")] });
    expect(verdictsOf(await again.call(target("a/m")))).toEqual(["a/m:unsupported", "a/m:unsupported"]);
  });

  const names = ["seed", "user", "temperature", "top_p", "verbosity", "store"];

  test("each new learned limit allows one more try, and later calls need none of them", async () => {
    const three = names.slice(0, 3);
    const rig = createRig({ "a/m": [...three.map(refused), whole("yes")], "b/m": [whole("never")] });
    const route = fallback([target("a/m"), target("b/m")]);
    expect(verdictsOf(await rig.call(route))).toEqual([...three.map(() => "a/m:unsupported"), "a/m:ok"]);
    expect(rig.parts.learnedLimits.of("a/m")?.quirks.map(({ name }) => name)).toEqual(
      three.map((name) => `learnt: no ${name}`),
    );
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:ok"]);
  });

  test("no more than four times in a call; a later call learns on", async () => {
    const rig = createRig({ "a/m": [...names.map(refused), whole("yes")], "b/m": [whole("fine")] });
    const route = fallback([target("a/m"), target("b/m")]);
    expect(verdictsOf(await rig.call(route))).toEqual([...Array(5).fill("a/m:unsupported"), "b/m:ok"]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:unsupported", "a/m:ok"]);
  });

  test("more often if no other target is left, which is bounded too", async () => {
    const only = fallback([target("a/m")]);
    const rig = createRig({ "a/m": [...names.map(refused), whole("yes")] });
    expect(verdictsOf(await rig.call(only))).toEqual([...names.map(() => "a/m:unsupported"), "a/m:ok"]);
    const many = Array.from({ length: 30 }, (_, index) => refused(`field${index}`));
    const endless = createRig({ "a/m": [...many, whole("yes")] });
    expect(verdictsOf(await endless.call(only))).toHaveLength(17);
  });

  test("learned limits in a row cost neither health nor the retry budget, and end with the call's time (F4)", async () => {
    const slow = names.map((name) => ({ ...refused(name), after: 400 }));
    const rig = createRig({ "a/m": [...slow, whole("yes")] });
    const strict = { ...usualBreaker, failures: 1, rest: 60_000, maxRest: 60_000 };
    const before = rig.parts.budget.remaining("a");
    await rig.call(target("a/m", { breaker: strict }), { allowed: 1_000 });
    expect(rig.log.map(({ at }) => at)).toEqual([0, 400, 800]);
    expect(rig.health.look("a/m", strict).kind).toBe("open-for-all");
    expect(rig.parts.budget.remaining("a")).toBe(before);
  });

  test("several members that one refusal names are one learned limit", async () => {
    const many = failing("unsupported", {
      status: 422,
      message: "2 validation errors:",
      members: ["foo", "messages.*.bar"],
    });
    const rig = createRig({ "a/m": [many, whole("yes")] });
    expect(verdictsOf(await rig.call(target("a/m")))).toEqual(["a/m:unsupported", "a/m:ok"]);
    expect(rig.parts.learnedLimits.of("a/m")?.quirks).toHaveLength(2);
  });

  test("a member that carries words, refused again where only known members were sent, teaches nothing new", async () => {
    const strange = failing("unsupported", {
      status: 400,
      message: "Unknown parameter: 'messages[0].text'.",
      param: "messages[0].text",
      code: "unknown_parameter",
    });
    const rig = createRig({ "a/m": [strange], "b/m": [whole("yes"), whole("yes")] });
    const route = fallback([target("a/m"), target("b/m")]);
    for (let call = 0; call < 2; call += 1)
      expect(verdictsOf(await rig.call(route))).toEqual(["a/m:unsupported", "a/m:unsupported", "b/m:ok"]);
  });

  test("also where somebody else is there, who is asked where that does not help", async () => {
    const rig = createRig({ "a/m": [refused("seed"), whole("yes"), whole("later")], "b/m": [whole("never")] });
    const route = fallback([target("a/m"), target("b/m")]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:unsupported", "a/m:ok"]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:ok"]);
    const twice = createRig({ "a/m": [refused("seed"), refused("seed")], "b/m": [whole("yes")] });
    expect(verdictsOf(await twice.call(route))).toEqual(["a/m:unsupported", "a/m:unsupported", "b/m:ok"]);
  });

  test("calls that were under way when it was learnt are asked once more as well, but not those that minded it", async () => {
    const slow = { ...refused("seed"), after: 50 } as ReturnType<typeof refused>;
    const rig = createRig({ "a/m": [slow, slow, whole("yes"), whole("yes"), refused("seed"), whole("never")] });
    const both = await Promise.all([rig.call(target("a/m")), rig.call(target("a/m"))]);
    expect(both.map(verdictsOf)).toEqual([
      ["a/m:unsupported", "a/m:ok"],
      ["a/m:unsupported", "a/m:ok"],
    ]);
    expect(verdictsOf(await rig.call(target("a/m")))).toEqual(["a/m:unsupported"]);
  });

  test("a member that the vendor has never heard of goes the same way, at any depth, and so does what is a fact of its model", async () => {
    const strange = failing("unsupported", {
      status: 400,
      message: "Unknown parameter: 'messages[0].foo'.",
      param: "messages[0].foo",
      code: "unknown_parameter",
    });
    const rig = createRig({ "a/m": [strange, whole("yes")], "b/m": [whole("never")] });
    const outcome = await rig.call(fallback([target("a/m"), target("b/m")]));
    expect(verdictsOf(outcome)).toEqual(["a/m:unsupported", "a/m:ok"]);
    expect(rig.parts.learnedLimits.of("a/m")?.quirks.map(({ name }) => name)).toEqual(["learnt: no messages.*.foo"]);
  });

  test("a field that cannot be left out: the target is passed over for an hour", async () => {
    const rig = createRig({ "a/m": [refused("n"), whole("later")], "b/m": [whole("yes")] });
    const route = fallback([target("a/m", two), target("b/m")]);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:unsupported", "b/m:ok"]);
    const second = await rig.call(route);
    expect(second.exchange.attempts[0]).toMatchObject({ target: "a/m", verdict: "unsupported", skipped: true });
    expect(verdictsOf(await rig.call(fallback([target("a/m"), target("b/m")])))).toEqual(["a/m:ok"]);
    await rig.clock.advance(3_600_000);
    expect(verdictsOf(await rig.call(route))).toEqual(["a/m:ok"]);
  });

  test("one that concerns the request alone teaches nothing", async () => {
    const rig = createRig({ "a/m": [failing("unsupported", { status: 400, message: "not like this" })] });
    expect(verdictsOf(await rig.call(target("a/m")))).toEqual(["a/m:unsupported"]);
    expect(verdictsOf(await rig.call(target("a/m")))).toEqual(["a/m:unsupported"]);
    expect(rig.order()).toHaveLength(2);
  });
});

describe("too long for one", () => {
  const body = Buffer.from("word ".repeat(2_000));

  test("only those with a larger window, or an unknown one, are asked after it", async () => {
    const rig = createRig({ "a/m": [tooLong(8_000)], "d/m": [whole("yes")] });
    const route = fallback([
      target("a/m"),
      able("b/m", { contextTokens: 8_000 }),
      able("c/m", { contextTokens: 4_000 }),
      target("d/m"),
    ]);
    const outcome = await rig.call(route, { body });
    expect(outcome.exchange.attempts.map((at) => `${at.target} ${at.skipped === true ? "skipped" : "asked"}`)).toEqual([
      "a/m asked",
      "b/m skipped",
      "c/m skipped",
      "d/m asked",
    ]);
  });

  test("where there is none, the vendor's words come with those that were not asked", async () => {
    const rig = createRig({ "a/m": [tooLong(8_000)] });
    const { failure } = await rig.call(fallback([target("a/m"), able("b/m", { contextTokens: 4_000 })]), { body });
    expect(failure).toMatchObject({ code: "context_too_long", status: 400, shouldRetry: false });
    expect(failure?.message).toBe(
      "maximum context length is 8000 tokens; skipped: b/m: messages: m has a context window of 4000 tokens; the request was too long for one of 8000 tokens",
    );
  });

  test("a request that surely fits is asked all the same", async () => {
    const rig = createRig({ "a/m": [tooLong(8_000)], "b/m": [whole("yes")] });
    expect((await rig.call(fallback([target("a/m"), able("b/m", { contextTokens: 4_000 })]))).answer).not.toBeNull();
  });
});
