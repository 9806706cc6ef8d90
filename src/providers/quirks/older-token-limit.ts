// Mistral knows only the older name of the answer's limit, and answers 422 to unknown names. The meaning is the same,
// so nothing is reported.
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

export const olderTokenLimit: Quirk = {
  name: "older-token-limit",
  fields: ["max_completion_tokens"],
  request(body) {
    const limit = body["max_completion_tokens"];
    if (limit === undefined) return unchanged(body);
    const fields = { max_completion_tokens: undefined, max_tokens: limit };
    return { body: withFields(body, fields), dropped: [], adapted: [] };
  },
};
