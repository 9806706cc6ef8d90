import { describe, expect, test } from "vitest";
import { explainRoute, explainRouteData, summarizeRoute } from "./explain.ts";
import { PLANTED, loadText } from "../../test/support/load-config.ts";

const text = `providers:
  google: { api_key: \${GEMINI_API_KEY}, headers: { x-team: PLANTED-header-value } }
  local: { kind: openai-compatible, base_url: "http://127.0.0.1:11434/v1" }
routes:
  assistant:
    fallback:
      - google/gemini-2.5-flash
      - { target: openai/gpt-4o, params: { temperature: 0.3, user: "\${OPENAI_API_KEY}" }, breaker: off, retry: { attempts: 0 } }
      - { fallback: [local/llama, anthropic/claude], fallback_on: [503] }
    timeout: { total: 90s }
`;

describe("a route for people", () => {
  test("reads as a tree", async () => {
    const { rules } = await loadText(text);
    expect(explainRoute(rules.routes.get("assistant")!)).toMatchInlineSnapshot(`
      "assistant  (total timeout 90s)
      fallback, in order
      │  falls back on rate_limited, quota_exhausted, overloaded, server_error, unreachable, no_response,
      │    slow_first_token, stalled, cut, malformed, empty, bad_key, forbidden, unknown_model,
      │    context_too_long, unsupported
      │  returns to the client: invalid_output, policy_blocked, bad_request, cancelled
      │
      ├─ google/gemini-2.5-flash
      │    url       https://generativelanguage.googleapis.com/v1beta
      │    protocol  gemini-generate
      │    key       env GEMINI_API_KEY  AIz…0001
      │    headers   x-team
      │    timeout   connect 3s · first token adaptive (starts at 10s, 60s with reasoning) · idle adaptive (starts at 15s, 30s with reasoning) · total 90s
      │    retry     1 retry on the default verdicts · waits up to 3s · follows the vendor's retry-after
      │    breaker   opens after 5 failures in a row, or at 50 % failures of at least 10 answers in 30s, or 50 % slow first tokens (adaptive) · stays open 1s to 3s · full traffic again after 1s
      │    load      no limit, adaptive · with no other target left, up to 100 requests wait up to 5s
      │    on break  after the first token: the next target continues plain text, else one error in the stream
      │
      ├─ openai/gpt-4o
      │    url       https://api.openai.com/v1
      │    protocol  openai-chat
      │    key       env OPENAI_API_KEY  sk-…0002
      │    params    {"temperature":0.3,"user":"sk-…0002"}
      │    timeout   connect 3s · first token adaptive (starts at 10s, 60s with reasoning) · idle adaptive (starts at 15s, 30s with reasoning) · total 90s
      │    retry     none
      │    breaker   off
      │    load      no limit, adaptive · with no other target left, up to 100 requests wait up to 5s
      │    on break  after the first token: the next target continues plain text, else one error in the stream
      │
      └─ fallback, in order
         │  falls back on status 503
         │  returns to the client: rate_limited, quota_exhausted, overloaded, server_error, unreachable,
         │    no_response, slow_first_token, stalled, cut, malformed, empty, invalid_output, bad_key,
         │    forbidden, unknown_model, context_too_long, unsupported, policy_blocked, bad_request, cancelled
         │
         ├─ local/llama
         │    url       http://127.0.0.1:11434/v1
         │    protocol  openai-chat
         │    key       none needed
         │    timeout   connect 3s · first token adaptive (starts at 10s, 60s with reasoning) · idle adaptive (starts at 15s, 30s with reasoning) · total 90s
         │    retry     1 retry on the default verdicts · waits up to 3s · follows the vendor's retry-after
         │    breaker   opens after 5 failures in a row, or at 50 % failures of at least 10 answers in 30s, or 50 % slow first tokens (adaptive) · stays open 1s to 3s · full traffic again after 1s
         │    load      no limit, adaptive · with no other target left, up to 100 requests wait up to 5s
         │    on break  after the first token: the next target continues plain text, else one error in the stream
         │
         └─ anthropic/claude
              url       https://api.anthropic.com/v1
              protocol  openai-chat
              key       MISSING: set ANTHROPIC_API_KEY
              timeout   connect 3s · first token adaptive (starts at 10s, 60s with reasoning) · idle adaptive (starts at 15s, 30s with reasoning) · total 90s
              retry     1 retry on the default verdicts · waits up to 3s · follows the vendor's retry-after
              breaker   opens after 5 failures in a row, or at 50 % failures of at least 10 answers in 30s, or 50 % slow first tokens (adaptive) · stays open 1s to 3s · full traffic again after 1s
              load      no limit, adaptive · with no other target left, up to 100 requests wait up to 5s
              on break  after the first token: the next target continues plain text, else one error in the stream"
    `);
  });

  test("in one line", async () => {
    const { rules } = await loadText(text);
    expect(summarizeRoute(rules.routes.get("assistant")!)).toBe(
      "google/gemini-2.5-flash > openai/gpt-4o > local/llama > anthropic/claude",
    );
  });

  test("as data", async () => {
    const { rules } = await loadText(text);
    expect(explainRouteData(rules.routes.get("assistant")!)).toMatchObject({
      name: "assistant",
      total_ms: 90_000,
      node: {
        kind: "fallback",
        next_on: { kind: "verdicts", statuses: [] },
        children: [
          {
            target: "google/gemini-2.5-flash",
            path: "assistant.fallback[0]",
            keys: [{ source: "env GEMINI_API_KEY", label: "AIz…0001" }],
            missing_key: null,
            headers: ["x-team"],
            timeout_ms: { connect: 3_000, first_token: null, headers: null, idle: null, total: 90_000 },
            retry: { attempts: 1, max_wait_ms: 3_000, statuses: null, hints: true },
            breaker: {
              failures: 5,
              rate: 0.5,
              window_ms: 30_000,
              minimum: 10,
              rest_ms: 1_000,
              max_rest_ms: 3_000,
              slow_start_ms: 1_000,
            },
          },
          { target: "openai/gpt-4o", breaker: null, params: { temperature: 0.3, user: "sk-…0002" } },
          { kind: "fallback", children: [{ keys: [], missing_key: null }, { missing_key: ["ANTHROPIC_API_KEY"] }] },
        ],
      },
    });
  });

  test("never shows a secret, wherever it stands", async () => {
    const { rules } = await loadText(text);
    const route = rules.routes.get("assistant")!;
    const shown = explainRoute(route) + JSON.stringify(explainRouteData(route));
    for (const secret of [...Object.values(PLANTED), "PLANTED"]) expect(shown).not.toContain(secret);
  });
});
