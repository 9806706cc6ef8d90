// Claude's bodies at Amazon Bedrock: the model and the form of the answer are in the path, and the versions of the API in the
// body, the betas too (docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html).
import type { Json } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { unchanged, withFields } from "./change.ts";

const VERSION = "bedrock-2023-05-31";
const BETAS = "anthropic-beta";

export const claudeOnBedrock: Quirk = {
  name: "claude-on-bedrock",
  protocol: "anthropic-messages",
  fields: ["model", "messages"],
  request(body, _model, { headers = {} } = {}) {
    if (body["model"] === undefined && body["messages"] === undefined) return unchanged(body);
    const betas = betasIn(body["anthropic_beta"], headers[BETAS]);
    const changed = withFields(body, {
      model: undefined,
      stream: undefined,
      anthropic_version: body["anthropic_version"] ?? VERSION,
      ...(betas.length === 0 ? {} : { anthropic_beta: betas }),
    });
    return { body: changed, dropped: [], adapted: [] };
  },
};

/** Those in the body, then those in the caller's header. */
function betasIn(own: Json | undefined, header: string | undefined): readonly Json[] {
  const headerValues = (header ?? "").split(",").map((one) => one.trim());
  return [...new Set([...(Array.isArray(own) ? (own as readonly Json[]) : []), ...headerValues])].filter(
    (one) => one !== "",
  );
}
