// The operator's guardrail in requests to Amazon Bedrock. Converse has it in the body. InvokeModel and OpenAI's endpoint have it
// in headers, and in the body only how a stream is checked (docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use.html).
import type { Json, JsonObject } from "../../core/json.ts";
import type { GuardrailParts, Quirk } from "../../core/provider.ts";
import type { Guardrail } from "../../core/guardrail.ts";
import { isObject, withFields } from "./change.ts";

const CONFIG = "amazon-bedrock-guardrailConfig";

export function guardrailParts(guardrail: Guardrail): GuardrailParts {
  const { id, version, trace } = guardrail;
  return {
    headers: {
      "x-amzn-bedrock-guardrailidentifier": id,
      "x-amzn-bedrock-guardrailversion": version,
      ...(trace === undefined ? {} : { "x-amzn-bedrock-trace": trace.toUpperCase() }),
    },
    quirks: [inConverse(guardrail), ...(guardrail.stream === undefined ? [] : [inStreamsOfClaude(guardrail.stream)])],
  };
}

function inConverse({ id, version, trace, stream }: Guardrail): Quirk {
  const config = { guardrailIdentifier: id, guardrailVersion: version, ...(trace === undefined ? {} : { trace }) };
  const streamed = stream === undefined ? config : { ...config, streamProcessingMode: stream };
  return {
    name: "guardrail-in-converse",
    protocol: "bedrock-converse",
    request: (body, _model, question) => ({
      body: withFields(body, { guardrailConfig: question?.stream === true ? streamed : config }),
      dropped: [],
      adapted: [],
    }),
  };
}

function inStreamsOfClaude(stream: NonNullable<Guardrail["stream"]>): Quirk {
  const streamProcessingMode = stream === "async" ? "ASYNCHRONOUS" : "SYNCHRONOUS";
  return {
    name: "guardrail-in-streams-of-claude",
    protocol: "anthropic-messages",
    fields: ["messages"],
    request(body, _model, question) {
      const changed =
        question?.stream === true
          ? withFields(body, { [CONFIG]: { ...membersIn(body[CONFIG]), streamProcessingMode } })
          : body;
      return { body: changed, dropped: [], adapted: [] };
    },
  };
}

/** The caller's own, such as the suffix of its tags. */
function membersIn(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}
