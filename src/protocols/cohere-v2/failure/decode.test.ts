import { describe, expect, test } from "vitest";
import { GatewayFailure } from "../../../core/failure.ts";
import type { FailureVerdict } from "../../../core/verdict.ts";
import { readRecordings, recordingsMissing } from "../../../../test/support/recordings.ts";
import { cohereV2 } from "../protocol.ts";

const { failure } = cohereV2;

describe("verdicts of the vendor's own words", () => {
  test.each<[number, string, FailureVerdict]>([
    [401, "invalid api token", "bad_key"],
    [429, "You are past the per minute request limit, please wait and try again later.", "rate_limited"],
    [
      404,
      "model 'x' not found, make sure the correct model ID was used and that you have access to the model.",
      "unknown_model",
    ],
    [400, "invalid type: parameter top_n is of type string but should be of type int.", "bad_request"],
    [400, "invalid request: total number of texts must be at most 96 - received 97", "bad_request"],
    [500, "internal server error, this has been reported to our developers", "server_error"],
  ])("%i %s is %s", (status, message, verdict) => {
    const body = JSON.stringify({ id: "06c34015", message });
    expect(failure.decode(status, {}, body)).toMatchObject({ verdict, status, message });
  });
});

test("a client finds the message where the vendor has it, and the verdict beside it", () => {
  const body = failure.encode(new GatewayFailure("no", { code: "overloaded", status: 503 }), "req_1");
  expect(body).toMatchObject({ id: "req_1", message: "no", error: { verdict: "overloaded" }, attempts: [] });
});

const recorded = readRecordings("embeddings").filter(({ provider }) => provider === "cohere");

describe.skipIf(recordingsMissing !== "")(`recorded errors ${recordingsMissing}`, () => {
  test.each(recorded.map((one) => [one.id, one] as const))("%s", (_id, { response }) => {
    const decoded = failure.decode(response.status, response.headers, JSON.stringify(response.body));
    expect(decoded).toMatchObject({ verdict: "unknown_model", message: expect.stringContaining("not found") });
  });
});
