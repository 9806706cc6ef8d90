import { expect, test } from "vitest";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import type { SignableRequest } from "../../core/auth.ts";
import type { SigningCredential, SigningKeys } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { checkAwsKey, secretOf, sessionTokenOf } from "../../simulator/clouds/aws-keys.ts";
import { awsSignature } from "./aws-signature.ts";

const now = Date.parse("2026-11-30T12:00:00Z");
const clock = { now: () => 0, wall: () => now, after: () => () => {} };
const tools = { clock, transport: unusedTransport };
const auth = awsSignature("bedrock");
const path = "/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Afoundation-model%2Famazon.nova-lite-v1%3A0/converse";

function request(body: SignableRequest["body"], asked: string = path): SignableRequest {
  const headers = { "content-type": "application/json", "user-agent": "u", accept: "application/json" };
  return {
    origin: "https://a.example:8443",
    path: asked,
    method: "POST",
    headers,
    body,
    cancellation: new Canceller(),
  };
}

function credentialOf(keys: SigningKeys | WireFailure): SigningCredential {
  const source = { current: () => keys, secrets: () => [] };
  return { kind: "signing-keys", value: "v", source: "config", label: "l", region: "eu-west-1", keys: source };
}

function keysOf(accessKeyId: string): SigningKeys {
  const pair = { accessKeyId, secretAccessKey: secretOf(accessKeyId) };
  return accessKeyId.startsWith("ASIA") ? { ...pair, sessionToken: sessionTokenOf(accessKeyId) } : pair;
}

/** Throws if the fake service refuses the signature. */
function check({ path: asked, headers }: SignableRequest, rawBody: string): void {
  const url = new URL(`https://a.example:8443${asked}`);
  const sent = { ...headers, host: url.host };
  const received = {
    method: "POST",
    path: url.pathname,
    query: url.searchParams,
    headers: sent,
    rawBody,
    body: undefined,
  };
  checkAwsKey(received, {
    requireKeys: true,
    now: () => now,
    threads: new Map(),
    stored: new Map(),
    random: undefined as never,
  });
}

test.each<[string, SignableRequest["body"], string]>([
  ["a text", '{"a":"ü"}', '{"a":"ü"}'],
  ["bytes", Buffer.from('{"a":"ü"}'), '{"a":"ü"}'],
  ["pieces", [Buffer.from('{"a":'), Buffer.from('"ü"}')], '{"a":"ü"}'],
])("%s is signed as it is sent, and signed again with other keys", async (_name, body, text) => {
  const asked = request(body);
  for (const id of ["ASIASIMULATED0000001", "AKIASIMULATED0000001"]) {
    const signed = await auth.sign(asked, credentialOf(keysOf(id)), tools);
    expect(signed).toMatchObject({ "x-amz-date": "20261130T120000Z", "user-agent": "u" });
    expect("x-amz-security-token" in signed).toBe(id.startsWith("ASIA"));
    check({ ...asked, headers: signed as Record<string, string> }, text);
  }
});

test("a path with a query and odd characters", async () => {
  const asked = request("{}", "/model/a%20b(c)/invoke?x=1&a=b%20c");
  const signed = await auth.sign(asked, credentialOf(keysOf("AKIASIMULATED0000001")), tools);
  expect(signed).toHaveProperty("authorization");
  check({ ...asked, headers: signed as Record<string, string> }, "{}");
});

test("an API key is a bearer, and a failure of the keys is told", async () => {
  const key = { kind: "api-key", value: "the-key", source: "config", label: "…" } as const;
  expect(await auth.sign(request("{}"), key, tools)).toMatchObject({ authorization: "Bearer the-key" });
  const nothing = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  const failure: WireFailure = { verdict: "unreachable", message: "down", ...nothing };
  expect(await auth.sign(request("{}"), credentialOf(failure), tools)).toBe(failure);
});
