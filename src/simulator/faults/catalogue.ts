// The faults by name: a one-line description, the parameters, and the requests that show the fault. The control
// endpoint, the documentation and the validation of scripts read this table. It only describes: other files play faults.
import type { FaultParameters } from "./fault-parameters.ts";

export interface FaultEntry {
  readonly description: string;
  readonly parameters?: readonly (keyof FaultParameters)[];
  /**
   * The requests that show the fault. "stream": streamed answers only. "text": answers with text only. "tools": requests
   * with tools only. By default: every generation and every embedding.
   */
  readonly seenOn?: "stream" | "text" | "tools" | "any-request";
}

const errorParameters = [
  "status",
  "code",
  "message",
  "retryAfter",
  "retryAfterMs",
  "retryInfo",
  "perDay",
  "quota",
  "policy",
  "contextLength",
  "unsupportedParameter",
  "shouldRetry",
] as const;

/** The names of the faults. */
export type FaultName =
  | "connection-refused"
  | "accept-and-hang"
  | "reset-before-headers"
  | "reset-after-headers"
  | "tls-handshake-failure"
  | "keep-alive-close"
  | "slow-headers"
  | "slow-first-token"
  | "stall-mid-stream"
  | "drip"
  | "fin-without-terminator"
  | "clean-end-without-finish"
  | "no-done"
  | "error-event-first"
  | "error-event-mid-stream"
  | "malformed-event"
  | "split-bytes"
  | "crlf"
  | "comments"
  | "no-space-after-data"
  | "coalesced"
  | "huge-event"
  | "usage-missing"
  | "usage-odd"
  | "usage-twice"
  | "duplicate-finish"
  | "tool-arguments-cut"
  | "interleaved-tool-calls"
  | "empty-choices"
  | "empty-text"
  | "error-body-200"
  | "html-200"
  | "wrong-content-type"
  | "other-form"
  | "gzip-cut"
  | "gzip"
  | "redirect"
  | "status"
  | "flapping"
  | "slow-ramp"
  | "error-rate"
  | "body-longer-than-announced"
  | "body-shorter-than-announced"
  | "policy-block"
  | "finish-reason"
  | "comments-after-finish"
  | "pause";

/** In the order of the failure: connection, headers, stream, content, status. */
export const faultCatalogue: Readonly<Record<FaultName, FaultEntry>> = {
  "connection-refused": {
    description: "The port closes and open connections are cut; when the fault ends, the same port opens again.",
  },
  "accept-and-hang": {
    description: "The vendor reads the request and never answers.",
    seenOn: "any-request",
  },
  "reset-before-headers": {
    description: "RST before any byte of the answer.",
    seenOn: "any-request",
  },
  "reset-after-headers": {
    description: "The headers arrive (with 200), then RST after `delayMs` (5).",
    parameters: ["delayMs"],
  },
  "tls-handshake-failure": {
    description:
      "A TLS hello gets an `alert` (default), `garbage` or a closed connection (`how`: `close`); a plain request gets RST.",
    parameters: ["how"],
    seenOn: "any-request",
  },
  "keep-alive-close": {
    description: "A kept-alive connection closes when its next request arrives; first requests work.",
    seenOn: "any-request",
  },
  "slow-headers": {
    description: "The headers come after `delayMs` (1000).",
    parameters: ["delayMs"],
    seenOn: "any-request",
  },
  "slow-first-token": {
    description: "The headers come at once, the first event or byte after `delayMs` (1000).",
    parameters: ["delayMs"],
  },
  "stall-mid-stream": {
    description: "After `afterTokens` (3) the answer stops, for `stallMs` or for ever; the connection stays open.",
    parameters: ["afterTokens", "stallMs"],
  },
  drip: {
    description: "One event (or 16 bytes of a whole answer) every `everyMs` (50).",
    parameters: ["everyMs"],
  },
  "fin-without-terminator": {
    description: "After `afterTokens` (3) the connection ends in mid-body: no last chunk, half an event.",
    parameters: ["afterTokens"],
  },
  "clean-end-without-finish": {
    description: "After `afterTokens` (3) the HTTP body ends properly, without finish reason, usage or end marker.",
    parameters: ["afterTokens"],
  },
  "no-done": {
    description:
      "The stream is complete but its end marker is missing (`[DONE]`, `message_stop`, the last slice's blank line).",
    seenOn: "stream",
  },
  "error-event-first": {
    description:
      "200, and the first event is the vendor's error (`status`, default 503), or one of another `shape`: detail, code-msg, success-false, text, message-status.",
    parameters: ["shape", ...errorParameters],
    seenOn: "stream",
  },
  "error-event-mid-stream": {
    description:
      "The vendor's error event (`status`, default 503), or one of another `shape`, after `afterTokens` (3), then the end.",
    parameters: ["afterTokens", "shape", ...errorParameters],
    seenOn: "stream",
  },
  "malformed-event": {
    description:
      "The event after `afterTokens` (3) is broken JSON, the others are valid; a whole answer is broken JSON.",
    parameters: ["afterTokens"],
  },
  "split-bytes": {
    description: "Each write carries `every` (1) bytes, so events and UTF-8 sequences are split anywhere.",
    parameters: ["every"],
  },
  crlf: {
    description: "Events are framed with CRLF (with LF by a vendor that sends CRLF).",
    seenOn: "stream",
  },
  comments: {
    description: "SSE comments and blank keep-alive lines between the events.",
    seenOn: "stream",
  },
  "no-space-after-data": {
    description: "`data:` without the space after the colon.",
    seenOn: "stream",
  },
  coalesced: {
    description: "`events` (5) events go out in each packet.",
    parameters: ["events"],
    seenOn: "stream",
  },
  "huge-event": {
    description: "One event (or the whole answer) is `bytes` (1048576) long.",
    parameters: ["bytes"],
  },
  "usage-missing": { description: "No usage anywhere." },
  "usage-odd": { description: "The usage is in an unusual position." },
  "usage-twice": { description: "The last usage is sent twice.", seenOn: "stream" },
  "duplicate-finish": { description: "The finish event is sent twice.", seenOn: "stream" },
  "tool-arguments-cut": {
    description: "Tool arguments stop half way, but the answer ends as a tool call.",
    seenOn: "tools",
  },
  "interleaved-tool-calls": {
    description: "Two parallel tool calls, their deltas interleaved.",
    seenOn: "tools",
  },
  "empty-choices": { description: "200 with an empty list of choices, candidates or content." },
  "empty-text": { description: "200, a normal finish, and no text at all.", seenOn: "text" },
  "error-body-200": {
    description:
      "Status 200 with the vendor's error body (`status` names the error, default 503), or one of another `shape`.",
    parameters: ["shape", ...errorParameters],
  },
  "html-200": { description: "Status 200 with an HTML page.", seenOn: "any-request" },
  "wrong-content-type": {
    description: "The right body under `contentType` (text/plain).",
    parameters: ["contentType"],
  },
  "other-form": {
    description: "A whole answer where a stream was asked for, and the other way round; `contentType`: its own.",
    parameters: ["contentType"],
  },
  "gzip-cut": { description: "A gzip-encoded body that breaks off half way." },
  gzip: { description: "A valid gzip-encoded body, whatever the client accepts: not a fault, but a trap." },
  redirect: {
    description: "307 (`status`) to `location` (by default the same path with `?moved=1`).",
    parameters: ["status", "location"],
    seenOn: "any-request",
  },
  status: {
    description:
      "The vendor's own error of that `status`, with the hints and causes that the other parameters ask for.",
    parameters: errorParameters,
    seenOn: "any-request",
  },
  flapping: {
    description:
      "Down for `downMs` (1000), up for `upMs` (1000), and so on. While down, it fails as `how` says: status (default), reset or hang.",
    parameters: ["downMs", "upMs", "how", ...errorParameters],
    seenOn: "any-request",
  },
  "slow-ramp": {
    description: "The headers' delay grows from `fromMs` (0) to `toMs` (2000) over `overMs` (10000).",
    parameters: ["fromMs", "toMs", "overMs"],
    seenOn: "any-request",
  },
  "error-rate": {
    description: "Each request fails with chance `p` (0.5), with the vendor's error of `status` (500).",
    parameters: ["p", ...errorParameters],
    seenOn: "any-request",
  },
  "body-longer-than-announced": { description: "More bytes than `content-length` says." },
  "body-shorter-than-announced": { description: "Fewer bytes than `content-length` says, then FIN." },
  "policy-block": { description: "200 with the vendor's refusal on policy grounds.", seenOn: "text" },
  "finish-reason": {
    description: "The answer ends with `reason`, with the vendor's name for it.",
    parameters: ["reason"],
    seenOn: "text",
  },
  "comments-after-finish": {
    description: "After the finish only a comment comes, every `everyMs` (500); the connection stays open.",
    parameters: ["everyMs"],
    seenOn: "stream",
  },
  pause: {
    description:
      "The answer pauses `times` (1) times and continues on request: `CONTINUATION` from Gemini 4 on, Anthropic's `pause_turn`.",
    parameters: ["times"],
    seenOn: "text",
  },
};

/** Every fault with its one-line description. */
export const faultNames: Readonly<Record<FaultName, string>> = Object.fromEntries(
  Object.entries(faultCatalogue).map(([name, entry]) => [name, entry.description]),
) as Record<FaultName, string>;

export function isFaultName(name: unknown): name is FaultName {
  return typeof name === "string" && Object.hasOwn(faultCatalogue, name);
}
