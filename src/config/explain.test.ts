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
      "assistant  (at most 90s in all)
      fallback, in this order
      │  next on rate_limited, quota_exhausted, overloaded, server_error, unreachable, no_response,
      │    slow_first_token, stalled, cut, malformed, empty, bad_key, forbidden, unknown_model,
      │    context_too_long, unsupported
      │  returned as is: invalid_output, policy_blocked, bad_request, cancelled
      │
      ├─ google/gemini-2.5-flash
      │    url       https://generativelanguage.googleapis.com/v1beta
      │    protocol  gemini-generate
      │    key       env GEMINI_API_KEY  AIz…0001
      │    headers   x-team
      │    timeout   connect 3s · first token as shown (at first 10s, 60s reasoning) · idle as shown (at first 15s, 30s reasoning) · total 90s
      │    retry     1 more try as the verdict says · waits up to 3s · the vendor's wait hints followed
      │    breaker   opens after 5 failures in a row, or 50 % of 10 in 30s · rests 1s up to 3s · back within 1s
      │    at once   as many as come, fewer under pressure · where nobody else is left 100 wait up to 5s
      │    broken    after the first content: one error in the stream
      │
      ├─ openai/gpt-4o
      │    url       https://api.openai.com/v1
      │    protocol  openai-chat
      │    key       env OPENAI_API_KEY  sk-…0002
      │    params    {"temperature":0.3,"user":"sk-…0002"}
      │    timeout   connect 3s · first token as shown (at first 10s, 60s reasoning) · idle as shown (at first 15s, 30s reasoning) · total 90s
      │    retry     none
      │    breaker   off
      │    at once   as many as come, fewer under pressure · where nobody else is left 100 wait up to 5s
      │    broken    after the first content: one error in the stream
      │
      └─ fallback, in this order
         │  next on status 503
         │  returned as is: rate_limited, quota_exhausted, overloaded, server_error, unreachable,
         │    no_response, slow_first_token, stalled, cut, malformed, empty, invalid_output, bad_key,
         │    forbidden, unknown_model, context_too_long, unsupported, policy_blocked, bad_request, cancelled
         │
         ├─ local/llama
         │    url       http://127.0.0.1:11434/v1
         │    protocol  openai-chat
         │    key       none needed
         │    timeout   connect 3s · first token as shown (at first 10s, 60s reasoning) · idle as shown (at first 15s, 30s reasoning) · total 90s
         │    retry     1 more try as the verdict says · waits up to 3s · the vendor's wait hints followed
         │    breaker   opens after 5 failures in a row, or 50 % of 10 in 30s · rests 1s up to 3s · back within 1s
         │    at once   as many as come, fewer under pressure · where nobody else is left 100 wait up to 5s
         │    broken    after the first content: one error in the stream
         │
         └─ anthropic/claude
              url       https://api.anthropic.com/v1
              protocol  openai-chat
              key       MISSING: set ANTHROPIC_API_KEY
              timeout   connect 3s · first token as shown (at first 10s, 60s reasoning) · idle as shown (at first 15s, 30s reasoning) · total 90s
              retry     1 more try as the verdict says · waits up to 3s · the vendor's wait hints followed
              breaker   opens after 5 failures in a row, or 50 % of 10 in 30s · rests 1s up to 3s · back within 1s
              at once   as many as come, fewer under pressure · where nobody else is left 100 wait up to 5s
              broken    after the first content: one error in the stream"
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
