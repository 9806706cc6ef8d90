// The client side of Cohere's API: the paths that its SDKs use for embeddings and reranking. Those of the first version are
// reranked at `/v1/rerank`, which the hosts of another protocol have too.
import type { Ingress } from "../../core/ingress.ts";
import { FIRST_VERSION } from "./features/embeddings-client.ts";

export const ingress: Ingress = {
  paths: {
    "/v2/rerank": { task: "rerank", stream: false },
    "/v2/embed": { task: "embeddings", stream: false },
    "/embed": { task: "embeddings", stream: false, variant: FIRST_VERSION },
  },
  answerIdPrefix: "",
  conversationMember: "texts",
  asksForReasoning: () => false,
};
