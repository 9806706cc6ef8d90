// OpenAI's older completions: a prompt in, its continuation out. For clients, and for targets that take a client's own
// bytes; a target of another protocol gets the prompt as a conversation with one message.
import type { Protocol } from "../../../core/protocol.ts";
import { endings } from "../response/finish.ts";
import { decodeFailure } from "../failure/decode.ts";
import { askUsage } from "../request/ask-usage.ts";
import { encodeFailFrame, encodeFailure } from "../failure/encode.ts";
import { doneFrame } from "../stream/encode.ts";
import { decodeRequest, encodeRequest } from "./request.ts";
import { decodeResponse, encodeResponse } from "./response.ts";
import { streamDecoder, streamEncoder } from "./stream.ts";
import { asksForReasoning } from "../ingress.ts";
import { keepAliveComment } from "../../shared/sse-text.ts";

export const openaiCompletions: Protocol = {
  name: "openai-completions",
  ingress: {
    paths: { "/completions": { task: "chat", stream: null } },
    answerIdPrefix: "cmpl-",
    conversationMember: "prompt",
    asksForReasoning,
  },
  egress: { path: () => "/completions", framing: "sse" },
  chat: {
    request: { decode: decodeRequest, encode: encodeRequest, askUsage },
    response: { decode: decodeResponse, encode: encodeResponse },
    stream: { decoder: streamDecoder, encoder: streamEncoder, endMark: doneFrame, signOfLife: keepAliveComment },
    endings: { ...endings, protocol: "openai-completions" },
  },
  operations: {},
  failure: { decode: decodeFailure, encode: encodeFailure, frame: encodeFailFrame },
};
