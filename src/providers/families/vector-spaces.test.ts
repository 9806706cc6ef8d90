import { expect, test } from "vitest";
import { vectorSpaceOf } from "./vector-spaces.ts";

test.each([
  ["text-embedding-3-small", "text-embedding-3-small"],
  ["BAAI/bge-m3", "bge-m3"],
  ["bge-m3:latest", "bge-m3"],
  ["cohere.embed-english-v3", "embed-english-v3"],
  ["embed-english-v3.0", "embed-english-v3"],
  ["amazon.titan-embed-text-v2:0", "titan-embed-text-v2"],
  ["voyage-4-large", "voyage-4"],
  ["voyage-4-lite", "voyage-4"],
  ["voyage-3.5", "voyage-3.5"],
  ["models/gemini-embedding-001", "gemini-embedding-001"],
  ["accounts/fireworks/models/qwen3-embedding-8b", "qwen3-embedding-8b"],
  ["rerank-v3.5", null],
  ["BAAI/bge-reranker-v2-m3", null],
  ["gpt-4o", null],
])("%s has the vectors of %s", (name, model) => {
  expect(vectorSpaceOf(name)).toBe(model);
});
