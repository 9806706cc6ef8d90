// What each fault that the simulator can play comes to, with a stand-in behind the primary and without one: the primary's
// verdicts and how the call ends for its caller, whatever protocol it speaks. The tests play these rows and
// docs/failure-contract.md shows them; a row that changes is a change of the failure contract.
import type { FaultScript } from "../../src/simulator/simulator.ts";

export type Vendor = "google" | "openai" | "anthropic";

/** What is to come: the primary's verdicts in order, as `verdict:status` (without it: any status), and the ending. */
export type Expected =
  | { readonly by: "primary"; readonly verdicts: readonly string[]; readonly finish: string }
  | { readonly by: "stand-in"; readonly verdicts: readonly string[] }
  /** Content of the primary, then one error in the stream; the stand-in is not asked. */
  | { readonly by: "interruption"; readonly verdicts: readonly string[] }
  /** Content of the primary, then the stand-in's, as one answer. */
  | { readonly by: "continuation"; readonly verdicts: readonly string[] }
  | { readonly by: "error"; readonly verdicts: readonly string[]; readonly code: string; readonly status: number };

export interface Row {
  readonly name: string;
  readonly fault: FaultScript;
  readonly whole?: Expected;
  readonly streamed?: Expected;
  /** With nobody behind the primary, where that is not what `withoutStandIn` says of the above. */
  readonly alone?: Expected;
  /** For clients of other protocols than the primary's, whose request the gateway writes; where that differs. */
  readonly written?: Expected;
  /** Vendors that can show it; all three by default. */
  readonly vendors?: readonly Vendor[];
  /** Calls of a tool are asked for in place of words. */
  readonly calls?: true;
  /** A client whose own SDK cannot read what this vendor sends, though it is well-formed. */
  readonly notFor?: { readonly client: string; readonly primary: Vendor };
  /** An answer is given on the same connection before the fault begins. */
  readonly answersFirst?: true;
}

/** The statuses of the verdicts that a caller can see as the last word; of all others it is 502. */
const statuses: Readonly<Record<string, number>> = {
  rate_limited: 429,
  quota_exhausted: 429,
  overloaded: 503,
  no_response: 504,
  slow_first_token: 504,
  unknown_model: 404,
  context_too_long: 400,
  unsupported: 400,
};

/** What it comes to where nobody stands behind the primary: the last verdict is what the caller is told. */
export function withoutStandIn(row: Row, expected: Expected): Expected {
  if (expected.by !== "stand-in") return expected;
  return row.alone ?? failed(...expected.verdicts);
}

/** What a stream that broke comes to with `mid_stream: continue` and a stand-in. */
export function continued(expected: Expected): Expected {
  return expected.by === "interruption" ? { ...expected, by: "continuation" } : expected;
}

/** A vendor's own status is shown where it says the same to the caller. */
function failed(...verdicts: string[]): Expected {
  const [code = "", status = ""] = verdicts.at(-1)?.split(":") ?? [];
  const isShown = code === "bad_request" || (/^(?:overloaded|server_error)$/u.test(code) && Number(status) >= 500);
  const own = isShown ? Number(status) : null;
  return error(code, own ?? statuses[code] ?? 502, verdicts);
}

function error(code: string, status: number, verdicts: readonly string[] = [`${code}:${status}`]): Expected {
  return { by: "error", code, status, verdicts };
}

/** The primary's answer, after these verdicts. */
const answer = (finish: string, ...before: string[]): Expected => ({
  by: "primary",
  verdicts: [...before, finish === "content_filter" ? "policy_blocked:200" : "ok:200"],
  finish,
});
const fine: Expected = answer("stop");
const next = (...verdicts: string[]): Expected => ({ by: "stand-in", verdicts });
const both = (expected: Expected): Pick<Row, "whole" | "streamed"> => ({ whole: expected, streamed: expected });
const interrupted = (verdict: string): Expected => ({ by: "interruption", verdicts: [verdict] });

/** The caller's mistake where the body was its own, else the gateway's (F7). */
function refusal(status: number): Row {
  const fault = { fault: "status", status } as const;
  return {
    name: String(status),
    fault,
    ...both(error("bad_request", status)),
    written: next(`bad_request:${status}`),
  };
}

export const rows: readonly Row[] = [
  {
    name: "connection refused",
    fault: { fault: "connection-refused" },
    ...both(next("unreachable:0", "unreachable:0")),
  },
  { name: "accept and never answer", fault: { fault: "accept-and-hang" }, ...both(next("no_response:0")) },
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
    name: "slow ramp, at its top",
    fault: { fault: "slow-ramp", fromMs: 3000, toMs: 3000 },
    ...both(next("no_response:0")),
  },
  {
    name: "first token too late",
    fault: { fault: "slow-first-token", delayMs: 3000 },
    ...both(next("slow_first_token:200")),
  },
  {
    name: "stall in mid-answer",
    fault: { fault: "stall-mid-stream", afterTokens: 4 },
    whole: next("slow_first_token:200"),
    streamed: interrupted("stalled:200"),
  },
  { name: "one token each 15 ms", fault: { fault: "drip", everyMs: 15 }, streamed: fine },
  {
    name: "FIN without a terminating chunk",
    fault: { fault: "fin-without-terminator", afterTokens: 4 },
    whole: next("cut:200"),
    streamed: interrupted("cut:200"),
  },
  {
    name: "clean end without finish reason",
    fault: { fault: "clean-end-without-finish", afterTokens: 4 },
    streamed: interrupted("cut:200"),
  },
  {
    name: "an ending that says that the answer broke",
    fault: { fault: "finish-reason", reason: "abort" },
    whole: next("cut:200"),
    streamed: interrupted("cut:200"),
  },
  {
    name: "comments without end after the finish",
    fault: { fault: "comments-after-finish", everyMs: 300 },
    streamed: fine,
  },
  { name: "end mark missing", fault: { fault: "no-done" }, streamed: fine },
  {
    name: "error event first",
    fault: { fault: "error-event-first", status: 503 },
    streamed: next("overloaded", "overloaded"),
    vendors: ["google", "openai"],
  },
  {
    name: "error event first, in Anthropic's words",
    fault: { fault: "error-event-first", status: 529 },
    streamed: next("overloaded", "overloaded"),
    vendors: ["anthropic"],
  },
  {
    name: "error event in mid-stream",
    fault: { fault: "error-event-mid-stream", afterTokens: 4, status: 529 },
    streamed: interrupted("overloaded"),
  },
  {
    name: "error event of another shape in mid-stream",
    fault: { fault: "error-event-mid-stream", afterTokens: 4, shape: "detail" },
    streamed: interrupted("server_error"),
  },
  {
    name: "one malformed event",
    fault: { fault: "malformed-event", afterTokens: 4 },
    whole: next("malformed:200"),
    streamed: fine,
  },
  { name: "events split at any byte", fault: { fault: "split-bytes", every: 11 }, ...both(fine) },
  { name: "CRLF framing", fault: { fault: "crlf" }, streamed: fine },
  {
    name: "comments and keep-alive lines",
    fault: { fault: "comments" },
    streamed: fine,
    // Google's SDK passes over an event that a comment stands before; no service of Google's sends any.
    notFor: { client: "Gemini", primary: "google" },
  },
  { name: "no space after data:", fault: { fault: "no-space-after-data" }, streamed: fine },
  { name: "several events in one packet", fault: { fault: "coalesced", events: 4 }, streamed: fine },
  { name: "one huge event", fault: { fault: "huge-event", bytes: 300_000 }, ...both(fine) },
  { name: "usage missing", fault: { fault: "usage-missing" }, ...both(fine) },
  { name: "usage in unusual positions", fault: { fault: "usage-odd" }, ...both(fine) },
  { name: "usage twice", fault: { fault: "usage-twice" }, streamed: fine },
  { name: "finish event twice", fault: { fault: "duplicate-finish" }, streamed: fine },
  {
    name: "tool arguments cut",
    fault: { fault: "tool-arguments-cut" },
    vendors: ["openai"],
    calls: true,
    whole: next("cut:200"),
    streamed: interrupted("cut:200"),
  },
  {
    // In its whole answers arguments are an object, and a cut one is empty: nobody can tell.
    name: "tool arguments cut, in Anthropic's stream",
    fault: { fault: "tool-arguments-cut" },
    vendors: ["anthropic"],
    calls: true,
    streamed: interrupted("cut:200"),
  },
  {
    name: "parallel tool calls interleaved",
    fault: { fault: "interleaved-tool-calls" },
    calls: true,
    ...both(answer("tool_calls")),
  },
  // Anthropic's ending explains an answer without content: see test/way/empty-answers.test.ts.
  {
    name: "empty choices",
    fault: { fault: "empty-choices" },
    whole: next("empty:200"),
    vendors: ["google", "openai"],
  },
  { name: "empty text", fault: { fault: "empty-text" }, ...both(next("empty:200")), vendors: ["google", "openai"] },
  {
    name: "200 with an error body",
    fault: { fault: "error-body-200", status: 503 },
    ...both(next("overloaded", "overloaded")),
    vendors: ["google", "openai"],
  },
  {
    name: "200 with an error body, in Anthropic's words",
    fault: { fault: "error-body-200", status: 529 },
    ...both(next("overloaded", "overloaded")),
    vendors: ["anthropic"],
  },
  {
    name: "200 with an error of another shape",
    fault: { fault: "error-body-200", shape: "detail" },
    ...both(next("server_error", "server_error")),
  },
  { name: "200 with HTML", fault: { fault: "html-200" }, ...both(next("malformed:200")) },
  { name: "wrong content type", fault: { fault: "wrong-content-type" }, ...both(fine) },
  { name: "whole for a stream, and a stream for a whole answer", fault: { fault: "other-form" }, ...both(fine) },
  {
    name: "the other form, under the content type that was asked for",
    fault: { fault: "other-form", contentType: "text/event-stream" },
    streamed: fine,
  },
  {
    name: "a stream under the content type of a whole answer",
    fault: { fault: "other-form", contentType: "application/json" },
    whole: fine,
  },
  { name: "gzip without accept-encoding", fault: { fault: "gzip" }, ...both(fine) },
  // Streamed, it depends on how much of the text comes out before the break: see FIN without a terminating chunk.
  { name: "gzip that breaks off", fault: { fault: "gzip-cut" }, whole: next("cut:200") },
  { name: "redirect", fault: { fault: "redirect" }, ...both(next("malformed:307")) },
  { name: "body longer than announced", fault: { fault: "body-longer-than-announced" }, whole: fine },
  { name: "body shorter than announced", fault: { fault: "body-shorter-than-announced" }, whole: next("cut:200") },
  refusal(400),
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
    // Asked again without it; here the vendor does not change its mind.
    ...both(next("unsupported:400", "unsupported:400")),
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
  refusal(413),
  refusal(422),
  {
    name: "429 without a hint",
    fault: { fault: "status", status: 429 },
    ...both(next("rate_limited:429")),
    alone: failed("rate_limited:429", "rate_limited:429"),
    vendors: ["google"],
  },
  {
    name: "429, a longer wait in its words or its limits",
    fault: { fault: "status", status: 429 },
    ...both(next("rate_limited:429")),
    vendors: ["openai", "anthropic"],
  },
  {
    name: "429, wait 20 ms",
    fault: { fault: "status", status: 429, retryAfterMs: 20, count: 1 },
    ...both(answer("stop", "rate_limited:429")),
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
  { name: "500 once", fault: { fault: "status", status: 500, count: 1 }, ...both(answer("stop", "server_error:500")) },
  { name: "502", fault: { fault: "status", status: 502 }, ...both(next("server_error:502", "server_error:502")) },
  { name: "503", fault: { fault: "status", status: 503 }, ...both(next("overloaded:503", "overloaded:503")) },
  { name: "504", fault: { fault: "status", status: 504 }, ...both(next("server_error:504", "server_error:504")) },
  { name: "529", fault: { fault: "status", status: 529 }, ...both(next("overloaded:529", "overloaded:529")) },
  {
    name: "flapping, while down",
    fault: { fault: "flapping", downMs: 60_000, upMs: 1_000 },
    ...both(next("overloaded:503", "overloaded:503")),
  },
  {
    name: "error rate, every request",
    fault: { fault: "error-rate", p: 1 },
    ...both(next("server_error:500", "server_error:500")),
  },
  { name: "a pause that the gateway resumes", fault: { fault: "pause" }, ...both(fine) },
  {
    name: "refused on policy, under 200",
    fault: { fault: "policy-block" },
    ...both(answer("content_filter")),
  },
];
