import { describe, expect, test } from "vitest";
import { protocols } from "../protocols/index.ts";
import { decodeCall } from "./decode.ts";
import { createEndpoints } from "./endpoint.ts";

const endpoints = createEndpoints(protocols);

const body = { model: null, stream: null };

describe("what stands at a path", () => {
  test.each([
    ["/v1/chat/completions", { protocol: "openai-chat", task: "chat", ...body }],
    ["/chat/completions", { protocol: "openai-chat", task: "chat", ...body }],
    ["/v1/completions", { protocol: "openai-completions", task: "chat", ...body }],
    ["/v1/responses", { protocol: "openai-responses", task: "chat", ...body }],
    ["/responses", { protocol: "openai-responses", task: "chat", ...body }],
    ["/v1/embeddings", { protocol: "openai-chat", task: "embeddings", model: null, stream: false }],
    ["/v1/messages", { protocol: "anthropic-messages", task: "chat", ...body }],
    ["/messages", { protocol: "anthropic-messages", task: "chat", ...body }],
    ["/v1/messages/count_tokens", { protocol: "anthropic-messages", task: "count", model: null, stream: false }],
  ])("%s", (path, endpoint) => {
    expect(endpoints.at(path)).toEqual(endpoint);
  });

  test.each([
    ["/v1beta/models/assistant:generateContent", "assistant", { task: "chat", stream: false }],
    ["/v1/models/assistant:streamGenerateContent", "assistant", { task: "chat", stream: true }],
    ["/models/google/gemini-2.5-flash:countTokens", "google/gemini-2.5-flash", { task: "count", stream: false }],
    [
      "/v1alpha/models/google%2Fgemini-2.5-flash:generateContent",
      "google/gemini-2.5-flash",
      { task: "chat", stream: false },
    ],
    ["/v1beta/models/ollama/qwen3:8b:generateContent", "ollama/qwen3:8b", { task: "chat", stream: false }],
    ["/v1beta/tunedModels/mine:generateContent", "tunedModels/mine", { task: "chat", stream: false }],
    ["/v1beta/models/100%:generateContent", "100%", { task: "chat", stream: false }],
  ])("%s names %s", (path, model, asked) => {
    expect(endpoints.at(path)).toEqual({ protocol: "gemini-generate", model, ...asked });
  });

  test.each([
    "/v1/models",
    "/v1/chat/completions//",
    "/v1/messages/batches",
    "/v1/responses/resp_1",
    "/v1beta/models/:generateContent",
    "/v1beta/models/a:predict",
    "/v2/models/a:generateContent",
    "/v1beta/files/a:generateContent",
    "/v1beta/models/a/generateContent",
  ])("nothing is at %s", (path) => {
    expect(endpoints.at(path)).toBeNull();
  });
});

test.each([
  ["/v1/chat/completions", "openai-chat"],
  ["/v1/models", "openai-chat"],
  ["/nowhere", "openai-chat"],
  ["/v1/messages", "anthropic-messages"],
  ["/v1/messages/batches", "anthropic-messages"],
  ["/v1/messagesish", "openai-chat"],
  ["/v1/responses/resp_1/cancel", "openai-responses"],
  ["/v1beta/models/a:generateContent", "gemini-generate"],
  ["/v1beta/cachedContents", "gemini-generate"],
  ["/v1/models/a:predict", "gemini-generate"],
])("at %s answers are in %s", (path, protocol) => {
  expect(endpoints.protocolAt(path).name).toBe(protocol);
});

test.each([
  ["/v1beta/models/a:streamGenerateContent", "", true],
  ["/v1beta/models/a:streamGenerateContent", "key=k&alt=json", true],
  ["/v1beta/models/a:streamGenerateContent", "alt=sse", false],
  ["/v1beta/models/a:streamGenerateContent", "key=k&%24alt=sse", false],
  ["/v1beta/models/a:generateContent", "", false],
  ["/v1/chat/completions", "", false],
])("%s?%s is answered in an array: %s", (path, query, array) => {
  const endpoint = endpoints.at(path);
  const call = { method: "POST", path, query, headers: {}, body: Buffer.from("{}") };
  const { asArray } = decodeCall(call, { protocol: endpoints.protocolAt(path), endpoint, maxDepth: 64 });
  expect(asArray).toBe(array);
});

test("what is served is told for people, each path once", () => {
  expect(endpoints.served).toEqual([
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/rerank",
    "/v1/completions",
    "/v1/responses",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1beta/models/{model}:generateContent (:streamGenerateContent, :countTokens, :embedContent, :batchEmbedContents)",
  ]);
});

describe("a request that goes to a provider as it is", () => {
  const anthropic = { "anthropic-version": "2023-06-01" };
  const google = { "x-goog-api-client": "google-genai-sdk/3" };
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, string | null])[] = [
    ["POST /v1/images/generations", {}, "openai-chat computed /images/generations"],
    ["POST /images/generations", {}, "openai-chat computed /images/generations"],
    ["POST /v1/rerank", {}, null],
    ["POST /v1/score", {}, "openai-chat computed /score"],
    ["GET /v1/files", {}, "openai-chat /files"],
    ["GET /v1/files/", {}, "openai-chat /files"],
    ["GET /v1/files", anthropic, "anthropic-messages /files"],
    ["GET /v1/files", google, "gemini-generate /files"],
    ["POST /v1/messages/batches", {}, "anthropic-messages /messages/batches"],
    ["GET /v1/chat/completions", {}, "openai-chat /chat/completions"],
    ["DELETE /v1/responses/resp_1", {}, "openai-chat /responses/resp_1"],
    ["PATCH /v1/anything/new", {}, "openai-chat /anything/new"],
    ["POST /upload/v1beta/files", {}, "gemini-generate /upload /files"],
    ["POST /v1beta/models/imagen-4:predict", {}, "gemini-generate computed /models/MODEL:predict"],
    ["POST /v1beta/models/veo-3:predictLongRunning", {}, "gemini-generate /models/MODEL:predictLongRunning"],
    ["GET /v1beta/models/veo-3/operations/1", {}, "gemini-generate /models/veo-3/operations/1"],
    ["GET /v1/messages", {}, null],
    ["GET /v1/embeddings", {}, null],
    ["PUT /v1/chat/completions", {}, null],
    ["GET /v1/models", {}, null],
    ["DELETE /v1/models/ft:1", {}, null],
    ["GET /v1beta/models/google/gemini-2.5-flash", {}, null],
    ["GET /v1beta/models/imagen-4:predict", {}, null],
    ["GET /v1/realtime", {}, null],
    ["GET /v1/realtime/translations", {}, null],
    ["POST /v1/realtime/client_secrets", {}, "openai-chat /realtime/client_secrets"],
    ["HEAD /v1/files", {}, null],
    ["GET /v1/files/../x", {}, null],
    ["GET /v1/files/%2E%2e/x", {}, null],
    ["GET /v2/files", {}, null],
    ["GET /anything", {}, null],
    ["GET /healthz", {}, null],
  ];

  test.each(rows)("%s %j: %s", (request, headers, expected) => {
    const [method = "", path = ""] = request.split(" ");
    const { protocol, place } = endpoints.of({ method, path, headers }) ?? {};
    const words = place && [protocol, place.isComputed ? "computed" : null, place.before ?? null, place.path("MODEL")];
    expect(words?.filter((word) => word !== null).join(" ") ?? null).toBe(expected);
  });
});

describe("a cloud's path is the protocol's own", () => {
  const post = (path: string) => endpoints.of({ method: "POST", path, headers: {} });

  test.each([
    ["/openai/deployments/gpt/chat/completions", "openai-chat", "chat", "gpt", null],
    ["/openai/deployments/openai%2Fgpt-4o/completions", "openai-completions", "chat", "openai/gpt-4o", null],
    ["/openai/deployments/openai/gpt-4o/embeddings", "openai-chat", "embeddings", "openai/gpt-4o", false],
    ["/openai/deployments/gpt/images/generations", "openai-chat", "passthrough", "gpt", null],
    ["/openai/v1/responses", "openai-responses", "chat", null, null],
    ["/openai/responses", "openai-responses", "chat", null, null],
    ["/models/chat/completions", "openai-chat", "chat", null, null],
    ["/v1/projects/p/locations/l/endpoints/openapi/chat/completions", "openai-chat", "chat", null, null],
    ["/projects/p/locations/l/publishers/anthropic/models/m:rawPredict", "anthropic-messages", "chat", "m", false],
    [
      "/v1/projects/p/locations/l/publishers/anthropic/models/a%2Fm:streamRawPredict",
      "anthropic-messages",
      "chat",
      "a/m",
      true,
    ],
    [
      "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict",
      "anthropic-messages",
      "count",
      null,
      false,
    ],
    ["/model/a.b-v1%3A0/invoke", "anthropic-messages", "chat", "a.b-v1:0", false],
    ["/model/a/invoke-with-response-stream", "anthropic-messages", "chat", "a", true],
    ["/anthropic/v1/messages", "anthropic-messages", "chat", null, null],
    ["/v1beta1/publishers/google/models/gemini-x:generateContent", "gemini-generate", "chat", "gemini-x", false],
    [
      "/v1beta1/projects/p/locations/l/publishers/openai/models/gpt-4o:streamGenerateContent",
      "gemini-generate",
      "chat",
      "openai/gpt-4o",
      true,
    ],
    ["/v1/publishers/google/models/imagen:predict", "gemini-generate", "passthrough", "imagen", null],
  ])("%s", (path, ...expected) => {
    const { protocol, task, model, stream } = post(path) ?? {};
    expect([protocol, task, model, stream]).toEqual(expected);
    expect(endpoints.protocolAt(path).name).toBe(protocol);
  });

  test.each(["/openai/v1", "/openai/v2x", "/model/a/converse", "/v1/projects/p/locations/l", "/openai/v1/models"])(
    "nothing is at %s",
    (path) => {
      expect(post(path)?.cloud).toBeUndefined();
    },
  );

  test("a path of a hundred thousand steps costs no more than its length", () => {
    const started = performance.now();
    for (const step of ["/a", "/deployments", ":rawPredict", "/publishers/"])
      post(`/openai/deployments${step.repeat(8_000)}`);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
