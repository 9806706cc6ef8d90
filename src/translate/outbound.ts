// The address, path and headers of a request to one target, without the signature. A client's key must never be among
// them, and headers that name an account go along only beside the caller's own key.
import type { Asking, Call } from "../core/exchange.ts";
import type { PathMode } from "../core/provider.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { ProviderRules } from "../core/rules.ts";
import { basePathFor } from "../domain/base-path.ts";

/** The path after the base URL: the row's own if it has one, otherwise the protocol's (`usual`). */
export function pathFor({ call, target }: Pick<Asking, "call" | "target">, model: string, usual: string): string {
  const { row } = target.provider;
  return row.path === undefined ? usual : row.path(model, modeOf(call), usual);
}

function modeOf(call: Call): PathMode {
  if (call.task !== "chat") return call.task;
  return call.stream ? "stream" : "whole";
}

export interface Address {
  /** e.g. `https://api.example.com`. */
  readonly origin: string;
  /** The path of the base URL, without a trailing slash. */
  readonly prefix: string;
  /** The same for another protocol of the provider. */
  readonly prefixFor: (protocol: ProtocolName) => string;
}

/** Splits each provider's base URL, once. */
export function rememberAddresses(): (provider: ProviderRules) => Address {
  const addresses = new WeakMap<ProviderRules, Address>();
  return (provider) => {
    const cached = addresses.get(provider);
    if (cached !== undefined) return cached;
    const url = new URL(provider.baseUrl);
    const prefix = url.pathname.replace(/\/+$/u, "");
    const { row } = provider;
    const prefixFor = (protocol: ProtocolName): string => basePathFor(row, prefix, protocol) ?? prefix;
    const address = { origin: url.origin, prefix: prefixFor(row.protocol), prefixFor };
    addresses.set(provider, address);
    return address;
  };
}

/** Headers in which clients put keys: never forwarded, whatever a row says. */
const secret: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "x-api-key",
  "x-goog-api-key",
  "api-key",
]);
/** Headers that name the account to charge: with another account's key, vendors refuse them. */
const accounts = /-(organization|project)$/u;

/** The request's headers: the row's, those forwarded from a caller of the same protocol, and the operator's. */
export function outboundHeaders(
  asking: Pick<Asking, "exchange" | "call" | "target" | "key">,
  sameProtocol: boolean,
): Record<string, string> {
  const { provider } = asking.target;
  const { row } = provider;
  const headers: Record<string, string> = {
    "content-type": "application/json",
    accept: asking.call.stream ? "text/event-stream" : "application/json",
    "user-agent": "understudy-gateway",
  };
  Object.assign(headers, row.headers);
  if (sameProtocol && row.forward) {
    const callerHeaders = asking.exchange.request.headers;
    for (const name of row.forward) {
      const value = callerHeaders[name];
      if (value === undefined || secret.has(name)) continue;
      if (!accounts.test(name) || asking.key?.source === "request") headers[name] = value;
    }
  }
  for (const name in provider.headers) headers[name.toLowerCase()] = provider.headers[name] ?? "";
  return headers;
}
