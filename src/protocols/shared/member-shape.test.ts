import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../../core/json.ts";
import { kindsBy, memberTable, oneOf, orWords, shape } from "../../domain/member-table.ts";
import { withinMemberShape } from "./member-shape.ts";

const part = kindsBy("type", { text: shape("type text"), link: shape("type", { link: shape("url") }) });
const known = shape("model free", { messages: shape("role", { content: part }) });

function trimmed(value: Json): [Json, string[]] {
  const lost: string[] = [];
  return [withinMemberShape(value, known, (place) => lost.push(place)), lost];
}

test("what is not known is left out at each depth, and told by its place", () => {
  const value = {
    model: "m",
    extra: 1,
    messages: [
      {
        role: "user",
        content: [
          { type: "text", text: "x", mark: {} },
          { type: "link", link: { url: "u", title: "t" } },
        ],
      },
      { role: "user", content: "words", name: "n" },
    ],
  };
  expect(trimmed(value)).toEqual([
    {
      model: "m",
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "x" },
            { type: "link", link: { url: "u" } },
          ],
        },
        { role: "user", content: "words" },
      ],
    },
    ["extra", "messages.content.mark", "messages.content.link.title", "messages.name"],
  ]);
});

test("of a kind that is not known nothing is said, nor of what has no shape", () => {
  const value = {
    free: { anything: [1] },
    messages: [{ content: [{ type: "video", clip: 1 }, { clip: 2 }, 3, null] }],
  };
  expect(trimmed(value)).toEqual([value, []]);
});

test("what needs no change is the same object", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (free) => {
      const value = { model: "m", free: free as Json };
      expect(trimmed(value)[0]).toBe(value);
    }),
  );
});

test("a history's names by their depth, its kinds, and what is no text there", () => {
  const closed = kindsBy("type", { image: shape("type", { url: orWords("", shape("url")) }) }, true);
  const { names, types, objects } = memberTable(shape("model", { messages: shape("role", { content: closed }) }));
  expect(names.map((one) => [...one])).toEqual([["role", "content"], ["type", "url"], ["url"]]);
  expect([[...types], objects]).toEqual([["image"], ["url"]]);
});

test("of a closed set of kinds and words nothing else stays", () => {
  const table = shape("", {
    choice: orWords("auto none", kindsBy("type", { tool: shape("type name") }, true)),
    words: oneOf("text audio"),
    parts: kindsBy("type", { text: shape("type text") }, true),
  });
  const lost: string[] = [];
  const value = {
    choice: "any",
    words: ["text", "image"],
    parts: [
      { type: "text", text: "x" },
      { type: "clip", text: "x" },
    ],
  };
  expect(withinMemberShape(value, table, (place) => lost.push(place))).toEqual({
    words: ["text"],
    parts: [{ type: "text", text: "x" }],
  });
  expect(lost).toEqual(["choice", "words", "parts"]);
  expect(withinMemberShape({ choice: { type: "tool", name: "a", odd: 1 } }, table, () => {})).toEqual({
    choice: { type: "tool", name: "a" },
  });
});
