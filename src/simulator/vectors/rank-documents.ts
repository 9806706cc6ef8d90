// Scores of documents for a query, always the same: the share of the query's words that a document has. Not a model.
import { hashText } from "../random.ts";
import { countTokens, splitTokens } from "../answers/tokens.ts";

export interface Score {
  readonly index: number;
  readonly score: number;
}

/** The best first. */
export function rankDocuments(query: string, documents: readonly string[], most: number | undefined): Score[] {
  const words = wordsOf(query);
  const scores = documents.map((text, index) => ({ index, score: scoreOf(words, text) }));
  return scores.toSorted((one, other) => other.score - one.score).slice(0, most);
}

/** Between 0 and 1; a little of it follows from the text, so that no two texts tie. */
function scoreOf(words: ReadonlySet<string>, text: string): number {
  const inText = wordsOf(text);
  const share = [...words].filter((word) => inText.has(word)).length / Math.max(1, words.size);
  return Math.round((share * 0.9 + ((hashText(text) >>> 0) % 1000) / 12_000 + 0.01) * 1e8) / 1e8;
}

function wordsOf(text: string): Set<string> {
  const words = splitTokens(text.toLowerCase()).map((token) => token.replaceAll(/[^\p{L}\p{N}]/gu, ""));
  return new Set(words.filter((word) => word !== ""));
}

/** A vendor reads the query once for each document. */
export function rankedTokens(query: string, documents: readonly string[]): number {
  return documents.reduce((sum, text) => sum + countTokens(text) + countTokens(query), 0);
}
