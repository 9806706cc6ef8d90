import fc from "fast-check";
import { expect, test } from "vitest";
import { plainCall } from "../../test/support/exchange.ts";
import { scanJsonObject } from "../decode/json-scanner.ts";
import { rawMembers } from "./raw-members.ts";

function membersOf(object: object) {
  const body = Buffer.from(JSON.stringify(object));
  return rawMembers(plainCall({ body, fields: scanJsonObject(body, 64) }), { seed: 3 });
}

test("members are read one at a time, the route's params over them", () => {
  const members = membersOf({ model: "m", n: 2, seed: 1 });
  expect([members.has("n"), members.has("top_k"), members.read("n"), members.read("seed")]).toEqual([
    true,
    false,
    2,
    3,
  ]);
});

test("a word is found in a long member as it is in a short one", () => {
  const words = fc.constantFrom('"images":', '"reasoning', '"assistant"', "plain");
  const texts = fc.array(fc.constantFrom("images", "reasoning_content", 'a "quoted" one', "assistant", "x"), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(words, texts, fc.boolean(), (word, said, long) => {
      const messages = [{ role: "user", content: said }, { images: said.length > 2 ? [1] : undefined }];
      const filler = long ? ["y".repeat(5_000)] : [];
      const text = JSON.stringify([...messages, ...filler]);
      expect(membersOf({ messages: [...messages, ...filler] }).mentions("messages", word)).toBe(text.includes(word));
    }),
  );
});

test("a word of one member is not found in the next", () => {
  const members = membersOf({ messages: ["z".repeat(5_000)], tools: ["assistant"] });
  expect(members.mentions("messages", '"assistant"')).toBe(false);
  expect(members.mentions("tools", '"assistant"')).toBe(true);
  expect(members.mentions("tools", '"')).toBe(true);
});

test("texts of a member are found by a search, blanks or not, and those with an escape are not", () => {
  const body = Buffer.from(
    `{"messages": [{"id":"a","x":{"id" :\n "b"}}, {"id": 7, "text": "\\"id\\":\\"c\\""}, {"id":"d\\n"}], "tools":[{"id":"e"}]}`,
  );
  const members = rawMembers(plainCall({ body, fields: scanJsonObject(body, 64) }), { input: [{ id: "f" }] });
  expect(members.texts("messages", "id")).toEqual(["a", "b"]);
  expect([members.texts("input", "id"), members.texts("nothing", "id")]).toEqual([["f"], []]);
});

test("a text of more than 32 KiB is passed over", () => {
  const members = membersOf({ messages: [{ data: "x".repeat(40_000) }, { data: "y".repeat(30_000) }] });
  expect(members.texts("messages", "data").map((text) => text.length)).toEqual([30_000]);
});
