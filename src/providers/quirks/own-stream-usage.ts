// Mistral reports the tokens of every stream, and answers 422 to the option: `extra_forbidden` at
// `stream_options.include_usage` (openai/openai-agents-python#442). The option is dropped, and nothing is lost.
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

export const ownStreamUsage: Quirk = {
  name: "own-stream-usage",
  protocol: "openai-chat",
  fields: ["stream_options"],
  request(body) {
    const options = body["stream_options"];
    if (options === undefined) return unchanged(body);
    const others =
      options !== null && isObject(options) && Object.keys(options).some((name) => name !== "include_usage");
    return {
      body: withFields(body, { stream_options: undefined }),
      dropped: others ? ["stream_options"] : [],
      adapted: [],
    };
  },
};
