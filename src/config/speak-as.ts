// An operator's word on which of two kindred protocols a provider takes conversations in, put into its row once, at load:
// requests find a row that says it, and need not ask. Vectors are asked for as before.
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
