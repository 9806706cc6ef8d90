// An address of the vendor's in an answer, to which the client sends its next request: the gateway's own address takes its
// place, so that no client sends the gateway's key to a vendor.
import type { Asking, ClientRequest } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { PassedCall, PassedPlace } from "../core/passthrough.ts";
import type { Protocol } from "../core/protocol.ts";
import { plainFailure } from "./failures.ts";
import type { Tools } from "./translate-parts.ts";

export interface NextAddress {
  readonly headers: Readonly<Record<string, string>>;
  /** What the address names at the vendor. */
  readonly ids: readonly string[];
}

/** Shorter values are words, such as a protocol's name. */
const SHORTEST_ID = 16;

interface AnswerContext {
  readonly asking: Asking;
  readonly passed: PassedCall;
  readonly protocol: Protocol;
}

/** Null: the answer has no such address. A failure: it is on another host, where the gateway cannot go. */
export function nextAddressFor(
  { addressOf }: Pick<Tools, "addressOf">,
  headers: Readonly<Record<string, string>>,
  { asking, passed, protocol }: AnswerContext,
): NextAddress | WireFailure | null {
  const name = protocol.passthrough?.nextAddress;
  const text = name === undefined ? undefined : headers[name];
  if (name === undefined || text === undefined || text === "") return null;
  const url = URL.parse(text);
  const { origin, prefix } = addressOf(asking.target.provider);
  const { place } = passed;
  const base = (place.before ?? "") + prefix;
  if (url?.origin !== origin || !url.pathname.startsWith(`${base}/`))
    return plainFailure("malformed", `the provider's answer leads to another host than its own (${name})`);
  const { request } = asking.exchange;
  // The client's path ends like the target's, and begins with the version that the client uses.
  const address = `${ownBase(request, place)}${url.pathname.slice(base.length)}${url.search}`;
  return {
    headers: { [name]: address },
    ids: [...url.searchParams.values()].filter((one) => one.length >= SHORTEST_ID),
  };
}

/**
 * Puts the gateway's address into the member of a JSON answer that has the vendor's. Null: the protocol has no such member.
 * Every other byte stays what it is.
 */
export function rewriteNextMember({ asking, passed, protocol }: AnswerContext): ((document: string) => string) | null {
  const member = protocol.passthrough?.nextMember;
  if (member === undefined) return null;
  const pattern = new RegExp(`("${member.name}"\\s*:\\s*")https?://[^"\\\\]*?(${member.path}[^"\\\\]*")`, "gu");
  const base = ownBase(asking.exchange.request, passed.place);
  return (document) => document.replaceAll(pattern, (_, lead: string, path: string) => `${lead}${base}${path}`);
}

/** What the client's paths begin with. */
function ownBase({ path, headers }: ClientRequest, place: PassedPlace): string {
  return ownOrigin(headers) + path.slice(0, Math.max(0, path.lastIndexOf(place.path(""))));
}

/** The address by which the client called this gateway. A proxy in front of it says which scheme the client used. */
function ownOrigin(headers: Readonly<Record<string, string>>): string {
  const scheme = headers["x-forwarded-proto"]?.split(",", 1)[0]?.trim() === "https" ? "https" : "http";
  return `${scheme}://${headers["host"] ?? "localhost"}`;
}
