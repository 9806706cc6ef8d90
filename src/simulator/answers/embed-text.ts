// Text to a vector, always the same: texts with common words are close to each other, so that a search over fake
// embeddings finds something. It is not a model; it only has the usual form (unit length, any number of dimensions).
import { hashText, seededRandom, type Random } from "../random.ts";
import { splitTokens } from "./tokens.ts";

const marksPerToken = 24;
const exactUpTo = 4000;

/** A vector of unit length with `dimensions` members; `space` separates the models. */
export function embedText(text: string, space: string, dimensions: number): number[] {
  const vector = new Float64Array(dimensions);
  const tokens = splitTokens(text.slice(0, exactUpTo).toLowerCase()).map((token) => token.trim());
  for (const token of tokens.length === 0 ? [""] : tokens) {
    const random = seededRandom(hashText(`${space}\n${token}`));
    for (let mark = 0; mark < marksPerToken; mark++) {
      const at = random.integer(0, dimensions - 1);
      vector[at] = (vector[at] ?? 0) + (random.next() * 2 - 1);
    }
  }
  return toUnitLength(vector, seededRandom(hashText(`${space}\n${text}`)));
}

/** A little noise keeps every member away from zero, as in a real vector. */
function toUnitLength(vector: Float64Array, random: Random): number[] {
  const noisy = Array.from(vector, (value) => value + (random.next() - 0.5) / 10);
  const length = Math.hypot(...noisy);
  return noisy.map((value) => Math.fround(value / length));
}
