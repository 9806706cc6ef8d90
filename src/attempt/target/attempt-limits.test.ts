import { describe, expect, test } from "vitest";
import { createRig, fallback, target, verdictsOf } from "../../../test/support/engine-rig.ts";
import { failing, whole } from "../../../test/support/scripted-ask.ts";
import type { WireFailure } from "../../core/failure.ts";
import { asSilence } from "./attempt-limits.ts";
import { wireFailure } from "./wire-failure.ts";

const closed: WireFailure = { ...wireFailure("unreachable", "the connection was closed"), sent: true };

describe("F6: silence that ends in a closed connection", () => {
  test.each([
    ["long", closed, 6_000, "no_response"],
    ["half of a short limit", closed, 1_600, "no_response"],
    ["short", closed, 200, "unreachable"],
    ["nothing was sent", { ...closed, sent: false }, 6_000, "unreachable"],
    ["an answer that broke", wireFailure("cut", "the connection broke"), 6_000, "no_response"],
    ["another failure", wireFailure("server_error", "oops"), 6_000, "server_error"],
  ] as const)("%s", (...row) => {
    const [, failure, waited, expected] = row;
    const limit = waited === 1_600 ? 3_000 : 10_000;
    expect(asSilence(failure, { record: { headersMs: null, firstTokenMs: null }, waited, limit }).verdict).toBe(
      expected,
    );
  });

  test("is not asked again for this call", async () => {
    const reset = { ...failing("unreachable", { after: 8_000, sent: true }) };
    const rig = createRig({ "a/m": [reset, whole("late")], "b/m": [whole("fine")] });
    const outcome = await rig.call(fallback([target("a/m"), target("b/m")]));
    expect(verdictsOf(outcome)).toEqual(["a/m:no_response", "b/m:ok"]);
  });
});
