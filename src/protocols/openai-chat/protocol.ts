// OpenAI Chat Completions, for clients and for targets: OpenAI itself and the many hosts that copied it. A deviation of
// one vendor is a quirk of its row in the catalogue, not code in this folder.
import type { Protocol } from "../../core/protocol.ts";
import { decodeFailure } from "./failure/decode.ts";
import { askUsage } from "./request/ask-usage.ts";
import { encodeFailFrame, encodeFailure } from "./failure/encode.ts";
import { embeddings } from "./features/embeddings.ts";
import { images } from "./features/images.ts";
import { modelsReader } from "./features/models-reader.ts";
import { passthrough } from "./features/passthrough.ts";
import { rerank } from "./features/rerank.ts";
import { speech } from "./features/speech.ts";
import { transcription } from "./features/transcriptions.ts";
import { fits } from "./request/fits.ts";
import { needsBytes } from "./request/needs-bytes.ts";
import { mendAnswer } from "./response/mend-answer.ts";
import { peek } from "./request/peek.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { endings } from "./response/finish.ts";
import { decodeResponse } from "./response/decode.ts";
import { encodeResponse } from "./response/encode.ts";
import { reasoningState } from "./features/reasoning-state.ts";
import { streamDecoder } from "./stream/decode.ts";
import { doneFrame, streamEncoder } from "./stream/encode.ts";
import { ingress } from "./ingress.ts";
import { keepAliveComment } from "../shared/sse-text.ts";

export const openaiChat: Protocol = {
  name: "openai-chat",
  ingress,
  egress: { path: () => "/chat/completions", framing: "sse", models: modelsReader },
  chat: {
    request: { decode: decodeRequest, encode: encodeRequest, needsBytes, fits, peek, askUsage },
    response: { decode: decodeResponse, encode: encodeResponse, mend: mendAnswer },
    stream: { decoder: streamDecoder, encoder: streamEncoder, endMark: doneFrame, signOfLife: keepAliveComment },
    endings,
    holdsMedia: ({ type }) => type === "image",
  },
  operations: { embeddings, rerank, "image-generation": images, speech, transcription },
  passthrough,
  failure: { decode: decodeFailure, encode: encodeFailure, frame: encodeFailFrame },
  reasoningState,
};
