// What a row knows of its vendor's usual address only. A proxy, a mirror or another version of a server at an operator's own
// address may lack the vendor's further protocols: clients of these are translated there.
import type { ProviderRow } from "../core/provider.ts";

/** One for each row: facts and prices are cached by row, and a request may name its own host. */
const elsewhere = new WeakMap<ProviderRow, ProviderRow>();

/** The row at that base URL. `hasAll`: the operator says that it takes whatever the usual address takes. */
export const rowAt = (row: ProviderRow, baseUrl: string, hasAll = false): ProviderRow => {
  const { takesAtUsual = [], alsoTakes = {} } = row;
  if (hasAll || takesAtUsual.length === 0 || baseUrl === row.baseUrl) return row;
  const cached = elsewhere.get(row);
  if (cached !== undefined) return cached;
  const others = Object.entries(alsoTakes).filter(([protocol]) => !takesAtUsual.some((name) => name === protocol));
  const own: ProviderRow = { ...row, alsoTakes: Object.fromEntries(others) };
  elsewhere.set(row, own);
  return own;
};
