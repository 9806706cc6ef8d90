// Hosts (DeepSeek, Z.ai) that switch reasoning with `thinking.type` instead of `reasoning_effort: "none"`. If the host
// also takes an effort, it stays beside the switch; otherwise only the switch is sent.
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
