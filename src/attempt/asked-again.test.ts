// Who is asked once more within one call, where a pool's keys or the branches of a hedge get in each other's way.
import { describe, expect, test } from "vitest";
import { createRig, fallback, key, provider, target, usualTrigger, verdictsOf } from "../../test/support/engine-rig.ts";
import { failing, silent, whole } from "../../test/support/scripted-ask.ts";

const pooled = target("a/m", { provider: provider("a", { keys: [key("one"), key("two")] }) });

describe("a pool of keys", () => {
  test.each(["rate_limited", "quota_exhausted", "bad_key"] as const)(
    "is gone through once for %s, also where its vendor names a wait of nothing (F5)",
    async (verdict) => {
      const refused = failing(verdict, { waitMs: 0, shouldRetry: false });
      const rig = createRig({ "a/m": [refused], "b/m": [whole("fine")] });
      const outcome = await rig.call(fallback([pooled, target("b/m")]));
      expect(verdictsOf(outcome)).toEqual([`a/m:${verdict}`, `a/m:${verdict}`, "b/m:ok"]);
      expect(outcome.exchange.attempts.map((one) => one.key)).toEqual(["o…", "t…", "b…"]);
    },
  );
});

describe("a hedge whose branches share a target", () => {
  test("does not ask it again in one branch after it was silent in the other (F6)", async () => {
    const again = target("a/m", { path: "again", timeout: { ...pooled.timeout, firstToken: 300 } });
    const limited = failing("rate_limited", { waitMs: 2_500 });
    const rig = createRig({ "a/m": [limited, silent(), whole("late")] });
    const outcome = await rig.call({
      kind: "hedge",
      path: "r",
      children: [target("a/m"), again],
      trigger: usualTrigger,
      after: { kind: "fixed", milliseconds: 500 },
      cap: 1,
      sideEffects: false,
    });
    expect(rig.log.map((one) => one.at)).toEqual([0, 500]);
    expect(verdictsOf(outcome)).toEqual(["a/m:rate_limited", "a/m:no_response"]);
  });
});
