import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import { anthropicMessages } from "../../anthropic-messages/protocol.ts";
import { count } from "./count.ts";

const own = (body: JsonObject) => ({
  has: (name: string) => body[name] !== undefined,
  read: (name: string) => body[name],
});
const contents = [{ role: "user", parts: [{ text: "Hi" }] }];

describe("a client's own body at a target", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["names no model", { contents }, {}],
    ["names one", { model: "models/route", contents }, { model: "models/m" }],
    [
      "has a whole request inside",
      { generateContentRequest: { model: "models/route", contents } },
      { generateContentRequest: { model: "models/m", contents } },
    ],
    [
      "has it in the other spelling",
      { generate_content_request: { contents } },
      { generate_content_request: { contents, model: "models/m" } },
    ],
  ])("%s", (_name, body, set) => {
    expect(count.request.place({ temperature: 1 }, "m", own(body))).toEqual(set);
  });
});

test("an estimate is made of the contents, bare or in a whole request", () => {
  const hint = { model: "m", variant: null };
  const bare = count.request.decode({ contents }, hint);
  expect(count.request.decode({ generateContentRequest: { contents } }, hint)).toEqual(bare);
  expect(count.estimate?.(bare)).toMatchObject({ tokens: expect.any(Number) as number, usage: null });
});

describe("an answer", () => {
  test("without a number is a count of none, since the vendor leaves zeros out", () => {
    expect(count.response.decode({ promptTokensDetails: [] }, null)).toMatchObject({ tokens: 0 });
  });

  test.each<[string, JsonObject | null, string]>([
    ["null", null, "malformed"],
    ["a text for a number", { totalTokens: "many" }, "malformed"],
    ["an error", { error: { code: 503, message: "overloaded", status: "UNAVAILABLE" } }, "overloaded"],
  ])("%s is none", (_name, body, verdict) => {
    expect(count.response.decode(body, null)).toMatchObject({ verdict });
  });

  test("needs the number where the vendor always writes it", () => {
    const { response } = anthropicMessages.operations.count!;
    expect(response.decode({}, null)).toMatchObject({ verdict: "malformed" });
    expect(response.decode({ input_tokens: 0 }, null)).toMatchObject({ tokens: 0 });
  });
});
