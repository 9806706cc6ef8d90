// Mistral's value for `tool_choice: "required"` is `"any"`. The meaning is the same, so nothing is reported.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const anyToolChoice: Quirk = {
  name: "any-tool-choice",
  fields: ["tool_choice"],
  request(body) {
    if (body["tool_choice"] !== "required") return unchanged(body);
    return { body: withFields(body, { tool_choice: "any" }), dropped: [], adapted: [] };
  },
};
