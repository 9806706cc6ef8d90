// Which requests a web page in a browser may send. A page of a stranger can send requests to this machine's loopback
// addresses, and with DNS rebinding it can read the answers; the browser's own headers give it away. Pure functions, for
// every server that listens on loopback. They must never trust a header that a page can set.

/** Lower-cased names. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface PageRules {
  /** The server listens on a loopback address only. */
  readonly isLocal: boolean;
  /**
   * Names in `Host` that the server answers to, in lower case. Loopback names are known without it, and on an open address
   * all addresses.
   */
  readonly hosts: readonly string[];
  /** Origins whose pages may send requests and read the answers. */
  readonly origins: readonly string[];
}

/** Why a request is refused: the name in `Host`, the page's origin (null: unknown), or a type that any form can send. */
export type PageRefusal =
  | { readonly kind: "host"; readonly host: string }
  | { readonly kind: "origin"; readonly origin: string | null }
  | { readonly kind: "form"; readonly contentType: string };

const loopbackAddress = /^(?:127(?:\.\d{1,3}){3}|\[?::1\]?|\[?::ffff:127(?:\.\d{1,3}){3}\]?)$/u;

/** In `Host`. No page's name can be rebound to an address; probes and balancers call by it. */
const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[\da-f:.]+\])$/u;

/** Whether a host name or an address without a port is this machine's loopback. Browsers resolve `*.localhost` to it. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/u, "");
  return name === "localhost" || name.endsWith(".localhost") || loopbackAddress.test(name);
}

/** The reason to refuse a request, or null. The request's body is not needed. */
export function refuseWebPage(method: string, headers: RequestHeaders, rules: PageRules): PageRefusal | null {
  const host = one(headers["host"]);
  if (host !== undefined && !isKnown(host, rules)) return { kind: "host", host };
  const origin = one(headers["origin"]);
  const isAllowed = origin !== undefined && isAllowedOrigin(origin, rules);
  if (!isAllowed && isForeign(origin, host, one(headers["sec-fetch-site"])))
    return { kind: "origin", origin: origin ?? null };
  if (origin === undefined || method !== "POST") return null;
  return refuseForm(headers);
}

export function isAllowedOrigin(origin: string, { origins }: Pick<PageRules, "origins">): boolean {
  return origins.includes(origin.toLowerCase());
}

/** With rebinding, the page's own name resolves to this machine: only the name tells. */
function isKnown(authority: string, { isLocal, hosts }: PageRules): boolean {
  if (isLocal && isUsualLocal(authority)) return true;
  const name = authority.toLowerCase().replace(/:\d*$/u, "");
  if (isLoopback(name) || (!isLocal && (hosts.length === 0 || address.test(name)))) return true;
  return hosts.includes(name) || hosts.includes(name.replace(/\.$/u, ""));
}

const usualLocal = ["localhost", "127.0.0.1"] as const;

/** The names in almost every request, by comparison: patterns would cost more than the rest of the check. */
function isUsualLocal(authority: string): boolean {
  for (const name of usualLocal) if (authority.startsWith(name)) return isEndOrPort(authority, name.length);
  return false;
}

function isEndOrPort(authority: string, at: number): boolean {
  if (authority.length === at) return true;
  if (authority.charCodeAt(at) !== COLON) return false;
  for (let index = at + 1; index < authority.length; index += 1) {
    const code = authority.charCodeAt(index);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

const COLON = 58;
const ZERO = 48;
const NINE = 57;

/** Pages cannot set `Sec-` headers or `Origin` (Fetch, "forbidden request-header"); other clients have no page. */
function isForeign(origin: string | undefined, host: string | undefined, site: string | undefined): boolean {
  if (site === "same-origin" || site === "none") return false;
  if (site !== undefined) return true;
  // Browsers omit Sec-Fetch-Site at plain HTTP addresses that are not loopback.
  return origin !== undefined && URL.parse(origin)?.host !== host?.toLowerCase();
}

/** The types that a form, or a script without a preflight, can send to another origin (Fetch, "CORS-safelisted"). */
const formTypes = new Set(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]);

function refuseForm(headers: RequestHeaders): PageRefusal | null {
  const length = one(headers["content-length"]);
  if (length === "0" || (length === undefined && headers["transfer-encoding"] === undefined)) return null;
  const contentType = one(headers["content-type"]) ?? "";
  const [essence = ""] = contentType.split(";", 1);
  return formTypes.has(essence.trim().toLowerCase()) ? { kind: "form", contentType } : null;
}

function one(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === "string" ? value : value?.[0];
}
