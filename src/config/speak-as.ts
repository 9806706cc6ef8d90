// The operator's choice between Chat Completions and Responses for a provider, written into its row once, at load, so that
// requests need not check it. Embeddings are not affected.
import type { ProviderRow } from "../core/provider.ts";

/** The row as it is where nothing is said; null for a row that speaks neither of the two. */
export const speakAs = (row: ProviderRow, word: "chat" | "responses" | undefined): ProviderRow | null => {
  if (word === undefined) return row;
  if (row.protocol !== "openai-chat") return null;
  const { "openai-responses": _, ...others } = row.alsoTakes ?? {};
  const facts: ProviderRow["facts"] = (model) => ({ ...row.facts(model), detour: undefined });
  if (word === "chat") return { ...row, alsoTakes: others, facts };
  return {
    ...row,
    protocol: "openai-responses",
    embeddings: row.embeddings ?? row.protocol,
    alsoTakes: others,
    quirks: row.quirks.map((quirk) => ({ ...quirk, protocol: quirk.protocol ?? row.protocol })),
    facts,
  };
};
