// The headers of every reply: the target, the attempts and their verdicts, the losses. A caller's program, its network
// panel and its Portkey client read them; they must never contain a key or an address.
import type { Protocol } from "../core/protocol.ts";
import type { Answer, Arrival } from "../core/exchange.ts";
import type { AttemptRecord } from "../core/attempt-record.ts";
import type { GatewayFailure } from "../core/failure.ts";
import type { TargetNode } from "../core/rules.ts";
import { rememberLast } from "../domain/remember-last.ts";
import { shortenList } from "../domain/shorten-list.ts";
import type { Verdict } from "../core/verdict.ts";

/** Headers of a vendor's answer about its connection or its pages, or that would contradict ours. */
const notPassedOn: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "content-encoding",
  "content-type",
  "cache-control",
  "set-cookie",
  "set-cookie2",
  "strict-transport-security",
  "content-security-policy",
  "x-frame-options",
  "content-disposition",
  "etag",
  "last-modified",
  "location",
  "link",
  "refresh",
  "nel",
  "report-to",
  "reporting-endpoints",
  "clear-site-data",
  "alt-svc",
  "server",
  "server-timing",
  "date",
  "vary",
  "via",
  "x-request-id",
  "x-should-retry",
  "authorization",
  "authentication-info",
  "www-authenticate",
  "cookie",
  "content-location",
  "expires",
  "pragma",
  "age",
  "warning",
  "sourcemap",
  "x-sourcemap",
  "x-sendfile",
  "x-reproxy-url",
  "referrer-policy",
  "permissions-policy",
  "feature-policy",
  "document-policy",
  "integrity-policy",
  "speculation-rules",
  "supports-loading-mode",
  "service-worker-allowed",
  "origin-agent-cluster",
  "no-vary-search",
  "timing-allow-origin",
  "accept-ch",
  "critical-ch",
  "expect-ct",
]);
/** Families of them: what a proxy (`x-accel-redirect` names a file of its own), a cache or a browser acts on. */
const alsoNotPassedOn =
  /^(?:proxy|sec|x-accel|x-lighttpd|cross-origin|public-key-pins|surrogate|cdn)-|-cdn-cache-control$|^content-security-/u;
/** CORS is the gateway's to decide, and the paying account is private. */
const privateNames = /^access-control-|-(organization|project)(-id)?$|^(x-understudy|x-portkey)-/u;
/** Node's clients take 16 KiB of headers: a long list shows its end, long strings show their beginning. */
const MOST_SHOWN = 40;
const MOST_WORDS = 2_000;

/** The header in which one protocol's clients look for a request's id, in addition to `x-request-id`. */
export function nameRequest(headers: Record<string, string>, { ingress }: Pick<Protocol, "ingress">): void {
  const { requestIdHeader } = ingress;
  if (requestIdHeader !== undefined) headers[requestIdHeader] = headers["x-request-id"] ?? "";
}

export function replyHeaders(
  arrival: Arrival,
  { target, attempt }: Pick<Answer, "target" | "attempt">,
  now: number,
): Record<string, string> {
  const headers = commonHeaders(arrival, now);
  headers["x-understudy-target"] = targetWords(target.name);
  if (attempt.dropped.length > 0) headers["x-understudy-dropped"] = listed(attempt.dropped);
  if (attempt.adapted.length > 0) headers["x-understudy-adapted"] = listed(attempt.adapted);
  if (speaksPortkey(arrival)) {
    headers["x-portkey-last-used-option-index"] = asciiOnly(target.path);
    headers["x-portkey-provider"] = target.provider.row.name;
    headers["x-portkey-retry-attempt-count"] = String(attempt.retry);
  }
  return headers;
}

/** For an operation without attempts. `target`: null for an estimate. */
export function asideHeaders({ id }: Arrival, target: TargetNode | null): Record<string, string> {
  if (target === null) return { "x-request-id": id, "x-understudy-estimated": "true" };
  return { "x-request-id": id, "x-understudy-target": asciiOnly(target.name) };
}

/** A day, in milliseconds: a longer wait helps no client. */
const LONGEST_WAIT = 86_400_000;

export function failureHeaders(failure: GatewayFailure, arrival: Arrival, now: number): Record<string, string> {
  const headers = commonHeaders(arrival, now);
  headers["content-type"] = "application/json";
  if (!failure.shouldRetry) headers["x-should-retry"] = "false";
  if (failure.retryAfterMs !== null) {
    const milliseconds = Math.min(LONGEST_WAIT, Math.max(1, Math.ceil(failure.retryAfterMs)));
    headers["retry-after"] = String(Math.ceil(milliseconds / 1000));
    headers["retry-after-ms"] = String(milliseconds);
  }
  const last = arrival.attempts.findLast((one) => one.skipped !== true);
  if (last) {
    headers["x-understudy-target"] = asciiOnly(last.target);
    if (speaksPortkey(arrival)) {
      headers["x-portkey-last-used-option-index"] = asciiOnly(last.path);
      headers["x-portkey-provider"] = asciiOnly(last.target.slice(0, Math.max(0, last.target.indexOf("/"))));
      headers["x-portkey-retry-attempt-count"] = last.retry > 0 ? "-1" : "0";
    }
  }
  return headers;
}

/** Adds a vendor's own headers (rate limits, processing times), unless the gateway has one of that name. */
export function vendorHeaders(headers: Record<string, string>, vendor: Readonly<Record<string, string>>): void {
  let bytes = 0;
  const ofConnection = namedIn(vendor["connection"]);
  for (const name in vendor) {
    if (isWithheld(name) || ofConnection.has(name) || headers[name] !== undefined) continue;
    const value = vendor[name] ?? "";
    if (bytes + name.length + value.length > MOST_VENDOR_BYTES) continue;
    bytes += name.length + value.length + HEADER_FRAME;
    headers[name] = value;
  }
}

function isWithheld(name: string): boolean {
  return notPassedOn.has(name) || privateNames.test(name) || alsoNotPassedOn.test(name);
}

const NONE: ReadonlySet<string> = new Set();

/** Headers that are for this connection only (RFC 9110, 7.6.1). Almost always none. */
function namedIn(connection: string | undefined): ReadonlySet<string> {
  if (connection === undefined || connection === "keep-alive" || connection === "close") return NONE;
  return new Set(connection.split(",").map((name) => name.trim().toLowerCase()));
}

/** Node's clients refuse a head above 16 KiB, and with it a good answer. The gateway's own headers need the rest. */
const MOST_VENDOR_BYTES = 8 * 1024;
/** `: ` and the line's end. */
const HEADER_FRAME = 4;

/**
 * `target:verdict:status:ms` for each attempt; an open attempt has its foreseen verdict. A target that cannot serve the
 * request is listed as well, with `skipped` as its status.
 */
export function attemptsHeader(arrival: Arrival, now: number): string {
  let text = "";
  for (const one of lastOf(arrival.attempts)) {
    const verdict = verdictOf(one);
    const ms = Math.round(one.totalMs ?? now - one.startedAt);
    const status = one.skipped === true ? "skipped" : (one.status ?? 0);
    text += `${text === "" ? "" : ", "}${targetWords(one.target)}:${verdict}:${status}:${ms}`;
  }
  return text;
}

function lastOf(attempts: readonly AttemptRecord[]): readonly AttemptRecord[] {
  return attempts.length > MOST_SHOWN ? attempts.slice(-MOST_SHOWN) : attempts;
}

function verdictOf({ verdict, foreseen }: AttemptRecord): Verdict {
  return verdict ?? foreseen ?? "ok";
}

/** Such a body can be sent once. */
const NO_RETRY = "none; the body is larger than server.spool";

/** The headers of every reply to a call. */
export function commonHeaders(arrival: Arrival, now: number): Record<string, string> {
  const headers: Record<string, string> = { "x-request-id": arrival.id };
  if (arrival.attempts.length > 0) {
    headers["x-understudy-attempts"] = attemptsHeader(arrival, now);
    headers["server-timing"] = serverTiming(arrival, now);
    const vendorId = arrival.attempts.at(-1)?.vendorRequestId;
    if (vendorId != null) headers["x-understudy-vendor-request-id"] = asciiOnly(vendorId);
  }
  if (arrival.request.rest !== undefined) headers["x-understudy-retry"] = NO_RETRY;
  if (arrival.skipped.length > 0) {
    headers["x-understudy-skipped"] = reasons(arrival);
  }
  if (speaksPortkey(arrival)) {
    headers["x-portkey-trace-id"] = asciiOnly(arrival.request.headers["x-portkey-trace-id"] || arrival.id);
    headers["x-portkey-cache-status"] = "DISABLED";
  }
  return headers;
}

function serverTiming(arrival: Arrival, now: number): string {
  let text = "";
  let index = 0;
  for (const one of lastOf(arrival.attempts)) {
    const ms = (one.totalMs ?? now - one.startedAt).toFixed(1);
    const word = one.skipped === true ? `${verdictOf(one)} skipped` : verdictOf(one);
    text += `${index === 0 ? "" : ", "}attempt${index};desc="${quotedTarget(one.target)} ${word}";dur=${ms}`;
    index += 1;
  }
  return text;
}

function speaksPortkey(arrival: Arrival): boolean {
  const { headers } = arrival.request;
  return headers["x-portkey-config"] !== undefined || headers["x-portkey-provider"] !== undefined;
}

function listed(names: readonly string[]): string {
  return asciiOnly(shortenList(names).join(", "));
}

/** Whole sentences, which the rule for names would cut. */
function reasons({ skipped }: Arrival): string {
  return asciiOnly(skipped.map(({ target, reason }) => `${target}: ${reason}`).join(", ")).slice(0, MOST_WORDS);
}

/** Header values contain visible ASCII; a model's name can contain anything. */
function asciiOnly(text: string): string {
  return /^[\x20-\x7e]*$/u.test(text) ? text : text.replace(/[^\x20-\x7e]/gu, "?");
}

const targetWords = rememberLast(asciiOnly);
const quotedTarget = rememberLast(quotable);

function quotable(text: string): string {
  const ascii = asciiOnly(text);
  return /["\\]/u.test(ascii) ? ascii.replace(/["\\]/gu, "'") : ascii;
}
