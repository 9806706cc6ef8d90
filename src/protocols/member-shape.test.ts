import fc from "fast-check";
import { expect, test } from "vitest";
import type { Json } from "../core/json.ts";
import { kindsBy, namesByDepth, onlyKnown, shape } from "./member-shape.ts";

const part = kindsBy("type", { text: shape("type text"), link: shape("type", { link: shape("url") }) });
const known = shape("model free", { messages: shape("role", { content: part }) });

function trimmed(value: Json): [Json, string[]] {
  const lost: string[] = [];
  return [onlyKnown(value, known, (place) => lost.push(place)), lost];
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

test("names by their depth", () => {
  expect(namesByDepth(known).map((names) => [...names])).toEqual([
    ["model", "free", "messages"],
    ["role", "content"],
    ["type", "text", "link"],
    ["url"],
  ]);
});
