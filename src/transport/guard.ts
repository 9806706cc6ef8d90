// Stops a client that may name a host from reaching the gateway's private network (SSRF): it checks addresses after DNS,
// and connects to the checked address (a second look-up could answer differently). The operator's base URLs do not pass
// here. It must fail closed: it refuses an address that it cannot read as public.
import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

/** IANA's special-purpose addresses that are not public, and the addresses of cloud services. */
const blocked = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  // The platform's own service inside one large cloud: a public address, answered by the host itself.
  ["168.63.129.16", 32],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const)
  blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of [
  // Teredo, benchmarking, ORCHID and similar; documentation; 6to4; documentation again.
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const)
  blocked.addSubnet(network, prefix, "ipv6");

/**
 * All addresses assigned for global use so far; NAT64, mapped, local, link-local and multicast addresses are outside.
 */
const global = new BlockList();
global.addSubnet("2000::", 3, "ipv6");

/** Whether an address is on the public internet. IPv4 inside IPv6 counts only if a resolver mapped it. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !blocked.check(address, "ipv4");
  if (version !== 6 || address.includes("%")) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  return global.check(address, "ipv6") && !blocked.check(address, "ipv6");
}

/** Why a host is forbidden, or null. Addresses in the URL never reach the lookup, so they are checked here. */
export function refuseForbiddenHost(origin: string, trusted: ReadonlySet<string>): string | null {
  const host = new URL(origin).hostname.replace(/^\[|\]$/gu, "").toLowerCase();
  if (trusted.has(host) || isIP(host) === 0 || isPublicAddress(host)) return null;
  return `the host ${host} is not a public address`;
}

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/** A `lookup` for `net.connect` that returns only public addresses (any for trusted hosts). */
export function guardedLookup(
  trusted: ReadonlySet<string>,
  resolve: typeof dnsLookup = dnsLookup,
): (hostname: string, options: LookupOptions, answer: Answer) => void {
  return (hostname, options, answer) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return answer(error, "");
      const allowed = trusted.has(hostname.toLowerCase())
        ? addresses
        : addresses.filter((entry) => isPublicAddress(entry.address));
      const first = allowed[0];
      if (first === undefined || allowed.length < addresses.length) {
        const refusal: NodeJS.ErrnoException = new Error(
          `the host ${hostname} resolves to an address that is not public`,
        );
        refusal.code = "forbidden-address";
        return answer(refusal, "");
      }
      if (options.all) answer(null, allowed);
      else answer(null, first.address, first.family);
    });
  };
}
