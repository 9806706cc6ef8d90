// Requests whose signature has to be waited for: tokens that are fetched and renewed, and signatures over the final bytes.
// Whatever fails there is one more reason for the next target, and no secret is told. Played with fake kinds of
// authentication and a token endpoint of the test's own.
import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { loadConfigObject } from "../../src/config/check.ts";
import type { Auth, SignableRequest } from "../../src/core/auth.ts";
import type { Credential } from "../../src/core/credential.ts";
import type { ProviderRow } from "../../src/core/provider.ts";
import type { ProviderRules, RouteNode, Rules } from "../../src/core/rules.ts";
import { openGateway, type RunningGateway } from "../../src/open-gateway.ts";
import { bearer } from "../../src/providers/auth/bearer.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { openFakeVendor, type FakeAnswer, type FakeVendor } from "../support/fake-vendor.ts";
import { tokenCredential } from "../support/fake-tokens.ts";
import { attemptsOf } from "../support/stage.ts";

const chat = { model: "r", messages: [{ role: "user", content: "Hi" }] };
const saying = (content: string): FakeAnswer => ({
  body: { choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }] },
});
const never = new Promise<FakeAnswer>(() => {});
const refusing = (error: string): FakeAnswer => ({ status: 400, body: { error } });

interface Cloud extends AsyncDisposable {
  readonly vendor: FakeVendor;
  readonly endpoint: FakeVendor;
  readonly gateway: RunningGateway;
  readonly warnings: readonly string[];
  ask(body?: object, init?: RequestInit & { readonly path?: string }): Promise<Response>;
}

interface CloudOptions {
  /** What the vendor and the token endpoint say, in turn, the last one again and again. */
  readonly vendor?: FakeAnswer | readonly FakeAnswer[];
  readonly tokens?: readonly (FakeAnswer | Promise<FakeAnswer>)[];
  readonly auth?: Auth;
  readonly kind?: string;
  /** Of the pool. Default: one, exchanged at the endpoint. */
  readonly keys?: (endpoint: string) => readonly Credential[];
  readonly timeout?: Readonly<Record<"connect" | "total", string>> | { readonly total: string };
}

const token = (name: string, seconds = 3600): FakeAnswer => ({ body: { access_token: name, expires_in: seconds } });

/** `cloud/m`, whose requests are signed, then `other/m`. */
async function openCloud({
  vendor: said = saying("from the cloud"),
  tokens = [token("first-token")],
  auth = bearer,
  kind = "openai-compatible",
  keys = (endpoint) => [tokenCredential(endpoint, "client-secret")],
  timeout = { total: "10s" },
}: CloudOptions = {}): Promise<Cloud> {
  const vendor = await openFakeVendor(() => inTurn([said].flat(), vendor));
  const other = await openFakeVendor(() => saying("from the other"));
  const endpoint = await openFakeVendor(() => inTurn(tokens, endpoint));
  const row: ProviderRow = { ...catalog.get(kind)!, name: "cloud", auth };
  const { rules } = loadConfigObject(
    {
      providers: {
        cloud: { base_url: vendor.baseUrl, api_key: "to-be-replaced" },
        other: { kind: "openai-compatible", base_url: other.baseUrl },
      },
      routes: { r: { fallback: ["cloud/m", "other/m"], timeout, retry: { attempts: 0 } } },
    },
    { catalog: new Map([...catalog, ["cloud", row]]), environment: {} },
  );
  const warnings: string[] = [];
  const gateway = openGateway(withKeys(rules, "cloud", keys(endpoint.baseUrl)), {
    warn: (text) => warnings.push(text),
  });
  return {
    vendor,
    endpoint,
    gateway,
    warnings,
    ask: (body = chat, { path = "/v1/chat/completions", ...init } = {}) =>
      gateway.fetch(`http://gateway${path}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        ...init,
      }),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      for (const one of [vendor, other, endpoint]) await one[Symbol.asyncDispose]();
    },
  };
}

function inTurn<T>(answers: readonly T[], { asked }: FakeVendor): T {
  return answers[Math.min(asked.length, answers.length) - 1]!;
}

/** Configurations bring API keys alone: here others take their place. */
function withKeys(rules: Rules, name: string, keys: readonly Credential[]): Rules {
  const provider = (given: ProviderRules): ProviderRules => (given.name === name ? { ...given, keys } : given);
  const node = (given: RouteNode): RouteNode =>
    given.kind === "target"
      ? { ...given, provider: provider(given.provider) }
      : { ...given, children: given.children.map(node) };
  const providers = new Map([...rules.providers].map(([key, given]) => [key, provider(given)]));
  const routes = new Map([...rules.routes].map(([key, route]) => [key, { ...route, node: node(route.node) }]));
  return { ...rules, providers, routes };
}

const textOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { choices: { message: { content: string } }[] }).choices[0]?.message.content ?? "";
const bearers = ({ asked }: FakeVendor): unknown[] => asked.map(({ headers }) => headers["authorization"]);

describe("a token that is fetched", () => {
  test("is fetched once for all who ask, and serves later requests", async () => {
    await using cloud = await openCloud();
    const answers = await Promise.all([cloud.ask(), cloud.ask(), cloud.ask()]);
    expect(await Promise.all(answers.map(textOf))).toEqual(Array<string>(3).fill("from the cloud"));
    expect(await textOf(await cloud.ask())).toBe("from the cloud");
    expect(bearers(cloud.vendor)).toEqual(Array<string>(4).fill("Bearer first-token"));
    expect(cloud.endpoint.asked).toHaveLength(1);
    expect(JSON.stringify(cloud.vendor.asked)).not.toContain("client-secret");
  });

  test("is renewed when it ends", async () => {
    await using cloud = await openCloud({ tokens: [token("first-token", 0), token("second-token")] });
    for (const _turn of [1, 2, 3]) await cloud.ask();
    expect(bearers(cloud.vendor)).toEqual(["first", "second", "second"].map((name) => `Bearer ${name}-token`));
  });

  test("opens vectors and counts of tokens too", async () => {
    await using cloud = await openCloud({ vendor: { body: { data: [{ index: 0, embedding: [1] }] } } });
    expect((await cloud.ask({ model: "r", input: "Hi" }, { path: "/v1/embeddings" })).status).toBe(200);
    await using counting = await openCloud({ kind: "anthropic", vendor: { body: { input_tokens: 3 } } });
    const counted = await counting.ask(chat, { path: "/v1/messages/count_tokens" });
    expect(await counted.json()).toEqual({ input_tokens: 3 });
    expect([...bearers(cloud.vendor), ...bearers(counting.vendor)]).toEqual(
      Array<string>(2).fill("Bearer first-token"),
    );
  });
});

describe("a token that is not to be had", () => {
  test("refused: the next target answers, and the key cools down", async () => {
    await using cloud = await openCloud({ tokens: [refusing("invalid_client: client-secret has expired")] });
    const answer = await cloud.ask();
    expect(attemptsOf(answer.headers)).toEqual(["cloud/m:bad_key:0", "other/m:ok:200"]);
    expect(await textOf(answer)).toBe("from the other");
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["other/m:ok:200"]);
    expect([cloud.endpoint.asked.length, cloud.vendor.asked.length]).toEqual([1, 0]);
    expect(cloud.gateway.attempts()[0]?.message).toBe(
      "the token endpoint answered 400: invalid_client: [key] has expired",
    );
    expect(JSON.stringify([cloud.gateway.attempts(), cloud.warnings])).not.toContain("client-secret");
  });

  test("refused for one key of a pool: the next key is asked", async () => {
    const keys = (endpoint: string): readonly Credential[] => [
      tokenCredential(endpoint, "expired-secret"),
      tokenCredential(endpoint, "client-secret"),
    ];
    await using cloud = await openCloud({ keys, tokens: [refusing("expired"), token("first-token")] });
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["cloud/m:bad_key:0", "cloud/m:ok:200"]);
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["cloud/m:ok:200"]);
  });

  test("nobody there: the next target answers, and the circuit breaker counts it", async () => {
    const keys = (): readonly Credential[] => [tokenCredential("http://127.0.0.1:1/", "client-secret")];
    await using cloud = await openCloud({ keys });
    for (let turn = 0; turn < 5; turn += 1)
      expect(attemptsOf((await cloud.ask()).headers)).toEqual(["cloud/m:unreachable:0", "other/m:ok:200"]);
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["other/m:ok:200"]);
  });

  test("no answer: the next target has its turn after the time for a connection", async () => {
    await using cloud = await openCloud({ tokens: [never], timeout: { connect: "50ms", total: "10s" } });
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["cloud/m:unreachable:0", "other/m:ok:200"]);
  });

  test("no answer until the deadline: the call ends, and the fetch with it", async () => {
    const ended = Promise.withResolvers<void>();
    await using cloud = await openCloud({ auth: waiting(ended), timeout: { connect: "5s", total: "80ms" } });
    expect((await cloud.ask()).status).toBe(504);
    await ended.promise;
  });

  test("no answer while the caller waits: who leaves ends the fetch", async () => {
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await using cloud = await openCloud({ auth: waiting(ended, begun) });
    const leaving = new AbortController();
    const asked = cloud.ask(chat, { signal: leaving.signal });
    await begun.promise;
    leaving.abort();
    await expect(asked).rejects.toThrow("aborted");
    await ended.promise;
    expect(cloud.vendor.asked).toEqual([]);
  });
});

/** Signs when its caller has left, and no sooner. */
function waiting(ended: PromiseWithResolvers<void>, begun = Promise.withResolvers<void>()): Auth {
  return {
    sign: ({ headers, cancellation }) => {
      begun.resolve();
      return new Promise((resolve) => {
        cancellation.onCancel(() => {
          ended.resolve();
          resolve(headers);
        });
      });
    },
  };
}

describe("words of the vendor", () => {
  test.each([
    ["as it is", "first-token", [token("first-token")]],
    ["in Base64", Buffer.from("Bearer first-token").toString("base64"), [token("first-token")]],
    ["before the last one", "zeroth-token", [token("zeroth-token", 0), token("first-token")]],
  ])("never tell a token that was fetched: %s", async (_name, quoted, tokens) => {
    const vendor = { status: 401, body: { error: { message: `who is ${quoted}?`, code: quoted } } };
    await using cloud = await openCloud({ vendor, tokens, keys: twice });
    const answer = await cloud.ask();
    expect(attemptsOf(answer.headers)).toEqual(["cloud/m:bad_key:401", "cloud/m:bad_key:401", "other/m:ok:200"]);
    const told = JSON.stringify([cloud.gateway.attempts(), cloud.warnings]);
    expect(told).toContain("[key]");
    expect(told).not.toMatch(/(?:first|zeroth)-token|Zmlyc3QtdG9rZW/u);
  });

  test.each([400, 401])("never tell it in the answer to a count of tokens, nor in the log: %s", async (status) => {
    const vendor = { status, body: { type: "error", error: { type: "any", message: "what is first-token?" } } };
    await using cloud = await openCloud({ kind: "anthropic", vendor });
    const answer = await cloud.ask(chat, { path: "/v1/messages/count_tokens" });
    const told = [await answer.text(), ...cloud.warnings].join("\n");
    expect(told).toContain("what is [key]?");
    expect(told).not.toContain("first-token");
  });

  /** Two keys that are given the same tokens. */
  function twice(endpoint: string): readonly Credential[] {
    const one = tokenCredential(endpoint, "client-secret");
    return [one, { ...one, value: "second-client-secret" }];
  }
});

describe("a signature over the final bytes", () => {
  const covered = ({
    method,
    path,
    headers,
    body,
  }: Pick<SignableRequest, "method" | "path" | "headers"> & { body: string }) =>
    [method, path, headers["content-type"], headers["x-date"], body].join("\n");
  const textIn = (body: SignableRequest["body"]): string =>
    body === null || typeof body === "string" ? (body ?? "") : Buffer.concat([body].flat()).toString();

  /** As clouds do it, in small. */
  const hmac: Auth = {
    async sign(request, { value }) {
      const headers = { ...request.headers, "x-date": "20261130" };
      await Promise.resolve();
      const digest = createHmac("sha256", value).update(covered({ ...request, headers, body: textIn(request.body) }));
      return { ...headers, authorization: `HMAC ${digest.digest("hex")}` };
    },
  };
  const keys = (): readonly Credential[] => [{ kind: "api-key", value: "hmac-secret", source: "config", label: "…" }];

  test.each([
    ["the caller's own bytes, with the model set in place", "/v1/chat/completions", chat],
    ["a translated body", "/v1/messages", { ...chat, max_tokens: 5 }],
    ["a request for vectors", "/v1/embeddings", { model: "r", input: "Hi" }],
  ])("of %s", async (_name, path, body) => {
    await using cloud = await openCloud({ auth: hmac, keys });
    await cloud.ask(body, { path });
    expectSigned(cloud.vendor);
    expect(JSON.parse(cloud.vendor.asked[0]?.body ?? "")).toMatchObject({ model: "m" });
  });

  test("is made anew for each request of an answer that paused", async () => {
    const message = (text: string, reason: string): FakeAnswer => ({
      body: { type: "message", role: "assistant", content: [{ type: "text", text }], stop_reason: reason, usage: {} },
    });
    const vendor = [message("from ", "pause_turn"), message("the cloud", "end_turn")];
    await using cloud = await openCloud({ auth: hmac, keys, vendor, kind: "anthropic" });
    expect(await textOf(await cloud.ask())).toBe("from the cloud");
    expectSigned(cloud.vendor);
    const [first, second] = cloud.vendor.asked.map(({ headers }) => headers["authorization"]);
    expect(second).not.toBe(first);
  });

  function expectSigned({ asked }: FakeVendor): void {
    expect(asked.length).toBeGreaterThan(0);
    for (const { path, body, ...sent } of asked) {
      const headers = sent.headers as Record<string, string>;
      const digest = createHmac("sha256", "hmac-secret").update(covered({ method: "POST", path, headers, body }));
      expect(headers["authorization"]).toBe(`HMAC ${digest.digest("hex")}`);
    }
  }

  test("that throws is a fault of the gateway's own: the operator is told, and the next target answers", async () => {
    const broken: Auth = { sign: () => Promise.reject(new Error("a bug in a kind")) };
    await using cloud = await openCloud({ auth: broken });
    expect(attemptsOf((await cloud.ask()).headers)).toEqual(["cloud/m:server_error:0", "other/m:ok:200"]);
    expect(cloud.warnings.join("\n")).toContain("a bug in a kind");
  });
});
