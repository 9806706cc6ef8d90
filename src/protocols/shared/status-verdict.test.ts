// F7: only a 400, a 413 or a 422 can be the caller's mistake. Any other status leads to the next target, from a vendor of
// every protocol, and no client gets a status that its HTTP stack takes for another conversation (407: its own proxy's).
import { describe, expect, test } from "vitest";
import { ruleOf } from "../../core/verdict.ts";
import { protocols } from "../index.ts";

const callers = [400, 413, 422];
/** With a meaning of their own in each protocol. */
const told = [401, 402, 403, 404, 429];
const others = Array.from({ length: 100 }, (_, place) => 400 + place).filter(
  (status) => !callers.includes(status) && !told.includes(status),
);
const bodies = ["", "<html><title>No</title></html>", '{"error":{"message":"no"}}'];

describe.each(Object.values(protocols))("$name", ({ chat: _chat, failure }) => {
  test.each(bodies)("F7: a 4xx that blames nobody is not the caller's mistake: %j", (body) => {
    const verdicts = others.map((status) => failure.decode(status, {}, body).verdict);
    expect(verdicts).not.toContain("bad_request");
    expect(verdicts.map((verdict) => ruleOf(verdict).clientStatus)).not.toContain(407);
    expect(callers.map((status) => failure.decode(status, {}, body).verdict)).toEqual(callers.map(() => "bad_request"));
  });

  test("the same status says the same, whoever speaks", () => {
    const of = (status: number): string => failure.decode(status, {}, "").verdict;
    expect([402, 405, 408, 409, 410, 424, 425, 451, 498, 499, 503, 529].map(of)).toEqual([
      "quota_exhausted",
      "unknown_model",
      "server_error",
      "server_error",
      "unknown_model",
      "server_error",
      "server_error",
      "forbidden",
      "overloaded",
      "server_error",
      "overloaded",
      "overloaded",
    ]);
  });
});
