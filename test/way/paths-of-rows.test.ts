// A provider whose paths are not its protocol's: its row says which path a model is asked at. Played through the front
// door, for answers, streams, vectors and counts of tokens.
import { describe, expect, test } from "vitest";
import { loadConfigObject } from "../../src/config/check.ts";
import type { PathMode, ProviderRow } from "../../src/core/provider.ts";
import { openGateway } from "../../src/open-gateway.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";

const chat = { model: "r", messages: [{ role: "user", content: "Hi" }] };
const messages = { ...chat, max_tokens: 5 };
const answer = { choices: [{ index: 0, message: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] };
const chunk = { choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: "stop" }] };
const message = { id: "msg_1", type: "message", role: "assistant", content: [{ type: "text", text: "Hi" }] };
const vectors = { object: "list", data: [{ object: "embedding", index: 0, embedding: [1, 2] }] };

const atDeployment = (model: string, mode: PathMode, usual: string): string =>
  `/deployments/${encodeURIComponent(model)}${usual}?v=1&for=${mode}`;

interface Play {
  readonly kind: string;
  readonly path: string;
  readonly body: object;
  readonly answer: FakeAnswer;
}

/** The path at which the vendor was asked. */
async function askedAt(play: Play, row: (row: ProviderRow) => ProviderRow): Promise<string | undefined> {
  await using vendor = await openFakeVendor(() => play.answer);
  const usual = catalog.get(play.kind);
  if (usual === undefined) throw new Error(`no ${play.kind}`);
  const own = new Map([["own", { ...row(usual), name: "own", keyVariables: [] }]]);
  const { rules } = loadConfigObject(
    { providers: { own: { base_url: vendor.baseUrl } }, routes: { r: { target: "own/a?b/1" } } },
    { catalog: own, environment: {} },
  );
  const gateway = openGateway(rules, { warn: () => {} });
  const headers = { "content-type": "application/json" };
  const response = await gateway.fetch(`http://gateway${play.path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(play.body),
  });
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  await gateway.close();
  return vendor.asked[0]?.path;
}

const plays: readonly (Play & { readonly name: string; readonly at: string })[] = [
  {
    name: "an answer",
    kind: "openai-compatible",
    path: "/v1/chat/completions",
    body: chat,
    answer: { body: answer },
    at: "/v1/deployments/a%3Fb%2F1/chat/completions?v=1&for=whole",
  },
  {
    name: "a stream",
    kind: "openai-compatible",
    path: "/v1/chat/completions",
    body: { ...chat, stream: true },
    answer: { body: [JSON.stringify(chunk), "[DONE]"] },
    at: "/v1/deployments/a%3Fb%2F1/chat/completions?v=1&for=stream",
  },
  {
    name: "an answer for a client of another protocol",
    kind: "openai-compatible",
    path: "/v1/messages",
    body: messages,
    answer: { body: answer },
    at: "/v1/deployments/a%3Fb%2F1/chat/completions?v=1&for=whole",
  },
  {
    name: "vectors",
    kind: "openai-compatible",
    path: "/v1/embeddings",
    body: { model: "r", input: "Hi" },
    answer: { body: vectors },
    at: "/v1/deployments/a%3Fb%2F1/embeddings?v=1&for=embeddings",
  },
  {
    name: "vectors for a client of another protocol",
    kind: "openai-compatible",
    path: "/v1beta/models/r:embedContent",
    body: { content: { parts: [{ text: "Hi" }] } },
    answer: { body: vectors },
    at: "/v1/deployments/a%3Fb%2F1/embeddings?v=1&for=embeddings",
  },
  {
    name: "an answer of another protocol",
    kind: "anthropic",
    path: "/v1/messages",
    body: messages,
    answer: { body: { ...message, model: "m", stop_reason: "end_turn", usage: {} } },
    at: "/v1/deployments/a%3Fb%2F1/messages?v=1&for=whole",
  },
  {
    name: "a count of tokens",
    kind: "anthropic",
    path: "/v1/messages/count_tokens",
    body: chat,
    answer: { body: { input_tokens: 3 } },
    at: "/v1/deployments/a%3Fb%2F1/messages/count_tokens?v=1&for=count",
  },
];

describe("a row that gives the path", () => {
  test.each(plays)("$name", async (play) => {
    expect(await askedAt(play, (row) => ({ ...row, path: atDeployment }))).toBe(play.at);
  });

  test.each(plays)("$name goes to the protocol's own path without one", async (play) => {
    const [own = ""] = play.at.replace("/deployments/a%3Fb%2F1", "").split("?");
    expect(await askedAt(play, (row) => row)).toBe(own);
  });
});
