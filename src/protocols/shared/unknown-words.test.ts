import { describe, expect, test } from "vitest";
import { decodeErrorAnswer } from "./error-answer.ts";
import { readRefusals } from "./refusal.ts";

function unknownIn(status: number, body: object): string[] {
  const refusals = readRefusals(decodeErrorAnswer(status, {}, JSON.stringify(body)));
  return refusals.flatMap((one) => (one.kind === "field" && one.isUnknown === true ? one.path : []));
}

describe("hosts that name what they do not know", () => {
  test.each([
    ["Malformed input request: #: extraneous key [store] is not permitted, please reformat your input and try again."],
    [
      "The model returned the following errors: #: extraneous key [store] is not permitted, reformat your input and try again.",
    ],
    [
      "Extra parameters ['store'] are not allowed when extra-parameters is not set or set to be 'error'. Set extra-parameters to 'pass-through' to pass to the model.",
    ],
    ["Unrecognized key(s) in object: 'store'"],
    ['Unrecognized key: "store"'],
  ])("%s", (message) => {
    expect(unknownIn(400, { error: { message, type: "invalid_request_error" } })).toEqual(["store"]);
  });

  test.each(["Unrecognized key(s) in object: 'user', 'store'", 'Unrecognized keys: "user", "store"'])(
    "several in quotes: %s",
    (message) => {
      expect(unknownIn(400, { error: { message } })).toEqual(["user", "store"]);
    },
  );

  test.each([
    "Malformed input request: #/toolConfig/tools/1: extraneous key [store] is not permitted, please reformat your input and try again.",
    "Unrecognized key(s) in object: 'store' and more",
    "Extra parameters ['store and words'] are not allowed when extra-parameters is not set",
  ])("of another place, or in other words, nothing: %s", (message) => {
    expect(unknownIn(400, { error: { message } })).toEqual([]);
  });
});

test("Zod's findings, beside the message and as the message", () => {
  const issues = [
    { code: "unrecognized_keys", keys: ["store", "user"], path: [], message: "Unrecognized key(s) in object" },
    { code: "unrecognized_keys", keys: ["note"], path: ["messages", 0], message: "Unrecognized key(s) in object" },
    { code: "invalid_type", path: ["model"], message: "Required" },
  ];
  const paths = ["store", "user", "messages.*.note"];
  expect(unknownIn(400, { success: false, error: { issues, name: "ZodError" } })).toEqual(paths);
  expect(unknownIn(400, { error: { message: JSON.stringify(issues) } })).toEqual(paths);
});
