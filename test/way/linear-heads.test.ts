// Each is measured up to three times: a busy machine can spoil one, and growth that is real is there each time.
// As linear-time.test.ts, for what is not a list in the body: headers, queries, conditions, nesting, and how the bytes of a
// body are cut. A listener takes 64 KiB of headers, but the library's `fetch` takes any.
import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { Transport } from "../../src/core/transport.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { createGateway, type ConfigFile, type Gateway } from "../../src/index.ts";
import { growthOf, MOST_GROWTH } from "../support/growth.ts";

/** Refuses every request at once: the work before that is what counts. */
const refusing: Transport = {
  send: async (request) => {
    request.onSent();
    const pieces = [Buffer.from('{"error":{"message":"no"}}')];
    const next = async (): Promise<Uint8Array | null> => pieces.shift() ?? null;
    return { status: 400, headers: { "content-type": "application/json" }, body: { next, cancel: () => {} } };
  },
  close: async () => {},
};

function openGateway(config: Partial<ConfigFile> = {}): Gateway {
  const provider = { api_key: "a-key", models: { "*": { context: 1_000_000_000 } } };
  const responses = { ...provider, kind: "openai", protocol: "responses" as const };
  const providers = { openai: provider, responses, anthropic: provider, google: provider };
  return createGateway(
    { providers, ...config },
    { environment: {}, transport: refusing, warn: () => {}, log: () => {} },
  );
}

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  readonly method?: string;
}

const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const messages = [{ role: "user", content: "Hi" }];
const chat = { model: "openai/gpt-4o", messages };
const condition = { "metadata.team": { $regex: "(a|b)*c", $ne: "x" } };

const when = {
  routes: {
    r: {
      when: each(20, () => ({ if: condition, use: "openai/gpt-4o" })),
      else: "openai/gpt-4o",
    },
    long: { when: [{ if: { "params.user": { $regex: "(a+)+$" } }, use: "openai/gpt-4o" }], else: "openai/gpt-4o" },
  },
} as const;

const portkey = (config: object): Sent => ({
  headers: {
    // An object with a member of that name is no promise, but looks like one.
    "x-portkey-config": JSON.stringify(config).replaceAll('"use":', '"then":'),
    authorization: "Bearer a-callers-key",
  },
});

const kinds: Readonly<Record<string, (count: number) => Sent>> = {
  "headers of ours that nobody knows": (count) => ({
    headers: Object.fromEntries(each(count, (at) => [`x-understudy-h${at}`, "v"])),
  }),
  "headers of Portkey's that nobody knows": (count) => ({
    headers: { "x-portkey-provider": "openai", ...Object.fromEntries(each(count, (at) => [`x-portkey-h${at}`, "v"])) },
  }),
  "members of the metadata": (count) => ({
    body: { ...chat, model: "r" },
    headers: { "x-understudy-metadata": JSON.stringify(Object.fromEntries(each(count, (at) => [`m${at}`, "ab"]))) },
  }),
  "a long value of the metadata, under conditions": (count) => ({
    body: { ...chat, model: "r" },
    headers: { "x-understudy-metadata": JSON.stringify({ team: "ab".repeat(count * 20) }) },
  }),
  "a long parameter, under a condition": (count) => ({
    body: { ...chat, model: "long", user: `${"a".repeat(count * 10)}b` },
  }),
  "metadata of the body": (count) => ({
    body: { ...chat, metadata: Object.fromEntries(each(count, (at) => [`m${at}`, "v"])) },
  }),
  "a long route": (count) => ({ headers: { "x-understudy-route": "r/".repeat(count * 10) } }),
  "a long idempotency key": (count) => ({ headers: { "idempotency-key": "k".repeat(count * 100) } }),
  "a long trace id": (count) => ({
    headers: { "x-portkey-provider": "openai", "x-portkey-trace-id": "é".repeat(count * 100) },
  }),
  "parameters of the query": (count) => ({
    path: `/v1/chat/completions?${each(count * 4, (at) => `p${at}=v`).join("&")}`,
  }),
  "parameters of a passed query": (count) => ({
    path: `/v1/files?${each(count * 4, (at) => `p${at}=v`).join("&")}`,
    method: "GET",
    headers: { "x-understudy-provider": "openai" },
  }),
  "targets of Portkey's config": (count) =>
    portkey({ strategy: { mode: "fallback" }, targets: each(count / 4, () => ({ provider: "openai" })) }),
  "conditions of Portkey's config": (count) =>
    portkey({
      strategy: {
        mode: "conditional",
        conditions: each(count, (at) => ({ query: { "metadata.a": `v${at}` }, use: `t${at}` })),
        default: "t0",
      },
      targets: each(count, (at) => ({ name: `t${at}`, provider: "openai" })),
    }),
};

async function send(
  gateway: Gateway,
  { path = "/v1/chat/completions", headers = {}, body, method }: Sent,
): Promise<void> {
  const init =
    method === "GET"
      ? { method, headers }
      : {
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body ?? chat),
        };
  const response = await gateway.fetch(path, init);
  await response.text();
  expect(response.status).not.toBe(500);
}

test.each(Object.keys(kinds))("%s: time grows with the length", { retry: 2 }, async (kind) => {
  const gateway = openGateway(when);
  let sent: Sent = {};
  const growth = await growthOf({
    size: 2_000,
    prepare: (count) => void (sent = kinds[kind]!(count)),
    work: () => send(gateway, sent),
  });
  await gateway.close();
  expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
});

const nest = (levels: number, wrap: (inner: string) => readonly [string, string], core: string): string => {
  const [open, close] = wrap("");
  return open.repeat(levels) + core + close.repeat(levels);
};
const schemaOf = (levels: number): string =>
  nest(levels, () => ['{"type":"object","properties":{"a":', "}}"], '{"type":"string"}');
const valueOf = (levels: number): string => nest(levels, () => ['{"a":', "}"], "1");

/** By what is nested; texts, because values this deep are awkward to build. */
const nested: Readonly<Record<string, (levels: number) => string>> = {
  "a tool's schema": (levels) =>
    `"messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f","parameters":${schemaOf(levels)}}}]`,
  "the schema of the answer": (levels) =>
    `"messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","strict":true,"schema":${schemaOf(levels)}}}`,
  arguments: (levels) =>
    `"messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(valueOf(levels))}}}]},{"role":"tool","tool_call_id":"c","content":"r"}]`,
  metadata: (levels) => `"messages":[{"role":"user","content":"x"}],"metadata":${valueOf(levels)}`,
};
const targets = ["openai/gpt-4o", "responses/gpt-5", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"];

describe.each(targets)("nesting, to %s", { retry: 2 }, (model) => {
  test.each(Object.keys(nested))("%s: time grows with the depth", async (kind) => {
    const gateway = openGateway({ server: { max_depth: 10_000 } });
    let body = "";
    const growth = await growthOf({
      size: 150,
      prepare: (levels) => void (body = `{"model":"${model}",${nested[kind]!(levels)}}`),
      work: async () => {
        for (let again = 0; again < 20; again += 1) {
          const headers = { "content-type": "application/json" };
          const response = await gateway.fetch("/v1/chat/completions", { method: "POST", headers, body });
          await response.text();
          expect(response.status).not.toBe(500);
        }
      },
    });
    await gateway.close();
    expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
  });
});

const ending = "0\r\n\r\n";
const chunkings: Readonly<Record<string, string>> = {
  "pieces of one byte": "1\r\n \r\n",
  "pieces of one byte with an extension": "1;a=b\r\n \r\n",
  "pieces of a kilobyte": `400\r\n${" ".repeat(1_024)}\r\n`,
};

test.each(Object.keys(chunkings))("a body of %s: time grows with their number", { retry: 2 }, async (kind) => {
  const gateway = openGateway();
  const { port } = await gateway.listen({ port: 0 });
  let bytes = "";
  const growth = await growthOf({
    size: 4_000,
    prepare: (count) => void (bytes = chunkings[kind]!.repeat(count) + ending),
    work: async () => {
      const socket = connect(port, "127.0.0.1");
      const head = "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
      socket.write(head + bytes);
      await once(socket, "data");
      socket.destroy();
    },
  });
  await gateway.close();
  expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
});
