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
  const ends = Object.values(bases).toSorted((one, other) => other.length - one.length);
  const end = ends.find((one) => (one === "" ? path === "" : path.endsWith(one)));
  if (end === undefined) return protocol === own ? path : null;
  return path.slice(0, path.length - end.length) + ownEnd;
}

/** The path of an address, without a trailing slash; cheap enough for every request. */
export function pathOf(address: string): string {
  const slash = address.indexOf("/", address.indexOf("://") + 3);
  return slash === -1 ? "" : address.slice(slash).replace(/\/+$/u, "");
}
