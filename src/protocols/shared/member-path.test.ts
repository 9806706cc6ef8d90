import { expect, test } from "vitest";
import { memberPath, pathOf } from "./member-path.ts";

test.each([
  ["safe_prompt", "safe_prompt"],
  ["body.safe_prompt", "safe_prompt"],
  ["$.user", "user"],
  ["body", "body"],
  ["messages[0].content[12].cache_control", "messages.*.content.*.cache_control"],
  ["messages.0.content.1.text.cache_control", "messages.*.content.*.text.cache_control"],
  ["contents[0].parts[1]", "contents.*.parts.*"],
  ["tools[0]['function'].strict", "tools.*.function.strict"],
])("%s", (given, path) => {
  expect(memberPath(given)).toBe(path);
});

test.each(["", "a b", "a'. x", "0.a", "[0]", "a..b", "a.", "x".repeat(400), "a.".repeat(40) + "a", "é"])(
  "%j is no path",
  (given) => {
    expect(memberPath(given)).toBeNull();
  },
);

test("steps that came apart", () => {
  expect(pathOf(["body", "messages", 0, "user", "name"])).toBe("messages.*.name");
  expect(pathOf(["body", "a; body.temperature"])).toBeNull();
  expect(pathOf([])).toBeNull();
});
