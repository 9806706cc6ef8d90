// What a client gets from a vendor's other service: bytes as they arrive, an end that is no end if the vendor broke off, and
// the account that stored a thing. Also who may ask.
import type { ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openUploadVendor, type Upload } from "../support/upload-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly uploads: readonly Upload[];
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
}

/** One vendor, `one`, at OpenAI's paths, besides the simulator's. */
async function openScene(
  answer: (upload: Upload, response: ServerResponse) => void,
  { keys = ["key-one"], server = {} }: { keys?: readonly string[]; server?: ConfigFile["server"] } = {},
): Promise<Scene> {
  const vendor = await openUploadVendor(answer);
  const stage = await openStage({
    config: {
      server,
      defaults: { timeout: { idle: "300ms" } },
      providers: { one: { kind: "openai-compatible", base_url: vendor.baseUrl, api_key: keys } },
    },
  });
  return {
    stage,
    uploads: vendor.uploads,
    ask: (path, init = {}) =>
      fetch(stage.url + path, { ...init, headers: { "x-understudy-provider": "one", ...(init.headers as object) } }),
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await vendor[Symbol.asyncDispose]();
    },
  };
}

const json = (body: object, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", ...headers },
  body: JSON.stringify(body),
});

test("an answer is passed on as it arrives, with its type and without what browsers would run", async () => {
  let goOn = (): void => {};
  await using scene = await openScene((_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream", "content-disposition": "inline", "x-own": "1" });
    response.write("event: image_generation.partial_image\ndata: {}\n\n");
    goOn = () => response.end("data: [DONE]\n\n");
  });
  const response = await scene.ask("/v1/images/generations", json({ prompt: "a hen", stream: true }));
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain("partial_image");
  goOn();
  expect((await reader.read()).value).toBe("data: [DONE]\n\n");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/event-stream",
    "content-security-policy": "sandbox",
    "x-content-type-options": "nosniff",
    "x-own": "1",
    "x-understudy-target": "one",
  });
  expect(response.headers.get("content-disposition")).toBeNull();
});

test.each([
  ["breaks off", (response: ServerResponse) => response.socket?.destroy(), "cut"],
  ["falls silent", () => {}, "stalled"],
])("an answer that %s is never shown as complete", async (_, breakIt, verdict) => {
  await using scene = await openScene((upload, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    response.write(Buffer.alloc(1_000), () => breakIt(response));
    expect(upload.bytes).toBeGreaterThan(0);
  });
  const response = await scene.ask("/v1/audio/speech", json({ input: "Hello" }));
  expect(response.status).toBe(200);
  await expect(response.arrayBuffer()).rejects.toThrow("terminated");
  await expect.poll(() => scene.stage.gateway.attempts(1)[0]).toMatchObject({ verdict, bytesIn: 1_000 });
});

describe("a model's answer that is none leads to the next target:", () => {
  const good = '{"created":1,"data":[{"b64_json":"aGk="}],"usage":{"input_tokens":2,"output_tokens":3}}';
  const head = (response: ServerResponse, type = "application/json"): ServerResponse =>
    response.writeHead(200, { "content-type": type });

  test.each<readonly [string, string, (response: ServerResponse) => void]>([
    ["half a document", "cut:200", (response) => head(response).write(good.slice(0, 30), () => response.destroy())],
    ["a pause within it", "stalled:200", (response) => head(response).write(good.slice(0, 30))],
    ["nothing", "empty:200", (response) => head(response).end()],
    ["half a document with a good end", "malformed:200", (response) => head(response).end(good.slice(0, 30))],
    ["a page", "malformed:200", (response) => head(response, "text/html").end("<!doctype html><p>Log in")],
    [
      "an error",
      "server_error:200",
      (response) => head(response).end('{"error":{"code":"overloaded","message":"busy"}}'),
    ],
  ])("%s", async (_, attempt, answer) => {
    await using bad = await openUploadVendor((_upload, response) => answer(response));
    await using fine = await openUploadVendor((_upload, response) => void head(response).end(good));
    await using stage = await openStage({
      config: {
        defaults: { timeout: { idle: "300ms" }, retry: { attempts: 0 } },
        providers: {
          bad: { kind: "openai-compatible", base_url: bad.baseUrl, api_key: "k" },
          fine: { kind: "openai-compatible", base_url: fine.baseUrl, api_key: "k" },
        },
        routes: { picture: { fallback: ["bad/m", "fine/m"] } },
      },
    });
    const response = await fetch(`${stage.url}/v1/images/generations`, json({ model: "picture", prompt: "a hen" }));
    expect(await response.text()).toBe(good);
    expect(attemptsOf(response.headers)).toEqual([`bad/m:${attempt}`, "fine/m:ok:200"]);
    expect(stage.gateway.attempts(1)[0]).toMatchObject({ inputTokens: 2, outputTokens: 3 });
  });
});

test("a client that leaves takes the vendor's answer with it", async () => {
  let hasLeft = false;
  await using scene = await openScene((_, response) => {
    response.writeHead(200, { "content-type": "audio/mpeg" });
    response.write(Buffer.alloc(1_000));
    response.on("close", () => (hasLeft = true));
  });
  const leaving = new AbortController();
  const response = await scene.ask("/v1/audio/speech", { ...json({ input: "Hello" }), signal: leaving.signal });
  expect(response.status).toBe(200);
  leaving.abort();
  await expect.poll(() => hasLeft).toBe(true);
  await expect.poll(() => scene.stage.gateway.attempts(1)[0]?.verdict).toBe("cancelled");
});

test("an answer without a body, and its status, are the client's", async () => {
  await using scene = await openScene((_, response) => response.writeHead(204).end());
  const response = await scene.ask("/v1/containers/c_1", { method: "DELETE" });
  expect([response.status, await response.text()]).toEqual([204, ""]);
  expect(scene.stage.gateway.attempts(1)[0]).toMatchObject({ verdict: "ok", status: 204 });
});

test("a thing is asked for with the key that stored it", async () => {
  let count = 0;
  await using scene = await openScene(
    (upload, response) => {
      const key = String(upload.headers.authorization);
      count += 1;
      response.writeHead(200, { "content-type": "application/json" });
      response.end(
        JSON.stringify(upload.path === "/v1/files" ? { id: `file-${key.at(-1)}-${count}`, object: "file" } : { key }),
      );
    },
    { keys: ["key-number-1", "key-number-2", "key-number-3"] },
  );
  const made: string[] = [];
  for (let place = 0; place < 4; place += 1)
    made.push(((await (await scene.ask("/v1/files", json({}))).json()) as { id: string }).id);
  for (const id of [...made, ...made]) {
    const response = await fetch(`${scene.stage.url}/v1/files/${id}`);
    expect(await response.json()).toEqual({ key: `Bearer key-number-${id.split("-")[1]}` });
  }
});

test("a creation that is repeated with its Idempotency-Key reaches the vendor once", async () => {
  await using scene = await openScene((_, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"id":"batch_1"}');
  });
  const request = json({ endpoint: "/v1/embeddings" }, { "idempotency-key": "k1" });
  const texts = [await scene.ask("/v1/batches", request), await scene.ask("/v1/batches", request)];
  expect(await Promise.all(texts.map((response) => response.text()))).toEqual(['{"id":"batch_1"}', '{"id":"batch_1"}']);
  expect(scene.uploads.length).toBe(1);
});

test("a key with a list needs the provider in it, and a stranger's upload is not read", async () => {
  const keys = [
    { name: "team", key: "team-key-123456", routes: ["assistant"] },
    { name: "files", key: "files-key-123456", routes: ["one/*"] },
  ];
  await using scene = await openScene((_, response) => response.end("{}"), { server: { keys } });
  const ask = (key: string): Promise<Response> =>
    scene.ask("/v1/files", { headers: { authorization: `Bearer ${key}` } });
  const refused = await ask("team-key-123456");
  expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('may not ask \\"one/\\"')]);
  expect((await ask("files-key-123456")).status).toBe(200);
  expect((await ask("nobody")).status).toBe(401);
  expect(scene.uploads.map(({ headers }) => headers.authorization)).toEqual(["Bearer key-one"]);
});

test("a caller's own key goes to the provider that the caller names, and to no other", async () => {
  await using scene = await openScene((_, response) => response.end("{}"));
  const headers = { authorization: "Bearer callers-own", "x-portkey-provider": "openai" };
  expect((await fetch(`${scene.stage.url}/v1/files`, { headers })).status).toBe(200);
  expect(scene.stage.simulator.log().at(-1)?.keys).toEqual({ authorization: "Bearer callers-own" });
  const named = {
    authorization: "Bearer callers-own",
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": scene.stage.simulator.vendors.openai.baseUrl,
  };
  expect((await fetch(`${scene.stage.url}/v1/files`, { headers: named })).status).toBe(200);
  expect(scene.stage.simulator.log().at(-1)?.keys).toEqual({ authorization: "Bearer callers-own" });
  expect(scene.uploads).toEqual([]);
});
