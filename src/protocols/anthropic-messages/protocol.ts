// The Messages protocol: the table of its pure functions. Each stands in a file of its own beside this one.
import type { Protocol } from "../../core/protocol.ts";
import { eventFrame } from "../sse-text.ts";
import { decodeFailure, encodeFailure, failFrame } from "./failure.ts";
import { fits } from "./fits.ts";
import { models } from "./models.ts";
import { self } from "./own.ts";
import { decodeRequest } from "./request-decode.ts";
import { encodeRequest } from "./request-encode.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { pausing } from "./pause.ts";
import { peek } from "./peek.ts";
import { placeParams } from "./route-params.ts";
import { stateRules } from "./state.ts";
import { createStreamDecoder } from "./stream-decode.ts";
import { createStreamEncoder } from "./stream-encode.ts";

export const anthropicMessages: Protocol = {
  name: self,
  path: () => "/messages",
  count: {
    path: () => "/messages/count_tokens",
    withModel: (body, model) => ({ ...body, model }),
    requestIn: (body) => body,
    encode: (tokens) => ({ input_tokens: tokens }),
  },
  models,
  failFrame,
  endMark: eventFrame("message_stop", { type: "message_stop" }),
  decodeRequest,
  fits,
  state: stateRules,
  peek,
  placeParams,
  encodeRequest,
  decodeResponse,
  encodeResponse,
  repeats: (request) => request.has("thread"),
  pausing,
  streamDecoder: createStreamDecoder,
  streamEncoder: createStreamEncoder,
  decodeFailure,
  encodeFailure,
};
