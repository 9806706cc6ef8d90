// Whether the gateway may contact a host that came with a request, judged by its spelling. The transport checks the
// addresses again when it resolves the name: this check alone is not enough. It fails closed.

/** First labels of the names under which clouds give a machine its secrets, with any domain. */
const METADATA: ReadonlySet<string> = new Set(["metadata", "instance-data"]);

const INTERNAL_ENDINGS: readonly string[] = [
  ".local",
  ".localdomain",
  ".internal",
  ".intranet",
  ".lan",
  ".home",
  ".corp",
  ".test",
  ".invalid",
  ".onion",
  ".localhost",
];

const isPrivateIpv4 = (host: string): boolean => {
  const [a = 0, b = 0] = host.split(".").map(Number);
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true;
  if (a === 100) return b >= 64 && b <= 127;
  if (a === 169) return b === 254;
  if (a === 172) return b >= 16 && b <= 31;
  return a === 192 && b === 168;
};

const isTrusted = (host: string, trusted: ReadonlySet<string>): boolean =>
  trusted.has(host) || (trusted.has("localhost") && host.endsWith(".localhost"));

/**
 * The checked address without a trailing slash; null if it is forbidden. `URL` has already turned unusual number
 * formats (octal, hexadecimal, one integer) into plain IPv4.
 */
export const checkCustomHost = (text: string, trusted: ReadonlySet<string>): URL | null => {
  const url = readAddress(text);
  if (url === null) return null;
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (host === "" || host.endsWith(".") || host.includes("%") || url.port === "0") return null;
  return isTrusted(host, trusted) || isPublic(host) ? url : null;
};

/** Scheme, host, port and path; null for an address with any other part. */
const readAddress = (text: string): URL | null => {
  const printable = /^[\x21-\x7e]+$/.test(text.trim());
  if (!printable || /[@\\]/.test(text)) return null;
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return null;
  if (url.username !== "" || url.password !== "" || url.hash !== "" || url.search !== "") return null;
  return url;
};

const isPublic = (host: string): boolean => {
  // The transport checks an IPv6 literal again, bit by bit; here only public unicast passes.
  if (host.includes(":")) return /^[23][0-9a-f]{3}:/.test(host);
  if (/^\d+(\.\d+){3}$/.test(host)) return !isPrivateIpv4(host);
  // `xn--` is how URL spells letters beyond ASCII, which can imitate others.
  if (!/^[a-z0-9.-]+$/.test(host) || /(^|\.)xn--/.test(host) || METADATA.has(host.split(".")[0] ?? "")) return false;
  if (INTERNAL_ENDINGS.some((ending) => host.endsWith(ending)) || !host.includes(".")) return false;
  return host.split(".").length <= 10;
};
