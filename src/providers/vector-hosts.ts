// What the hosts of embeddings and rerankers have, lack and spell differently, by the name of their row. Sources are each
// vendor's API reference; a host that is not here is asked as OpenAI is, and answers for itself.
import type { OperationFacts } from "../core/operation-facts.ts";
import type { Task } from "../core/operation.ts";
import type { ProviderRow } from "../core/provider.ts";

export interface VectorHost extends Pick<ProviderRow, "lacks" | "operations" | "bases" | "path"> {
  readonly facts?: Pick<OperationFacts, "embeddings" | "rerank">;
}

const neither: readonly Task[] = ["embeddings", "rerank"];
const noRerank: VectorHost = { lacks: ["rerank"] };
const chatsOnly: VectorHost = { lacks: neither };

/** docs.voyageai.com/reference/embeddings-api and /reranker-api. `encoding_format` is `base64` or absent. */
const voyage: VectorHost = {
  lacks: ["chat"],
  facts: {
    embeddings: {
      dimensions: "output_dimension",
      saysFloat: false,
      purpose: { member: "input_type", words: { query: "query", document: "document" } },
      truncate: "truncation",
      members: ["model", "input", "input_type", "truncation", "output_dimension", "output_dtype", "encoding_format"],
      tokens: false,
      mostTexts: 1_000,
    },
    rerank: { limit: "top_k", members: ["truncation"], textsOnly: true, mostDocuments: 1_000 },
  },
};

/** api.jina.ai/redoc. */
const jina: VectorHost = {
  lacks: ["chat"],
  facts: {
    embeddings: {
      base64: "embedding_type",
      purpose: {
        member: "task",
        words: {
          query: "retrieval.query",
          document: "retrieval.passage",
          similarity: "text-matching",
          classification: "classification",
          clustering: "separation",
        },
      },
      truncate: "truncate",
      members: [
        "model",
        "input",
        "task",
        "dimensions",
        "normalized",
        "late_chunking",
        "embedding_type",
        "truncate",
        "return_multivector",
      ],
      tokens: false,
    },
  },
};

/** docs.mistral.ai/api/endpoint/embeddings: other members are a 422. */
const mistral: VectorHost = {
  ...noRerank,
  facts: {
    embeddings: {
      dimensions: "output_dimension",
      members: ["model", "input", "metadata", "output_dimension", "output_dtype", "encoding_format"],
      tokens: false,
    },
  },
};

/** togethercomputer/openapi: `EmbeddingsRequest` has a model and an input. */
const together: VectorHost = {
  facts: {
    embeddings: { dimensions: null, base64: null, members: ["model", "input"], tokens: false },
  },
};

/** docs.siliconflow.com/en/api-reference/embeddings and /rerank. */
const siliconflow: VectorHost = {
  facts: {
    embeddings: { mostTexts: 32, tokens: false },
    rerank: { members: ["instruction", "max_chunks_per_doc", "overlap_tokens"], textsOnly: true },
  },
};

/** docs.api.nvidia.com/nim/reference: `input_type` is required by models that distinguish it. Rerankers have another host. */
const nvidia: VectorHost = {
  ...noRerank,
  facts: {
    embeddings: { purpose: { member: "input_type", words: { query: "query", document: "passage" } }, tokens: false },
  },
};

/**
 * huggingface.github.io/text-embeddings-inference: embeddings under `/v1` as at OpenAI, reranking beside it in its own
 * form. 32 is the server's default of `--max-client-batch-size`.
 */
const tei: VectorHost = {
  lacks: ["chat"],
  path: (_model, mode, usual) => (mode === "rerank" ? usual : `/v1${usual}`),
  facts: {
    embeddings: { mostTexts: 32 },
    rerank: { documents: "texts", limit: null, members: ["raw_scores", "truncate"], mostDocuments: 32 },
  },
};

/** Its own API is at the same host, beside the compatible one for chats. */
const cohere: VectorHost = {
  operations: "cohere-v2",
  bases: { "openai-chat": "/compatibility/v1", "cohere-v2": "" },
};

export const vectorHosts: Readonly<Record<string, VectorHost>> = {
  voyage,
  jina,
  mistral,
  together,
  siliconflow,
  "siliconflow-cn": siliconflow,
  nvidia,
  tei,
  cohere,
  // Documents are strings: llama.cpp's tools/server/README.md, `/v1/rerank`.
  llamacpp: { facts: { rerank: { textsOnly: true } } },
  groq: chatsOnly,
  deepseek: chatsOnly,
  cerebras: chatsOnly,
  moonshot: chatsOnly,
  "moonshot-cn": chatsOnly,
  meta: chatsOnly,
  poe: chatsOnly,
  tgi: chatsOnly,
  xai: noRerank,
  perplexity: noRerank,
  ollama: noRerank,
  "ollama-cloud": noRerank,
  lmstudio: noRerank,
  sambanova: noRerank,
  github: noRerank,
  // It has another form, at `/v1/inference/{model}`.
  deepinfra: noRerank,
};
