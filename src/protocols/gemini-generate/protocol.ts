// Gemini's generateContent as one value: the wire format of the Gemini API and of Gemini on Vertex, both ways.
import type { Protocol } from "../../core/protocol.ts";
import { failFrame, encodeFailure } from "./failure-encode.ts";
import { countedRequest, countWithModel } from "./count.ts";
import { decodeFailure } from "./failure.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { encodeResponse } from "./response-encode.ts";
import { decodeResponse } from "./response.ts";
import { createStreamEncoder } from "./stream-encode.ts";
import { createStreamDecoder } from "./stream.ts";

export const geminiGenerate: Protocol = {
  name: "gemini-generate",
  path: (model, stream) =>
    `/${escaped(resourceOf(model))}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  modelInPath: resourceOf,
  count: {
    path: (model) => `/${escaped(resourceOf(model))}:countTokens`,
    withModel: countWithModel,
    requestIn: countedRequest,
    encode: (tokens) => ({ totalTokens: tokens }),
  },
  failFrame,
  // The last slice has a finish reason, and then the bytes end.
  endMark: "",
  decodeRequest,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  streamDecoder: createStreamDecoder,
  streamEncoder: createStreamEncoder,
  decodeFailure,
  encodeFailure,
};

/** `gemini-2.5-flash`, `models/gemini-2.5-flash` and `tunedModels/mine` are all names of models. */
function resourceOf(model: string): string {
  return /^(?:models|tunedModels)\//.test(model) ? model : `models/${model}`;
}

function escaped(resource: string): string {
  return resource
    .split("/")
    .map((step) => (step === ".." || step === "." ? "_" : encodeURIComponent(step)))
    .join("/");
}
