// Moonshot's Kimi, which reasons by default, refuses `required` and a named tool: `tool_choice 'specified' is incompatible
// with thinking enabled` (can1357/oh-my-pi#1077). K3 takes `required`, and no named tool (UKGovernmentBEIS/inspect_ai#5152).
// The model may choose, and the change is reported: a caller that requires a call can name another target.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

export const noForcedToolChoice: Quirk = {
  name: "no-forced-tool-choice",
  fields: ["tool_choice"],
  request(body, model) {
    const choice = body["tool_choice"];
    const isNamed = choice !== undefined && isObject(choice);
    if (choice !== "required" && !isNamed) return unchanged(body);
    const { thinking } = body;
    if (thinking !== undefined && isObject(thinking) && thinking["type"] === "disabled") return unchanged(body);
    const takesRequired = /^kimi-k(?:[3-9]|\d\d)/u.test(model);
    if (takesRequired && !isNamed) return unchanged(body);
    const instead = takesRequired ? "required" : "auto";
    return {
      body: withFields(body, { tool_choice: instead, ...(isNamed ? onlyTool(body, choice) : {}) }),
      dropped: [],
      adapted: [`tool_choice:${isNamed ? "function" : "required"}>${instead}`],
    };
  },
};

/** Only the named tool is left to choose from. */
function onlyTool({ tools }: JsonObject, choice: JsonObject): JsonObject {
  const name = nameOf(choice);
  if (!Array.isArray(tools) || name === undefined) return {};
  const isIt = (tool: Json): boolean => isObject(tool) && nameOf(tool) === name;
  const chosen = (tools as readonly Json[]).filter(isIt);
  return chosen.length === 0 ? {} : { tools: chosen };
}

function nameOf(tool: JsonObject): Json | undefined {
  const called = tool["function"];
  return called !== undefined && isObject(called) ? called["name"] : undefined;
}
