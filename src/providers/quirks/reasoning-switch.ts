// Hosts that switch reasoning in a member of their own instead of `reasoning_effort: "none"`: `thinking.type`,
// `enable_thinking`, `reasoning.enabled` and others. If the host also takes an effort, it stays beside the switch;
// otherwise only the switch is sent. A caller's own switch wins.
import type { JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

export interface ReasoningSwitch {
  readonly name: string;
  /** The host takes `reasoning_effort` beside the switch. */
  readonly keepsEffort: boolean;
  /** What is sent for any effort. Absent: nothing; without `keepsEffort`, the wish is then dropped. */
  readonly on?: JsonObject;
  /** What is sent for `none`; absent: these models cannot stop reasoning, and the wish is dropped. */
  readonly off?: JsonObject;
  /** Absent: all of the host's models. */
  readonly models?: RegExp;
}

export function reasoningSwitch({ name, keepsEffort, on, off, models }: ReasoningSwitch): Quirk {
  return {
    name,
    fields: ["reasoning_effort"],
    ...(models === undefined ? {} : { models }),
    request(body, model) {
      const effort = body["reasoning_effort"];
      if (typeof effort !== "string" || models?.test(model) === false) return unchanged(body);
      const isOff = effort === "none";
      const setting = isOff ? off : (on ?? (keepsEffort ? {} : undefined));
      if (setting === undefined)
        return { body: withFields(body, { reasoning_effort: undefined }), dropped: ["reasoning_effort"], adapted: [] };
      const keptEffort = keepsEffort && !isOff ? effort : undefined;
      return {
        body: withFields(body, { reasoning_effort: keptEffort, ...beside(body, setting) }),
        dropped: [],
        adapted: keepsEffort || isOff ? [] : [`reasoning_effort:${effort}>enabled`],
      };
    },
  };
}

/** The members of the switch, beside what a caller has in them. */
function beside(body: JsonObject, setting: JsonObject): JsonObject {
  const entries = Object.entries(setting).map(([name, value]) => {
    const own = body[name];
    if (own === undefined) return [name, value] as const;
    return [name, isObject(own) && value !== undefined && isObject(value) ? { ...value, ...own } : own] as const;
  });
  return Object.fromEntries(entries);
}

/** DeepSeek, Z.ai, Moonshot's Kimi, MiMo. */
export function thinkingType(keepsEffort: boolean): Quirk {
  const name = keepsEffort ? "thinking-type-and-effort" : "thinking-type";
  return reasoningSwitch({
    name,
    keepsEffort,
    on: { thinking: { type: "enabled" } },
    off: { thinking: { type: "disabled" } },
  });
}
