// OpenAI Responses, for clients and for targets: OpenAI itself and the hosts that copied it. A deviation of one vendor
// is a quirk of its row in the catalogue, not code in this folder.
import type { Protocol } from "../../core/protocol.ts";
import { decodeFailure } from "./failure/decode.ts";
import { encodeFailFrame, encodeFailure, streamedFailures } from "./failure/encode.ts";
import { fits } from "./request/fits.ts";
import { isOrdered } from "./request/is-ordered.ts";
import { needsBytes } from "./request/needs-bytes.ts";
import { decodeRequest } from "./request/decode.ts";
import { encodeRequest } from "./request/encode.ts";
import { endings } from "./response/finish.ts";
import { decodeResponse } from "./response/decode.ts";
import { encodeResponse } from "./response/encode.ts";
import { placeRouteParams } from "./request/route-params.ts";
import { reasoningState } from "./features/reasoning-state.ts";
import { streamDecoder } from "./stream/decode.ts";
import { streamEncoder } from "./stream/encode.ts";
import { ingress } from "./ingress.ts";
import { keepAliveComment } from "../shared/sse-text.ts";

export const openaiResponses: Protocol = {
  name: "openai-responses",
  ingress,
  egress: { path: () => "/responses", framing: "sse" },
  chat: {
    request: {
      decode: decodeRequest,
      encode: encodeRequest,
      needsBytes,
      fits,
      isOrdered,
      placeParams: placeRouteParams,
    },
    response: { decode: decodeResponse, encode: encodeResponse, repeats: () => true },
    // The response's last event is its end mark.
    stream: { decoder: streamDecoder, encoder: streamEncoder, endMark: "", signOfLife: keepAliveComment },
    endings,
    hasBlocks: true,
    holdsMedia: ({ type, source }) => type === "image" && source.kind === "data",
  },
  operations: {},
  failure: { decode: decodeFailure, encode: encodeFailure, frame: encodeFailFrame, streamedFailures },
  reasoningState,
};
