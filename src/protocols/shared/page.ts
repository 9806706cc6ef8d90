// Pages of a list, as queries ask for them. A page begins after, or ends before, an entry that is named: that holds while
// the list changes.
import type { KnownModel } from "../../core/models.ts";
import type { GatewayFailure } from "../../core/failure.ts";
import { badRequest } from "./read.ts";

/** The most that a page may have. */
const LARGEST = 1000;

/** How many are wanted: 1 to 1000; null where the query does not say, or says 0, which protocols take for that. */
export function pageSize(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || text === "") return null;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 0) return size === 0 ? null : Math.min(size, LARGEST);
  throw badRequest(name, `expected a number of models from 1 to ${LARGEST}, got "${text.slice(0, 40)}"`);
}

/** Where the named model stands in the list; null where the query names none. */
export function placeInList(models: readonly KnownModel[], query: URLSearchParams, name: string): number | null {
  const id = query.get(name);
  if (id === null || id === "") return null;
  const place = models.findIndex((model) => model.id === id);
  if (place === -1) throw noSuchPlace(name, id);
  return place;
}

function noSuchPlace(name: string, id: string): GatewayFailure {
  return badRequest(name, `there is no model "${id.slice(0, 200)}" in the list; start again without it`);
}
