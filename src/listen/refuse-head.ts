// Who may send a request at all, judged by its head, before the body is read: no foreign web page, and nobody who calls
// this gateway by an unknown name. Also the CORS headers for the pages that the operator allows, and for no other.
import type { IncomingMessage } from "node:http";
import { GatewayFailure } from "../core/failure.ts";
import { isAllowedOrigin, refuseWebPage, type PageRefusal, type PageRules } from "../domain/web-page.ts";

type Head = Pick<IncomingMessage, "method" | "url" | "headers" | "rawHeaders">;

/** The refusal of a request, or null. */
export function refuseHead(
  { method = "GET", url = "/", headers, rawHeaders }: Head,
  rules: PageRules | null,
): GatewayFailure | null {
  if (countHosts(rawHeaders) > 1) {
    const words = "the request has more than one Host header; send exactly one";
    return new GatewayFailure(words, { code: "bad_request", status: 400, shouldRetry: false });
  }
  const refusal = rules === null ? null : refuseWebPage(method, withAuthority(headers, url), rules);
  return refusal === null ? null : explain(refusal);
}

/** The host of an absolute target counts, whatever `Host` says (RFC 9112, 3.2.2). */
function withAuthority(headers: Head["headers"], target: string): Head["headers"] {
  if (target.charCodeAt(0) === SLASH) return headers;
  const host = URL.parse(target)?.host ?? "";
  return host === "" ? headers : { ...headers, host };
}

const SLASH = 47;

/** Node keeps the first of several and drops the others, and a proxy in front may have read another one. */
function countHosts(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index];
    if (name?.length === 4 && name.toLowerCase() === "host") count += 1;
  }
  return count;
}

function explain(refusal: PageRefusal): GatewayFailure {
  if (refusal.kind === "form") {
    const words = `a web page must send JSON with the content-type application/json, not "${printable(refusal.contentType)}"`;
    return new GatewayFailure(words, { code: "bad_request", status: 415, param: "content-type", shouldRetry: false });
  }
  const words =
    refusal.kind === "host"
      ? `this gateway is not called "${printable(refusal.host)}"; call it by localhost or 127.0.0.1, or add the name to server.hosts`
      : `web pages of ${refusal.origin === null ? "other sites" : `"${printable(refusal.origin)}"`} may not use this gateway; to allow them, add their origin to server.cors`;
  return new GatewayFailure(words, { code: "forbidden", status: 403, shouldRetry: false });
}

/** It comes from a stranger. */
function printable(text: string): string {
  return text.slice(0, 100).replace(/[^\x20-\x7e]/gu, "?");
}

/** Adds what lets an allowed page read this answer: every header that the answer has. */
export function addCors(
  reply: Record<string, string>,
  { headers }: Pick<Head, "headers">,
  rules: PageRules | null,
): void {
  const { origin } = headers;
  if (rules === null || rules.origins.length === 0) return;
  reply["vary"] = "origin";
  if (origin === undefined || !isAllowedOrigin(origin, rules)) return;
  reply["access-control-expose-headers"] = Object.keys(reply).join(", ");
  reply["access-control-allow-origin"] = origin;
}

/** A browser asks whether a page may send such a request. The answer to a page that is not allowed is a 403. */
export function isPreflight({ method, headers }: Head): boolean {
  return method === "OPTIONS" && headers.origin !== undefined && headers["access-control-request-method"] !== undefined;
}

const TEN_MINUTES = "600";

/** The answer to the preflight of an allowed page. SDKs send headers of their own, so all that it asks for are allowed. */
export function preflightHeaders({ headers }: Pick<Head, "headers">): Record<string, string> {
  const requestedHeaders = headers["access-control-request-headers"];
  const reply: Record<string, string> = {
    "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "access-control-max-age": TEN_MINUTES,
  };
  if (requestedHeaders !== undefined) reply["access-control-allow-headers"] = requestedHeaders;
  if (headers["access-control-request-private-network"] === "true")
    reply["access-control-allow-private-network"] = "true";
  return reply;
}
