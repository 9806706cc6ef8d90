// The quirks of a vendor's row for one protocol and one model, selected once: a row may have many, with a pattern each,
// and a request must not test them all.
import type { ProtocolName } from "../core/chat.ts";
import type { ProviderRow, Quirk } from "../core/provider.ts";
import { RowMemory } from "../domain/row-memory.ts";

export type QuirksOf = (row: ProviderRow, protocol: ProtocolName, model: string) => readonly Quirk[];

export function rememberOwnQuirks(): QuirksOf {
  // One per protocol: building a combined key would cost more than the lookup.
  const all = new Map<ProtocolName, RowMemory<readonly Quirk[]>>();
  return (row, protocol, model) => {
    const memory = all.get(protocol) ?? new RowMemory<readonly Quirk[]>();
    const cached = memory.get(row, model);
    if (cached !== undefined) return cached;
    const quirks = row.quirks.filter(
      (quirk) => (quirk.protocol ?? row.protocol) === protocol && (quirk.models?.test(model) ?? true),
    );
    memory.set(row, model, quirks);
    all.set(protocol, memory);
    return quirks;
  };
}
