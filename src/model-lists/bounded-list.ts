// Bounds what a vendor's list may put into this process: names that can be asked for, numbers that are counts of tokens,
// short titles, each name once. A list comes from outside and stays for hours.
import type { ListedFacts, ListedModel } from "../core/models.ts";

export const MOST_MODELS = 20_000;
const LONGEST_ID = 256;
const LONGEST_TITLE = 120;
const MOST_TOKENS = 1_000_000_000;

/** The models that can be kept, at most `most`. */
export function boundedList(models: readonly ListedModel[], most: number = MOST_MODELS): readonly ListedModel[] {
  const byId = new Map<string, ListedModel>();
  for (const model of models) {
    if (byId.size >= most) break;
    const { id } = model;
    if (id.length > LONGEST_ID || /[\s\p{Cc}]/u.test(id) || byId.has(id)) continue;
    byId.set(id, { ...model, title: titleOf(model), created: countOf(model.created), facts: factsOf(model.facts) });
  }
  return [...byId.values()];
}

function titleOf({ title, id }: ListedModel): string | null {
  const text = title?.replaceAll(/\p{Cc}+/gu, " ").trim() ?? "";
  return text === "" || text === id ? null : text.toWellFormed().slice(0, LONGEST_TITLE);
}

function countOf(value: number | null): number | null {
  return value !== null && Number.isSafeInteger(value) ? value : null;
}

/** A limit that is no count of tokens says nothing. */
function factsOf(facts: ListedFacts): ListedFacts {
  const entries = Object.entries(facts).filter(
    ([, value]) => typeof value !== "number" || (Number.isInteger(value) && value > 0 && value <= MOST_TOKENS),
  );
  return Object.fromEntries(entries);
}
