import { expect, test } from "vitest";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import type { Auth, SignableRequest } from "../../core/auth.ts";
import { Canceller } from "../../domain/cancellation.ts";
import type { Credential, TokenSource } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { apiKeyHeader } from "./api-key-header.ts";
import { bearer } from "./bearer.ts";

const clock = { now: () => 0, wall: () => 0, after: () => () => {} };
const tools = { clock, transport: unusedTransport };
const shown = { source: "config", label: "…" };
const apiKey: Credential = { kind: "api-key", value: "the-key", ...shown };
const nothing = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
const refused: WireFailure = { verdict: "bad_key", message: "expired", ...nothing };

function request(): SignableRequest {
  const headers = { accept: "application/json" };
  return {
    origin: "https://a.example",
    path: "/v1/ask?v=1",
    method: "POST",
    headers,
    body: "{}",
    cancellation: new Canceller(),
  };
}

function giving(token: ReturnType<TokenSource["token"]>): Credential {
  return { kind: "token", value: "client-secret", ...shown, tokens: { token: () => token, secrets: () => [] } };
}

test.each<[string, Auth, Credential, object]>([
  ["an API key in a header of its own", apiKeyHeader("x-key"), apiKey, { "x-key": "the-key" }],
  ["an API key as a bearer", bearer, apiKey, { authorization: "Bearer the-key" }],
  ["a token that is at hand", bearer, giving("the-token"), { authorization: "Bearer the-token" }],
])("%s costs no promise and no copy, and is set again", (...[, auth, credential, added]) => {
  const asked = request();
  for (const _again of [1, 2]) {
    expect(auth.sign(asked, credential, tools)).toBe(asked.headers);
    expect(asked.headers).toEqual({ accept: "application/json", ...added });
  }
});

test("a token that must be fetched is waited for", async () => {
  const signed = bearer.sign(request(), giving(Promise.resolve("late-token")), tools);
  expect(signed).toBeInstanceOf(Promise);
  expect(await signed).toEqual({ accept: "application/json", authorization: "Bearer late-token" });
});

test("a token that is not given is told as the source said it", async () => {
  expect(bearer.sign(request(), giving(refused), tools)).toBe(refused);
  expect(await bearer.sign(request(), giving(Promise.resolve(refused)), tools)).toBe(refused);
});

test("a header for API keys gets no token", () => {
  const asked = request();
  expect(apiKeyHeader("x-key").sign(asked, giving("the-token"), tools)).toMatchObject({ verdict: "bad_key" });
  expect(asked.headers).not.toHaveProperty("x-key");
});
