// Where a vendor serves each of its protocols: several have a second protocol below another path of the same host. Pure.
import type { ProtocolName } from "../core/chat.ts";
import type { ProviderRow } from "../core/provider.ts";

type Bases = Pick<ProviderRow, "bases" | "protocol">;

/**
 * The path of the base URL for that protocol, from the configured one: the end for it takes the place of another's. `path`: without a trailing slash. Null: this
 * address is not laid out as the vendor's own, so the protocol's place is unknown.
 */
export function basePathFor({ bases, protocol: own }: Bases, path: string, protocol: ProtocolName): string | null {
  const ownEnd = bases?.[protocol];
  if (bases === undefined || ownEnd === undefined) return path;
  const end = longestEnd(path, Object.values(bases));
  if (end === null) return protocol === own ? path : null;
  return path.slice(0, path.length - end.length) + ownEnd;
}

function longestEnd(path: string, ends: readonly string[]): string | null {
  let longest: string | null = null;
  for (const end of ends) {
    const isIts = end === "" ? path === "" : path.endsWith(end);
    if (isIts && end.length >= (longest?.length ?? 0)) longest = end;
  }
  return longest;
}

/** The path of an address, without a trailing slash; cheap enough for every request. */
export function pathOf(address: string): string {
  const slash = address.indexOf("/", address.indexOf("://") + 3);
  return slash === -1 ? "" : address.slice(slash).replace(/\/+$/u, "");
}
