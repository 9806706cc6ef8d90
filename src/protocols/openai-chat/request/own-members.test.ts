// Compares the table of OpenAI's own members with its published description, if that is present.
import { describe, expect, test } from "vitest";
import { openapiMissing, openMembers } from "../../../../test/support/openapi.ts";
import type { Shape } from "../../../core/member-shape.ts";
import { ownMembers } from "./own-members.ts";

/** Accepted, although the description does not say so. */
const unpublished: ReadonlySet<string> = new Set([
  "messages:assistant.annotations",
  "messages:assistant.parsed",
  "messages:assistant.tool_calls:function.function.parsed_arguments",
  "messages:assistant.tool_calls:function.index",
  "messages:tool.name",
  "tools:function.name",
]);

/** `messages:user.content:text`: a path through members, and through kinds after a colon. */
function placesIn({ members, kinds }: Shape, place: string): [string, string[]][] {
  if (kinds !== undefined) return [...kinds.shapes].flatMap(([kind, own]) => placesIn(own, `${place}:${kind}`));
  const inner = [...members].flatMap(([name, below]) =>
    // For some, only the allowed strings are known.
    below === null || (below.members.size === 0 && below.kinds === undefined)
      ? []
      : placesIn(below, place === "" ? name : `${place}.${name}`),
  );
  return [[place, [...members.keys()].filter((name) => !unpublished.has(`${place}.${name}`)).toSorted()], ...inner];
}

const skipped = openapiMissing === "" ? "" : ` (skipped: ${openapiMissing})`;
describe.skipIf(skipped !== "")(`as published${skipped}`, () => {
  const finder = openapiMissing === "" ? openMembers("CreateChatCompletionRequest") : null;
  const published = (place: string): readonly string[] => finder?.membersAt(place) ?? [];
  const places = placesIn(ownMembers.shape, "");
  // Not every role may have every kind of part; the members of such a part are the same.
  const isTaken = ([place]: [string, string[]]): boolean => published(place).length > 0;
  test.each(places.filter(isTaken))("%j", (place, names) => {
    expect(names).toEqual(published(place));
  });

  test("each part and each call has its place", () => {
    const kindOf = (place: string): string => place.replace(/^.*\.(content|tool_calls):/u, "$1:");
    const taken = new Set(places.filter(isTaken).map(([place]) => kindOf(place)));
    expect(places.map(([place]) => kindOf(place)).filter((kind) => !taken.has(kind))).toEqual([]);
  });
});
