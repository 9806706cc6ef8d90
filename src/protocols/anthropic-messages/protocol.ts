// The Messages protocol: the table of its pure functions, each in a file of its own.
import type { Protocol } from "../../core/protocol.ts";
import { sseTextFrame } from "../shared/sse-text.ts";
import { countOperation } from "../shared/count.ts";
import { decodeFailure, inBandFailure } from "./failure/decode.ts";
import { encodeFailure, encodeFailFrame } from "./failure/encode.ts";
import { fits } from "./request/fits.ts";
import { needsBytes } from "./request/needs-bytes.ts";
import { self } from "./features/own-state.ts";
import { modelsReader } from "./features/models-reader.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { endings } from "./response/finish.ts";
import { decodeResponse } from "./response/decode.ts";
import { encodeResponse } from "./response/encode.ts";
import { passthrough } from "./features/passthrough.ts";
import { pausing } from "./features/pause.ts";
import { peek } from "./request/peek.ts";
import { placeRouteParams } from "./request/route-params.ts";
import { reasoningState } from "./features/reasoning-state.ts";
import { streamDecoder } from "./stream/decode.ts";
import { streamEncoder } from "./stream/encode.ts";
import { ingress } from "./ingress.ts";

export const anthropicMessages: Protocol = {
  name: self,
  ingress,
  egress: { path: () => "/messages", framing: "sse", models: modelsReader },
  chat: {
    request: { decode: decodeRequest, encode: encodeRequest, needsBytes, fits, peek, placeParams: placeRouteParams },
    response: { decode: decodeResponse, encode: encodeResponse, repeats: (request) => request.has("thread") },
    stream: {
      decoder: streamDecoder,
      encoder: streamEncoder,
      endMark: sseTextFrame("message_stop", { type: "message_stop" }),
      signOfLife: sseTextFrame("ping", { type: "ping" }),
    },
    endings,
    hasBlocks: true,
  },
  operations: {
    count: countOperation({
      path: () => "/messages/count_tokens",
      place: (model) => ({ model }),
      requestIn: (body) => body,
      decodeChat: decodeRequest,
      member: "input_tokens",
      inBandFailure,
    }),
  },
  passthrough,
  failure: { decode: decodeFailure, encode: encodeFailure, frame: encodeFailFrame },
  reasoningState,
  autoContinue: pausing,
};
