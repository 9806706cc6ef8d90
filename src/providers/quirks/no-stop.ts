// OpenAI's o3, o4-mini and GPT-5 answer 400 to `stop`. It is dropped and reported.
import type { Json } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

const thinkers = /^(o(3|4-mini)($|-)|gpt-5(?!.*-chat))/;

export const noStop: Quirk = {
  name: "no-stop",
  protocol: "openai-chat",
  fields: ["stop"],
  models: thinkers,
  request(body, model) {
    if (body["stop"] === undefined || !thinkers.test(model)) return unchanged(body);
    return { body: withFields(body, { stop: undefined }), dropped: isEmpty(body["stop"]) ? [] : ["stop"], adapted: [] };
  },
};

/** It stops nothing, so nothing is lost. */
function isEmpty(stop: Json): boolean {
  return stop === null || stop === "" || (Array.isArray(stop) && stop.every((word) => word === ""));
}
