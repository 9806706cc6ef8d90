// Gemini's generateContent as one value: the wire format of the Gemini API and of Gemini on Vertex, both directions.
import type { Protocol } from "../../core/protocol.ts";
import { encodeFailFrame, encodeFailure, statusOf } from "./failure/encode.ts";
import { count } from "./features/count.ts";
import { modelsReader } from "./features/models-reader.ts";
import { embeddings } from "./features/embeddings.ts";
import { decodeFailure } from "./failure/decode.ts";
import { fits } from "./request/fits.ts";
import { needsBytes } from "./request/needs-bytes.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { escaped, resourceOf } from "./features/resource.ts";
import { encodeResponse } from "./response/encode.ts";
import { endings } from "./response/finish.ts";
import { decodeResponse } from "./response/decode.ts";
import { images } from "./features/images.ts";
import { passthrough } from "./features/passthrough.ts";
import { speech } from "./features/speech.ts";
import { transcription } from "./features/transcriptions.ts";
import { pausing } from "./features/pause.ts";
import { placeRouteParams } from "./request/route-params.ts";
import { reasoningState } from "./features/reasoning-state.ts";
import { streamEncoder } from "./stream/encode.ts";
import { streamDecoder } from "./stream/decode.ts";
import { ingress } from "./ingress.ts";

export const geminiGenerate: Protocol = {
  name: "gemini-generate",
  ingress,
  egress: {
    path: (model, stream) =>
      `/${escaped(resourceOf(model))}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    modelInPath: resourceOf,
    framing: "sse",
    models: modelsReader,
  },
  chat: {
    request: { decode: decodeRequest, encode: encodeRequest, needsBytes, fits, placeParams: placeRouteParams },
    response: { decode: decodeResponse, encode: encodeResponse },
    stream: {
      decoder: streamDecoder,
      encoder: streamEncoder,
      // The last slice has a finish reason, and then the bytes end.
      endMark: "",
      // A blank line. Google's Go SDK (streaming in api_client.go) takes a comment for a broken event, and others drop
      // the event behind it.
      signOfLife: "\n\n",
      bearsComments: false,
    },
    endings,
    hasBlocks: true,
    holdsMedia: () => true,
  },
  operations: {
    embeddings,
    count,
    "image-generation": images,
    speech,
    transcription,
  },
  passthrough,
  failure: {
    decode: decodeFailure,
    encode: encodeFailure,
    frame: encodeFailFrame,
    statusOf,
    // Google's own SDKs skip an error frame, and take the clean end after it for the answer's end.
    breaksStream: true,
  },
  reasoningState,
  autoContinue: pausing,
};
