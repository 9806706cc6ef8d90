// Pages of a list, by the query's parameters. A page starts after, or ends before, a named entry, so paging works while
// the list changes.
import type { KnownModel } from "../../core/models.ts";
import type { GatewayFailure } from "../../core/failure.ts";
import { badRequest } from "./read.ts";

/** The largest page. */
const LARGEST = 1000;

/** The page size, 1 to 1000; null if the query has none, or 0, which protocols treat as none. */
export function pageSize(query: URLSearchParams, name: string): number | null {
  const text = query.get(name);
  if (text === null || text === "") return null;
  const size = Number(text);
  if (Number.isInteger(size) && size >= 0) return size === 0 ? null : Math.min(size, LARGEST);
  throw badRequest(name, `expected a number of models from 1 to ${LARGEST}, got "${text.slice(0, 40)}"`);
}

/** The index of the named model in the list; null if the query names none. */
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
