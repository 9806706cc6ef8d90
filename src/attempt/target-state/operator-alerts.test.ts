import { describe, expect, test } from "vitest";
import { createRig, fallback, key, provider, target } from "../../../test/support/engine-rig.ts";
import { failing, whole } from "../../../test/support/scripted-ask.ts";
import { VirtualClock } from "../../../test/support/virtual-clock.ts";
import type { FailureVerdict } from "../../core/verdict.ts";
import { OperatorAlerts } from "./operator-alerts.ts";
import { wireFailure } from "../target/wire-failure.ts";

const a = target("a/m");

function open() {
  const clock = new VirtualClock();
  const said: string[] = [];
  const alerts = new OperatorAlerts(clock, (message) => said.push(message));
  const failed = (verdict: FailureVerdict, node = a, used = node.provider.keys[0] ?? null) =>
    alerts.failed(node, used, { failure: { ...wireFailure(verdict, "it says no"), status: 401 }, rewritten: false });
  const refused = (message: string, verdict: FailureVerdict = "bad_request", node = a) =>
    alerts.failed(node, node.provider.keys[0] ?? null, {
      failure: { ...wireFailure(verdict, message), status: 400 },
      rewritten: true,
    });
  return { clock, said, failed, refused };
}

describe("OperatorAlerts", () => {
  test("a model's name from a client is no line of its own, and commands no terminal", () => {
    const { said, failed } = open();
    failed("unknown_model", target("a/m\nunderstudy: all is well\u001B[2J"));
    expect(said).toEqual([expect.stringMatching(/^a\/m\?understudy: all is well\?\[2J: unknown_model 401/u)]);
  });

  test.each([
    [
      "bad_key",
      "a/m: bad_key 401 (config a…): the vendor refused the API key; replace it with a valid one. it says no",
    ],
    [
      "forbidden",
      "a/m: forbidden 401 (config a…): the vendor account lacks the permission; grant it at the vendor. it says no",
    ],
    [
      "unknown_model",
      "a/m: unknown_model 401 (config a…): the vendor has no such model; check the model's name. it says no",
    ],
  ] as const)("%s is the operator's to mend", (verdict, words) => {
    const { said, failed } = open();
    failed(verdict);
    expect(said).toEqual([words]);
  });

  test.each(["rate_limited", "overloaded", "quota_exhausted", "bad_request", "cancelled"] as const)(
    "%s is not",
    (verdict) => {
      const { said, failed } = open();
      failed(verdict);
      expect(said).toEqual([]);
    },
  );

  test("F17: an unknown ending is said once for each word and target, with its protocol", () => {
    const { clock, said } = open();
    const alerts = new OperatorAlerts(clock, (message) => said.push(message));
    const end = (word: string): void => {
      const unknownEnding = { protocol: "openai-chat", member: "finish_reason", word } as const;
      alerts.failed(a, null, { failure: { ...wireFailure("cut", "it broke"), unknownEnding }, rewritten: false });
    };
    for (const word of ["gave_up", "gave_up", "went_home"]) end(word);
    expect(said).toEqual([
      'a/m: unknown ending: finish_reason "gave_up" (openai-chat). Such an answer counts as broken.',
      'a/m: unknown ending: finish_reason "went_home" (openai-chat). Such an answer counts as broken.',
    ]);
  });

  test("F7: a refusal of what the gateway wrote is said once for each target and cause", () => {
    const { said, refused } = open();
    refused("messages[3].content: 'a secret' is none");
    refused("messages[12].content: 'another' is none");
    expect(said).toEqual([
      "a/m: bad_request 400: the vendor refused a body that the gateway wrote or changed; if the model lacks a capability, set it under providers.*.models. messages[3].content: '...' is none",
    ]);
    refused("no such thing as `tools`", "unsupported");
    refused("messages[3].content: 'a secret' is none", "bad_request", target("a/n"));
    expect(said).toHaveLength(3);
    expect(said[1]).toContain("no such thing as `tools`");
    refused("it is busy", "overloaded");
    expect(said).toHaveLength(3);
  });

  test("what a caller's own key or address was told is the caller's matter", () => {
    const { said, failed } = open();
    failed("bad_key", a, key("mine", "request"));
    failed("unknown_model", target("a/m", { provider: provider("a", { guarded: true }) }));
    expect(said).toEqual([]);
  });

  test("one and the same is said once in ten minutes, another one at once", async () => {
    const { clock, said, failed } = open();
    failed("bad_key");
    failed("bad_key");
    failed("forbidden");
    failed("bad_key", target("a/n"));
    expect(said).toHaveLength(3);
    await clock.advance(600_000);
    failed("bad_key");
    expect(said).toHaveLength(4);
  });

  test("names that come with requests cannot fill its memory or the log", async () => {
    const { clock, said, failed } = open();
    for (let count = 0; count < 1_000; count += 1) failed("unknown_model", target(`a/${count}`));
    expect(said).toHaveLength(200);
    await clock.advance(600_000);
    failed("unknown_model", target("a/new"));
    expect(said).toHaveLength(201);
  });
});

test("the stand-in answers, and the operator hears of the primary's key", async () => {
  const rig = createRig({ "a/m": [failing("bad_key", { status: 401 })], "b/m": [whole("fine")] });
  expect((await rig.call(fallback([a, target("b/m")]))).answer?.target.name).toBe("b/m");
  expect(rig.alerts).toEqual([expect.stringContaining("a/m: bad_key 401 (config a…)")]);
});
