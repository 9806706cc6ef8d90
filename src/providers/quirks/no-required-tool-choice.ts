// Moonshot's Kimi refuses `tool_choice: "required"`. The model may choose, and the change is reported: a caller that
// requires a call can name another target.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const noRequiredToolChoice: Quirk = {
  name: "no-required-tool-choice",
  fields: ["tool_choice"],
  request(body) {
    if (body["tool_choice"] !== "required") return unchanged(body);
    return {
      body: withFields(body, { tool_choice: "auto" }),
      dropped: [],
      adapted: ["tool_choice:required>auto"],
    };
  },
};
