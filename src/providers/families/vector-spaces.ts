// Which embedding models have comparable vectors: the same model, whatever its host calls it. By name only, for hints to an
// operator.

/** Names that only models for embeddings have. */
const embeds = /embed|^(?:bge|gte|e5|jina-clip|voyage)-/u;

/**
 * The model without its vendor, tag and spelling, e.g. `bge-m3` for `BAAI/bge-m3` and `bge-m3:latest`; null if the name is
 * not known to be an embedding model's.
 */
export function vectorSpaceOf(name: string): string | null {
  const bare = name
    .toLowerCase()
    .slice(name.lastIndexOf("/") + 1)
    // At Bedrock: `cohere.embed-english-v3`, `amazon.titan-embed-text-v2:0`.
    .replace(/^(?:(?:us|eu|global)\.)?(?:cohere|amazon)\./u, "")
    .replace(/[:@].*$/u, "")
    .replace(/\.0$/u, "");
  if (!embeds.test(bare) || bare.includes("rerank")) return null;
  // docs.voyageai.com/docs/embeddings: the models of the fourth generation share one space.
  return /^voyage-4(?:-|$)/u.test(bare) ? "voyage-4" : bare;
}
