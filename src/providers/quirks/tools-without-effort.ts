// Function tools in OpenAI's Chat Completions: GPT-5.4 and 5.5 refuse them beside a `reasoning_effort`, GPT-5.6 unless
// the effort is `none`. Such requests go through Responses (by the models' facts). If the operator excluded that, the
// effort is dropped and the tools stay, because without them it would be another answer.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const toolsWithoutEffort: Quirk = {
  name: "tools-without-effort",
  protocol: "openai-chat",
  fields: ["tools"],
  models: /^gpt-5\.[456]/,
  request(body, model) {
    const { tools, reasoning_effort: effort } = body;
    if (!Array.isArray(tools) || tools.length === 0) return unchanged(body);
    if (model.startsWith("gpt-5.6") && effort !== "none") {
      const adapted = typeof effort === "string" ? [`reasoning_effort:${effort}>none`] : [];
      return { body: withFields(body, { reasoning_effort: "none" }), dropped: [], adapted };
    }
    if (/^gpt-5\.[45]/.test(model) && effort !== undefined && effort !== "none") {
      return { body: withFields(body, { reasoning_effort: undefined }), dropped: ["reasoning_effort"], adapted: [] };
    }
    return unchanged(body);
  },
};
