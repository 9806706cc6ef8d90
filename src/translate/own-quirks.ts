// The quirks of a vendor's row that are for one protocol and one model, picked once: a row may have many, with a pattern
// each, and a request must not walk them all.
import type { ProtocolName } from "../core/chat.ts";
import type { ProviderRow, Quirk } from "../core/provider.ts";

/** Models come with requests: beyond so many per provider the oldest is looked up anew. */
const MOST = 10_000;

export type QuirksOf = (row: ProviderRow, protocol: ProtocolName, model: string) => readonly Quirk[];

export function rememberQuirks(): QuirksOf {
  const known = new WeakMap<ProviderRow, Map<string, readonly Quirk[]>>();
  return (row, protocol, model) => {
    const models = known.get(row) ?? new Map<string, readonly Quirk[]>();
    const key = `${protocol} ${model}`;
    const found = models.get(key);
    if (found !== undefined) return found;
    const quirks = row.quirks.filter(
      (quirk) => (quirk.protocol ?? row.protocol) === protocol && (quirk.models?.test(model) ?? true),
    );
    models.set(key, quirks);
    if (models.size > MOST) {
      const oldest = models.keys().next();
      if (!oldest.done) models.delete(oldest.value);
    }
    known.set(row, models);
    return quirks;
  };
}
