// The operator's choice between Chat Completions and Responses for a provider, written into its row once, at load, so that
// requests need not check it. Operations are not affected.
import type { ProviderRow } from "../core/provider.ts";

/** The same row if not set; null for a row that speaks neither of the two. */
export const speakAs = (row: ProviderRow, word: "chat" | "responses" | undefined): ProviderRow | null => {
  if (word === undefined) return row;
  if (row.apis === undefined) return null;
  const protocol = row.apis[word];
  const { [row.apis.responses]: _, ...others } = row.alsoTakes ?? {};
  const facts: ProviderRow["facts"] = (model) => ({ ...row.facts(model), detour: undefined });
  if (protocol === row.protocol) return { ...row, alsoTakes: others, facts };
  return {
    ...row,
    protocol,
    operations: row.operations ?? row.protocol,
    alsoTakes: others,
    quirks: row.quirks.map((quirk) => ({ ...quirk, protocol: quirk.protocol ?? row.protocol })),
    facts,
  };
};
