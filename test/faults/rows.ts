// What each fault that the simulator can play comes to, for a route of two targets: the primary's verdicts and how the call
// ends for its caller. The tests play these rows and docs/failure-contract.md shows them; a row that changes is a change of
// the failure contract.
import type { FaultScript } from "../../src/simulator/simulator.ts";

export type Vendor = "google" | "openai" | "anthropic";

/** What is to come: the primary's verdicts in order, and how the call ends for the caller. */
export type Expected =
  | { readonly by: "primary"; readonly finish?: string }
  | { readonly by: "stand-in"; readonly verdicts: readonly string[] }
  /** Content of the primary, then one error in the stream; the stand-in is not asked. */
  | { readonly by: "interruption"; readonly code: string }
  /** The caller's to know: returned at once. */
  | { readonly by: "error"; readonly code: string; readonly status: number };

export interface Row {
  readonly name: string;
  readonly fault: FaultScript;
  readonly whole?: Expected;
  readonly streamed?: Expected;
  /** Vendors that can show it; all three by default. */
  readonly vendors?: readonly Vendor[];
  readonly body?: Record<string, unknown>;
}

const fine: Expected = { by: "primary" };
const next = (...verdicts: string[]): Expected => ({ by: "stand-in", verdicts });
const both = (expected: Expected): Pick<Row, "whole" | "streamed"> => ({ whole: expected, streamed: expected });
const interrupted = (code: string): Expected => ({ by: "interruption", code });
const error = (code: string, status: number): Expected => ({ by: "error", code, status });

const tools = [
  {
    type: "function",
    function: {
      name: "look_up",
      parameters: { type: "object", properties: { what: { type: "string" } }, required: ["what"] },
    },
  },
];
const twoCalls = {
  tools,
  tool_choice: "required",
  messages: [{ role: "user", content: "Look up the sea and the moon" }],
};

export const rows: readonly Row[] = [
  {
    name: "connection refused",
    fault: { fault: "connection-refused" },
    ...both(next("unreachable:0", "unreachable:0")),
  },
  { name: "accept and say nothing", fault: { fault: "accept-and-hang" }, ...both(next("no_response:0")) },
  {
    name: "RST before headers",
    fault: { fault: "reset-before-headers" },
    ...both(next("unreachable:0", "unreachable:0")),
  },
  { name: "RST after headers", fault: { fault: "reset-after-headers" }, ...both(next("cut:200")) },
  {
    name: "TLS handshake failure",
    fault: { fault: "tls-handshake-failure" },
    ...both(next("unreachable:0", "unreachable:0")),
  },
  { name: "headers too late", fault: { fault: "slow-headers", delayMs: 3000 }, ...both(next("no_response:0")) },
  { name: "headers late but in time", fault: { fault: "slow-headers", delayMs: 60 }, ...both(fine) },
  {
    name: "first token too late",
    fault: { fault: "slow-first-token", delayMs: 3000 },
    ...both(next("slow_first_token:200")),
  },
  {
    name: "stall in mid-answer",
    fault: { fault: "stall-mid-stream", afterTokens: 4 },
    whole: next("slow_first_token:200"),
    streamed: interrupted("stalled"),
  },
  { name: "one token each 15 ms", fault: { fault: "drip", everyMs: 15 }, streamed: fine },
  {
    name: "FIN without a terminating chunk",
    fault: { fault: "fin-without-terminator", afterTokens: 4 },
    whole: next("cut:200"),
    streamed: interrupted("cut"),
  },
  {
    name: "clean end without finish reason",
    fault: { fault: "clean-end-without-finish", afterTokens: 4 },
    streamed: interrupted("cut"),
  },
  { name: "end mark missing", fault: { fault: "no-done" }, streamed: fine },
  {
    name: "error event first",
    fault: { fault: "error-event-first", status: 529 },
    streamed: next("overloaded", "overloaded"),
  },
  {
    name: "error event in mid-stream",
    fault: { fault: "error-event-mid-stream", afterTokens: 4, status: 529 },
    streamed: interrupted("overloaded"),
  },
  {
    name: "one malformed event",
    fault: { fault: "malformed-event", afterTokens: 4 },
    whole: next("malformed:200"),
    streamed: fine,
  },
  { name: "events split at any byte", fault: { fault: "split-bytes", every: 5 }, ...both(fine) },
  { name: "CRLF framing", fault: { fault: "crlf" }, streamed: fine },
  { name: "comments and keep-alive lines", fault: { fault: "comments" }, streamed: fine },
  { name: "no space after data:", fault: { fault: "no-space-after-data" }, streamed: fine },
  { name: "several events in one packet", fault: { fault: "coalesced", events: 4 }, streamed: fine },
  { name: "one huge event", fault: { fault: "huge-event", bytes: 300_000 }, ...both(fine) },
  { name: "usage missing", fault: { fault: "usage-missing" }, ...both(fine) },
  { name: "usage at odd places", fault: { fault: "usage-odd" }, ...both(fine) },
  { name: "usage twice", fault: { fault: "usage-twice" }, streamed: fine },
  { name: "finish event twice", fault: { fault: "duplicate-finish" }, streamed: fine },
  {
    name: "tool arguments cut",
    fault: { fault: "tool-arguments-cut" },
    vendors: ["openai"],
    body: twoCalls,
    ...both({ by: "primary", finish: "tool_calls" }),
  },
  {
    name: "parallel tool calls interleaved",
    fault: { fault: "interleaved-tool-calls" },
    body: twoCalls,
    ...both({ by: "primary", finish: "tool_calls" }),
  },
  { name: "empty choices", fault: { fault: "empty-choices" }, whole: next("empty:200") },
  { name: "empty text", fault: { fault: "empty-text" }, ...both(next("empty:200")) },
  {
    name: "200 with an error body",
    fault: { fault: "error-body-200", status: 529 },
    ...both(next("overloaded", "overloaded")),
  },
  { name: "200 with HTML", fault: { fault: "html-200" }, ...both(next("malformed:200")) },
  { name: "wrong content type", fault: { fault: "wrong-content-type" }, ...both(next("malformed:200")) },
  { name: "gzip that nobody asked for", fault: { fault: "gzip" }, ...both(fine) },
  { name: "redirect", fault: { fault: "redirect" }, ...both(next("malformed:307")) },
  { name: "body shorter than announced", fault: { fault: "body-shorter-than-announced" }, whole: next("cut:200") },
  { name: "400", fault: { fault: "status", status: 400 }, ...both(error("bad_request", 400)) },
  {
    name: "400 context length",
    fault: { fault: "status", status: 400, contextLength: true },
    ...both(next("context_too_long:400")),
  },
  {
    name: "400 policy",
    fault: { fault: "status", status: 400, policy: true },
    ...both(error("policy_blocked", 400)),
    vendors: ["openai", "anthropic"],
  },
  {
    name: "400 unsupported parameter",
    fault: { fault: "status", status: 400, unsupportedParameter: "seed" },
    ...both(next("unsupported:400")),
    vendors: ["openai"],
  },
  {
    name: "401",
    fault: { fault: "status", status: 401 },
    ...both(next("bad_key:401")),
    vendors: ["openai", "anthropic"],
  },
  { name: "402", fault: { fault: "status", status: 402 }, ...both(next("quota_exhausted:402")) },
  { name: "403", fault: { fault: "status", status: 403 }, ...both(next("forbidden:403")) },
  { name: "404", fault: { fault: "status", status: 404 }, ...both(next("unknown_model:404")) },
  { name: "408", fault: { fault: "status", status: 408 }, ...both(next("server_error:408", "server_error:408")) },
  { name: "409", fault: { fault: "status", status: 409 }, ...both(next("server_error:409", "server_error:409")) },
  { name: "413", fault: { fault: "status", status: 413 }, ...both(error("bad_request", 413)) },
  { name: "422", fault: { fault: "status", status: 422 }, ...both(error("bad_request", 422)) },
  { name: "429 without a hint", fault: { fault: "status", status: 429 }, ...both(next("rate_limited:429")) },
  {
    name: "429, wait 20 ms",
    fault: { fault: "status", status: 429, retryAfterMs: 20, count: 1 },
    ...both(fine),
    vendors: ["openai", "anthropic"],
  },
  {
    name: "429, wait 30 s",
    fault: { fault: "status", status: 429, retryAfter: 30 },
    ...both(next("rate_limited:429")),
  },
  {
    name: "429, quota used up",
    fault: { fault: "status", status: 429, quota: true },
    ...both(next("quota_exhausted:429")),
  },
  {
    name: "429, per-day quota with a short hint",
    fault: { fault: "status", status: 429, perDay: true, retryInfo: 1 },
    ...both(next("quota_exhausted:429")),
    vendors: ["google"],
  },
  { name: "500", fault: { fault: "status", status: 500 }, ...both(next("server_error:500", "server_error:500")) },
  { name: "500 once", fault: { fault: "status", status: 500, count: 1 }, ...both(fine) },
  { name: "502", fault: { fault: "status", status: 502 }, ...both(next("server_error:502", "server_error:502")) },
  { name: "503", fault: { fault: "status", status: 503 }, ...both(next("overloaded:503", "overloaded:503")) },
  { name: "504", fault: { fault: "status", status: 504 }, ...both(next("server_error:504", "server_error:504")) },
  { name: "529", fault: { fault: "status", status: 529 }, ...both(next("overloaded:529", "overloaded:529")) },
  { name: "a pause that the gateway goes on from", fault: { fault: "pause" }, ...both(fine) },
  {
    name: "refused on policy, under 200",
    fault: { fault: "policy-block" },
    ...both({ by: "primary", finish: "content_filter" }),
  },
];
