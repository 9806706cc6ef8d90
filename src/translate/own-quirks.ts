// The quirks of a vendor's row that are for one protocol and one model, picked once: a row may have many, with a pattern
// each, and a request must not walk them all.
import type { ProtocolName } from "../core/chat.ts";
import type { ProviderRow, Quirk } from "../core/provider.ts";
import { RowMemory } from "./row-memory.ts";

export type QuirksOf = (row: ProviderRow, protocol: ProtocolName, model: string) => readonly Quirk[];

export function rememberQuirks(): QuirksOf {
  const known = new RowMemory<readonly Quirk[]>();
  return (row, protocol, model) => {
    const name = `${protocol} ${model}`;
    const found = known.get(row, name);
    if (found !== undefined) return found;
    const quirks = row.quirks.filter(
      (quirk) => (quirk.protocol ?? row.protocol) === protocol && (quirk.models?.test(model) ?? true),
    );
    known.set(row, name, quirks);
    return quirks;
  };
}
