// Hosts (DeepSeek, Z.ai) that switch thinking by `thinking.type` instead of by `reasoning_effort: "none"`. Where the
// host also takes an effort word, the word stays beside it; where it does not, only the switch is left.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

/** `keepEffort`: the host takes `reasoning_effort` beside the switch. */
export function thinkingType(keepEffort: boolean): Quirk {
  return {
    name: keepEffort ? "thinking-type-and-effort" : "thinking-type",
    fields: ["reasoning_effort"],
    request(body) {
      const effort = body["reasoning_effort"];
      if (typeof effort !== "string") return unchanged(body);
      const off = effort === "none";
      const type = off ? "disabled" : "enabled";
      const keptEffort = keepEffort && !off ? effort : undefined;
      return {
        body: withFields(body, { reasoning_effort: keptEffort, thinking: { type } }),
        dropped: [],
        adapted: keepEffort || off ? [] : [`reasoning_effort:${effort}>enabled`],
      };
    },
  };
}
