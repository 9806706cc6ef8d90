// OpenAI Chat Completions, as a client speaks it and as a target does: OpenAI itself and the many hosts that copied it.
// What one vendor does differently is a quirk of its row in the catalogue, not a matter of this folder.
import type { Protocol } from "../../core/protocol.ts";
import { decodeFailure } from "../error-answer.ts";
import { encodeFailure } from "../error-encode.ts";
import { askUsage } from "./asked-usage.ts";
import { failFrame } from "./failure-encode.ts";
import { embeddings } from "./embeddings.ts";
import { fits } from "./fits.ts";
import { mendAnswer } from "./mend-answer.ts";
import { peek } from "./peek.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { decodeResponse } from "./response-decode.ts";
import { encodeResponse } from "./response-encode.ts";
import { stateRules } from "./state.ts";
import { streamDecoder } from "./stream-decode.ts";
import { doneFrame, streamEncoder } from "./stream-encode.ts";
import { ingress } from "./ingress.ts";

export const openaiChat: Protocol = {
  name: "openai-chat",
  ingress,
  egress: { path: () => "/chat/completions", framing: "sse" },
  chat: {
    request: { decode: decodeRequest, encode: encodeRequest, fits, peek, askUsage },
    response: { decode: decodeResponse, encode: encodeResponse, mend: mendAnswer },
    stream: { decoder: streamDecoder, encoder: streamEncoder, endMark: doneFrame },
  },
  operations: { embeddings },
  failure: { decode: decodeFailure, encode: encodeFailure, frame: failFrame },
  reasoningState: stateRules,
};
