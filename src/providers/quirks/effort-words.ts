// Hosts that take other words in `reasoning_effort` than OpenAI's, or fewer. A word of the caller becomes the host's, and
// the change is reported, unless it is the same wish in another word. A null switches reasoning off.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

/** The host's word for each of a caller's; words that are not in it stay. */
export type EffortWords = Readonly<Record<string, string | null>>;

export function effortWords(words: EffortWords): Quirk {
  return {
    name: "effort-words",
    fields: ["reasoning_effort"],
    request(body) {
      const effort = body["reasoning_effort"];
      if (typeof effort !== "string" || !Object.hasOwn(words, effort)) return unchanged(body);
      const word = words[effort] ?? null;
      return {
        body: withFields(body, { reasoning_effort: word }),
        dropped: [],
        adapted: word === null ? [] : [`reasoning_effort:${effort}>${word}`],
      };
    },
  };
}
