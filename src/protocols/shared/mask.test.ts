import { describe, expect, test } from "vitest";
import { maskKeys } from "./mask.ts";

describe("keys never leave in a vendor's words", () => {
  test.each([
    ["Incorrect API key provided: sk-proj-abc123DEF456ghi789.", "Incorrect API key provided: [key]."],
    ["Incorrect API key provided: <not-a-r****key>. You can", "Incorrect API key provided: [key]. You can"],
    ["Your api key: ****-key is invalid", "Your api key: [key] is invalid"],
    ["key AIzaSyA1234567890abcdefghijklmnopqrstu0 not valid", "key [key] not valid"],
    ["Authorization: Bearer abcdef.ghijkl-mnop", "Authorization: Bearer [key]"],
    ["gsk_abcdefghijklmnop1234 and xai-abcdefghijklmnop1234", "[key] and [key]"],
    ["sk-ant-api03-AAAA_bbbb-cccc", "[key]"],
    ["key sk-AbCd0123+/efGH4567== or sk-AbCd0123%2B%2FefGH4567 is bad", "key [key] or [key] is bad"],
    ["token=abc123def456&x", "token=[key]"],
    ["in organization org-AbCdEfGh123456 on tokens", "in organization [account] on tokens"],
  ])("%s", (text, expected) => {
    expect(maskKeys(text)).toBe(expected);
  });

  test.each([
    "This model's maximum context length is 8192 tokens: reduce your prompt.",
    "The model `gpt-4.1-nano-wrong` does not exist or you do not have access to it.",
    "Limit 30000, Used 28000, Requested 5000. Please try again in 6s.",
    "You can find your API key at https://platform.openai.com/account/api-keys.",
    "req_011CSHoEeqs5C35K2UUqR7Fy",
  ])("leaves alone: %s", (text) => {
    expect(maskKeys(text)).toBe(text);
  });
});
