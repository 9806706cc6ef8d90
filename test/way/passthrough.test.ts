// The vendors' other services, passed to a provider under the same path: which target gets the request, what reaches it,
// which failures lead to the next one, and what the client and the ledger see.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { type FakeAnswer, type FakeVendor, openFakeVendor, overloaded } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly one: FakeVendor;
  readonly two: FakeVendor;
}

type Answers = (path: string, body: string) => FakeAnswer;

const picture: FakeAnswer = {
  body: { created: 1, data: [{ b64_json: "AA==" }], usage: { input_tokens: 11, output_tokens: 22, total_tokens: 33 } },
};

/** Two vendors with OpenAI's protocol, and the route `pictures` over both. */
async function openScene(one: Answers, two: Answers = () => picture): Promise<Scene> {
  const first = await openFakeVendor(one);
  const second = await openFakeVendor(two);
  const stage = await openStage({
    config: {
      providers: {
        one: { kind: "openai-compatible", base_url: first.baseUrl, api_key: "key-one" },
        two: { kind: "openai-compatible", base_url: second.baseUrl, api_key: "key-two" },
      },
      routes: {
        pictures: { fallback: ["one/image-1", "two/image-2"], retry: { attempts: 0 } },
        mixed: { fallback: ["google/gemini-2.5-flash", "two/image-2"] },
      },
    },
  });
  return {
    stage,
    one: first,
    two: second,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await first[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
    },
  };
}

const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer callers-own", ...headers },
  body: JSON.stringify(body),
});

test("a JSON request walks the route, with each target's name of the model and each provider's key", async () => {
  await using scene = await openScene(() => overloaded);
  const { stage, one, two } = scene;
  const asked = { model: "pictures", prompt: "a hen", n: 1 };
  const response = await fetch(`${stage.url}/v1/images/generations`, json(asked));
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(picture.body);
  expect(attemptsOf(response.headers)).toEqual(["one/image-1:overloaded:503", "two/image-2:ok:200"]);
  expect(response.headers.get("x-understudy-target")).toBe("two/image-2");
  expect(one.asked[0]).toMatchObject({
    path: "/v1/images/generations",
    headers: { authorization: "Bearer key-one" },
    body: JSON.stringify({ ...asked, model: "image-1" }),
  });
  expect(two.asked[0]).toMatchObject({
    headers: { authorization: "Bearer key-two" },
    body: JSON.stringify({ ...asked, model: "image-2" }),
  });
  expect(JSON.stringify([...one.asked, ...two.asked])).not.toContain("callers-own");
});

test("the ledger has the endpoint, the bytes and what the vendor counted", async () => {
  await using scene = await openScene(() => picture);
  const response = await fetch(
    `${scene.stage.url}/v1/images/generations`,
    json({ model: "pictures", prompt: "a hen" }),
  );
  const text = await response.text();
  expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({
    task: "passthrough",
    endpoint: "POST /v1/images/generations",
    target: "one/image-1",
    verdict: "ok",
    status: 200,
    bytesIn: text.length,
    inputTokens: 11,
    outputTokens: 22,
    usageFrom: "vendor",
  });
});

test("a model that does not have the service is skipped, with the reason", async () => {
  await using scene = await openScene(() => picture);
  const response = await fetch(`${scene.stage.url}/v1/images/generations`, json({ model: "mixed", prompt: "a hen" }));
  expect(response.status).toBe(200);
  expect(attemptsOf(response.headers)).toEqual(["google/gemini-2.5-flash:unsupported:skipped", "two/image-2:ok:200"]);
  expect(response.headers.get("x-understudy-skipped")).toContain("gemini-2.5-flash draws no pictures");
});

test("x-understudy-route chooses the route, also for a body without a model", async () => {
  await using scene = await openScene(() => picture);
  const request = json({ prompt: "a hen" }, { "x-understudy-route": "pictures" });
  await fetch(`${scene.stage.url}/v1/images/generations`, request);
  expect(JSON.parse(scene.one.asked[0]?.body ?? "")).toEqual({ model: "image-1", prompt: "a hen" });
});

test("a 404 for the path is the caller's: nobody else is asked, and no key cools down", async () => {
  const nothing = {
    status: 404,
    body: { error: { message: "Invalid URL (POST /v1/pictures)", type: "invalid_request_error" } },
  };
  await using scene = await openScene(() => nothing);
  const { stage, one, two } = scene;
  for (const _ of [1, 2]) {
    const response = await fetch(`${stage.url}/v1/pictures`, json({ model: "pictures" }));
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { message: "Invalid URL (POST /v1/pictures)", verdict: "bad_request" },
    });
  }
  expect([one.asked.length, two.asked.length]).toEqual([2, 0]);
});

test("an unknown model leads to the next target, and its key stays in use", async () => {
  const unknown = { status: 404, body: { error: { message: "The model does not exist", code: "model_not_found" } } };
  await using scene = await openScene(() => unknown);
  for (const _ of [1, 2]) {
    const response = await fetch(`${scene.stage.url}/v1/images/generations`, json({ model: "pictures", prompt: "x" }));
    expect(attemptsOf(response.headers)).toEqual(["one/image-1:unknown_model:404", "two/image-2:ok:200"]);
  }
});

test("without a model and with two providers of the protocol, the error says what to send", async () => {
  await using scene = await openScene(() => ({ body: { object: "list", data: [] } }));
  const { stage, one, two } = scene;
  const refused = await fetch(`${stage.url}/v1/files`);
  expect(refused.status).toBe(400);
  expect(await refused.json()).toMatchObject({
    error: { message: expect.stringMatching(/openai, one, two.*x-understudy-provider/u) as string },
  });
  const response = await fetch(`${stage.url}/v1/files?limit=2&key=secret-key&after=file-1&%6bey=secret-key`, {
    headers: { "x-understudy-provider": "two" },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get("x-understudy-target")).toBe("two");
  expect([one.asked.length, two.asked[0]?.path]).toEqual([0, "/v1/files?limit=2&after=file-1"]);
  const unknown = await fetch(`${stage.url}/v1/files`, { headers: { "x-understudy-provider": "too" } });
  expect(await unknown.json()).toMatchObject({ error: { message: expect.stringContaining("Did you mean") as string } });
});

test("an id belongs to the provider whose answer had it", async () => {
  const batch = { id: "batch_7", object: "batch", status: "completed" };
  await using scene = await openScene(
    () => ({ body: { object: "list", data: [] } }),
    (path) => ({ body: path === "/v1/files" ? { object: "list", data: [{ id: "file-2" }] } : batch }),
  );
  const { stage, one, two } = scene;
  await (await fetch(`${stage.url}/v1/files`, { headers: { "x-understudy-provider": "two" } })).text();
  const made = await fetch(`${stage.url}/v1/batches`, json({ input_file_id: "file-2", endpoint: "/v1/embeddings" }));
  expect(await made.json()).toEqual(batch);
  for (const method of ["GET", "POST", "DELETE"]) {
    const path = method === "POST" ? "/v1/batches/batch_7/cancel" : "/v1/batches/batch_7";
    expect((await fetch(`${stage.url}${path}`, { method })).status).toBe(200);
  }
  expect(one.asked).toEqual([]);
  expect(two.asked.map(({ path }) => path)).toEqual([
    "/v1/files",
    "/v1/batches",
    "/v1/batches/batch_7",
    "/v1/batches/batch_7/cancel",
    "/v1/batches/batch_7",
  ]);
});

test.each([
  ["leaves the base URL", "/v1/files/..%2f..%2fadmin"],
  ["leaves it, encoded", "/v1/%2e%2e/admin"],
  ["leaves it where steps may have parameters", "/v1/files/..;x/..;/admin"],
  ["leaves it where steps may have parameters, encoded", "/v1/files/..%3bx/admin"],
  ["has another version", "/v2/files"],
  ["has no version, and is no service", "/pictures"],
])("a path that %s: 404", async (_, path) => {
  await using scene = await openScene(() => picture);
  const response = await fetch(`${scene.stage.url}${path}`, { headers: { "x-understudy-provider": "one" } });
  expect(response.status).toBe(404);
  expect(scene.one.asked).toEqual([]);
});

test("a redirect is neither followed nor passed on", async () => {
  const moved = { status: 302, body: "", headers: { location: "https://elsewhere.example/x?sig=1" } };
  await using scene = await openScene(() => moved);
  const headers = { "x-understudy-provider": "one" };
  const response = await fetch(`${scene.stage.url}/v1/videos/v1/content`, { headers, redirect: "manual" });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("redirect") as string } });
  expect(response.headers.get("location")).toBeNull();
});

/** A vendor that reads a request and closes the connection. */
async function openSilentVendor(): Promise<AsyncDisposable & { readonly baseUrl: string; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request) => {
    request.resume().on("end", () => {
      asked.push(request.url ?? "");
      request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const swallowed: readonly (readonly [string, RequestInit, string, number])[] = [
  ["a request that a model answers", json({ prompt: "a hen" }), "/v1/images/generations", 200],
  ["a list", { headers: {} }, "/v1/files", 200],
  ["a creation", json({ input_file_id: "file-9" }), "/v1/batches", 502],
  ["a request of an unknown kind", json({}), "/v1/things", 502],
  ["a deletion", { method: "DELETE" }, "/v1/files/file-9", 502],
];

test.each(swallowed)("%s that a vendor swallowed", async (...[, init, path, status]) => {
  await using silent = await openSilentVendor();
  await using other = await openFakeVendor(() => ({ body: { object: "list", data: [] } }));
  const kind = "openai-compatible";
  await using stage = await openStage({
    config: {
      providers: {
        silent: { kind, base_url: silent.baseUrl, api_key: "key-one" },
        other: { kind, base_url: other.baseUrl, api_key: "key-two" },
      },
      routes: { both: { fallback: ["silent/a", "other/b"], retry: { attempts: 1, max_wait: "1ms" } } },
    },
  });
  const response = await fetch(stage.url + path, {
    ...init,
    headers: { ...(init.headers as Record<string, string>), "x-understudy-route": "both" },
  });
  expect(response.status).toBe(status);
  if (status === 200) {
    expect(response.headers.get("x-understudy-target")).toBe("other/b");
    return;
  }
  expect([silent.asked, other.asked]).toEqual([[path], []]);
  expect(response.headers.get("x-should-retry")).toBe("false");
  expect(await response.text()).toContain("the vendor may have done it");
});

test("a creation that a vendor refused goes to the next target", async () => {
  await using scene = await openScene(
    () => overloaded,
    () => ({ body: { id: "batch_1" } }),
  );
  const request = json({ input_file_id: "file-9" }, { "x-understudy-route": "pictures" });
  const response = await fetch(`${scene.stage.url}/v1/batches`, request);
  expect(attemptsOf(response.headers)).toEqual(["one/image-1:overloaded:503", "two/image-2:ok:200"]);
});
