// OpenAI's o3 and o4-mini answer 400 to `stop`. It is left out and reported.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const noStop: Quirk = {
  name: "no-stop",
  fields: ["stop"],
  models: /^o(3|4-mini)($|-)/,
  request(body, model) {
    if (body["stop"] === undefined || !/^o(3|4-mini)($|-)/.test(model)) return unchanged(body);
    return { body: withFields(body, { stop: undefined }), dropped: ["stop"], adapted: [] };
  },
};
