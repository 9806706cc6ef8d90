// Cohere's own API, for embeddings and reranking only: its chats go through its OpenAI-compatible host. Paths begin at the
// host, because each has its own version.
import type { Protocol } from "../../core/protocol.ts";
import { noChat } from "../shared/no-chat.ts";
import { decodeFailure } from "./failure/decode.ts";
import { encodeFailFrame, encodeFailure } from "./failure/encode.ts";
import { embeddings } from "./features/embeddings.ts";
import { rerank } from "./features/rerank.ts";
import { ingress } from "./ingress.ts";

export const cohereV2: Protocol = {
  name: "cohere-v2",
  ingress,
  egress: { path: () => "/v2/chat", framing: "sse" },
  chat: noChat("cohere-v2"),
  operations: { embeddings, rerank },
  failure: { decode: decodeFailure, encode: encodeFailure, frame: encodeFailFrame },
};
