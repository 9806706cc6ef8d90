// Converse, Amazon Bedrock's one form for the models of many vendors. Only targets speak it: no client of the gateway
// does, so the folder has no other half.
import type { TargetProtocol } from "../../core/protocol.ts";
import { pathSegment } from "../../domain/path-segment.ts";
import { decodeFailure } from "./failure/decode.ts";
import { self } from "./features/own.ts";
import { encodeRequest } from "./request/encode.ts";
import { decodeResponse } from "./response/decode.ts";
import { endings } from "./response/finish.ts";
import { createStreamDecoder } from "./stream/decode.ts";

export const bedrockConverse: TargetProtocol = {
  name: self,
  egress: {
    path: (model, stream) => `/model/${pathSegment(model)}/${stream ? "converse-stream" : "converse"}`,
    framing: "aws-event-stream",
  },
  chat: {
    request: { encode: encodeRequest, needsBytes: () => true },
    response: { decode: decodeResponse },
    stream: { decoder: createStreamDecoder },
    endings,
  },
  operations: {},
  failure: { decode: decodeFailure },
};
