// Writes the table of verdicts in docs/failure-contract.md from the rules in src/core/verdict.ts, between the page's
// two markers, so that the page cannot differ from the engine. It must never change anything outside the markers.
// npx node scripts/verdict-table.ts
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { VerdictRule } from "../src/core/verdict-rule.ts";
import { type FailureVerdict, ruleOf, verdictRules } from "../src/core/verdict.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

const page: string = join(root, "docs", "failure-contract.md");

const markers = {
  begin: "<!-- verdicts:begin, written by scripts/verdict-table.ts -->",
  end: "<!-- verdicts:end -->",
  page,
};

/** The signs of a verdict in a vendor's answer, and what the columns cannot say. */
const notes: Readonly<Record<FailureVerdict, readonly [seenAs: string, also?: string | undefined, status?: string]>> = {
  rate_limited: [
    "429",
    "The gateway waits for the vendor's hint, up to `retry.max_wait`. During that time other calls go to the next target. After a longer wait, one request tries the key. A target's only key cools down only if the vendor says how long.",
  ],
  quota_exhausted: [
    '402, 429 `insufficient_quota`, Gemini\'s `PerDay` quotas, "credit balance is too low"',
    "The vendor's hint sets the end of the cooldown. Without a hint it doubles with each further refusal, up to an hour.",
  ],
  overloaded: ["503, 529", undefined, "the vendor's, else 503"],
  server_error: ["500, 502, 504, 408, 409", undefined, "the vendor's 5xx, else 502"],
  unreachable: ["refused, reset, DNS, TLS"],
  no_response: ["no connection within `connect`, no response headers within `headers` or `first_token`"],
  slow_first_token: ["response headers, but no content within `first_token`"],
  stalled: ["no byte within `idle`, in mid-answer", "One error in the stream, or `mid_stream`."],
  cut: [
    "the connection breaks, or the answer ends without a finish reason or with one that says that it broke ([endings](protocols/endings.md))",
    "After the first content: one error in the stream, or `mid_stream`.",
  ],
  malformed: [
    "HTML under 200, broken JSON, a wrong content type, a redirect; an invalid call by the model",
    "A single bad event in a stream is dropped.",
  ],
  empty: [
    "a 200 without text, call or refusal, and without an ending that explains it ([endings](protocols/endings.md))",
  ],
  invalid_output: [
    "the requested JSON, schema or call arguments are missing or invalid",
    "Checked only if `fallback_on` names it; it then leads to the next target.",
  ],
  bad_key: [
    "401, Gemini's 400 `API_KEY_INVALID`",
    "Other keys of the pool are tried first. The cooldown doubles with each further refusal; after it, one request tries the key.",
    "502 (401 only for the caller's own key)",
  ],
  forbidden: ["403", "Other keys of the pool are tried first.", "502 (403 only for the caller's own key)"],
  unknown_model: [
    "404 about the model, or without a subject",
    "Other keys of the pool are tried first: they may be allowed to use the model.",
  ],
  context_too_long: ["each vendor's own code or message"],
  unsupported: [
    "the model is known not to support it, or the vendor says so: an unknown field, an item of the history that the vendor does not have",
    "If the refusal names a field that can be dropped, the target is asked again at once without it, up to four times, each for another field.",
  ],
  policy_blocked: [
    "a content filter, a refusal, `promptFeedback`, `SAFETY`",
    "An answer that refuses is returned unchanged. Gemini's `RECITATION` and `LANGUAGE` lead to the next target.",
    "200 or 400",
  ],
  bad_request: [
    "any other 400, 413, 422; a 404 about something that the vendor does not have (a file, a conversation)",
    "If the gateway wrote or changed the body, the next target is asked and the operator is warned ([why](decisions/2026-11-30-whose-body-was-refused.md)).",
    "the vendor's 4xx; the first one of several",
  ],
  cancelled: ["the client disconnected", "Everything stops.", "none"],
};

const again: Readonly<Record<VerdictRule["retry"], string>> = {
  always: "once",
  hinted: "with a hint, or if no other target is left",
  invited: "if the vendor invites it",
  never: "no",
};

const nextTarget = ({ leaves, silence }: VerdictRule): string => {
  if (!leaves) return "no";
  return silence === "before-content" ? "yes; not asked again for this request" : "yes";
};

const alsoInWords = ({ keyCooldown, advice, overload }: VerdictRule, also: string | undefined): string => {
  const facts: string[] = [];
  if (keyCooldown !== undefined)
    facts.push(
      `The API key cools down for ${keyCooldown.ms / 1000} s${keyCooldown.models === "this" ? ", for this model" : ""}${keyCooldown.onlyKey === "never" ? ", if the pool has another one" : ""}.`,
    );
  if (overload === true) facts.push("The adaptive concurrency limit shrinks.");
  if (advice !== undefined) facts.push("The operator is warned.");
  return [...facts, ...(also === undefined ? [] : [also])].join(" ");
};

const rowOf = (verdict: FailureVerdict): string => {
  const rule = ruleOf(verdict);
  const [seenAs, also, status] = notes[verdict];
  const breaker = { failure: "failure", success: "success", ignored: "–" }[rule.breaker];
  const cells = [`\`${verdict}\``, seenAs, again[rule.retry], nextTarget(rule), breaker, alsoInWords(rule, also)];
  return `| ${cells.join(" | ")} | ${status ?? String(rule.clientStatus)} |`;
};

/** The table, in Markdown. */
const verdictTable = (): string =>
  [
    "| verdict | signs | same target again | next target | circuit breaker counts | also | status for the client if no target answers |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    "| `ok` | an answer | | it is returned | success | | 200 |",
    ...(Object.keys(verdictRules) as FailureVerdict[]).map(rowOf),
  ].join("\n");

/** `text` with today's table between its markers. Throws if a marker is missing. */
export const withVerdicts = (text: string): string => {
  return betweenMarkers(text, markers, verdictTable());
};

if (process.argv[1] === import.meta.filename) writeFileSync(page, withVerdicts(readFileSync(page, "utf8")));
