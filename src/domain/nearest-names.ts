// "Did you mean ...?": the known names closest to an unknown one, for typos in files, routes, models and commands.
// Pure. It guesses only if the guess is probably right: it never offers an unrelated name.

/** The edit distance; a swap of neighbours counts as one (Damerau-Levenshtein, optimal string alignment). */
export const editDistance = (a: string, b: string): number => {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const choices = [
        (previous[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (previous[column - 1] ?? 0) + (same ? 0 : 1),
        ...(swapped ? [(before[column - 2] ?? 0) + 1] : []),
      ];
      current.push(Math.min(...choices));
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? a.length;
};

/** Longer names are not compared: the cost grows with the square of the length, and callers send names too. */
const LONGEST_NAME = 128;

const scoreOf = (name: string, candidate: string): number => {
  const [a, b] = [name.toLowerCase(), candidate.toLowerCase()];
  if (a === b) return 0;
  const allowed = Math.max(1, Math.floor(Math.max(a.length, b.length) * 0.4));
  if (Math.abs(a.length - b.length) <= allowed) {
    const distance = editDistance(a, b);
    if (distance <= allowed) return distance;
  }
  // Part of a name, at least three letters: `gpt-4` for `gpt-4o-mini`, `flash` for `gemini-2.5-flash`.
  const isPart = Math.min(a.length, b.length) >= 3 && (b.includes(a) || a.includes(b));
  return isPart ? allowed + 1 + Math.abs(a.length - b.length) / LONGEST_NAME : Number.POSITIVE_INFINITY;
};

interface Scored {
  readonly candidate: string;
  readonly score: number;
}

const rank = (name: string, candidates: Iterable<string>): readonly Scored[] => {
  if (name === "" || name.length > LONGEST_NAME) return [];
  return [...new Set(candidates)]
    .filter((candidate) => candidate.length <= LONGEST_NAME)
    .map((candidate) => ({ candidate, score: scoreOf(name, candidate) }))
    .filter(({ score }) => score < Number.POSITIVE_INFINITY)
    .toSorted((a, b) => a.score - b.score || a.candidate.localeCompare(b.candidate));
};

/** At most `most` candidates closest to `name`, best first; empty if none is close. */
export const nearestNames = (name: string, candidates: Iterable<string>, most = 3): readonly string[] =>
  rank(name, candidates)
    .slice(0, most)
    .map(({ candidate }) => candidate);

/** `Did you mean "fallback"?`, with the best guess and equally good ones; null if nothing is close. */
export const didYouMean = (name: string, candidates: Iterable<string>): string | null => {
  const ranked = rank(name, candidates);
  const near = ranked
    .filter(({ score }) => score === ranked[0]?.score)
    .slice(0, 3)
    .map(({ candidate }) => `"${candidate}"`);
  if (near.length === 0) return null;
  return `Did you mean ${near.length === 1 ? near[0] : `${near.slice(0, -1).join(", ")} or ${near.at(-1)}`}?`;
};
