// What makes no sense gets an error in the client's protocol that says what to do, and the gateway goes on.
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

interface Told {
  readonly error: { readonly message: string; readonly code: string; readonly param: string | null };
  readonly attempts: readonly unknown[];
}

const chat = "/v1/chat/completions";
const hello = { messages: [{ role: "user", content: "Hi" }] };
const post = (body: string | Uint8Array<ArrayBuffer>): RequestInit => ({
  method: "POST",
  body,
  headers: { "content-type": "application/json" },
});
const model = (name: string): RequestInit => post(JSON.stringify({ model: name, ...hello }));
const deep = `{"model":"assistant","messages":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;

const rows: readonly [string, string, RequestInit, number, string, RegExp][] = [
  ["no JSON", chat, post("hello"), 400, "bad_request", /not valid JSON.*byte 0/u],
  ["JSON cut off", chat, post('{"model":"assistant","mess'), 400, "bad_request", /does not end/u],
  ["an empty body", chat, post(""), 400, "bad_request", /empty; send a JSON object/u],
  ["a list", chat, post("[]"), 400, "bad_request", /expected a JSON object/u],
  ["nested 10,000 deep", chat, post(deep), 400, "bad_request", /deeper than 64 levels.*server\.max_depth/u],
  ["no model", chat, post(JSON.stringify(hello)), 400, "bad_request", /names no "model"/u],
  ["a mistyped route", chat, model("asistant"), 404, "model_not_found", /Did you mean.*"assistant"/u],
  ["a provider without its key", chat, model("mistral/mistral-large"), 502, "bad_key", /MISTRAL_API_KEY/u],
  [
    "messages that are none",
    chat,
    post('{"model":"google/gemini-2.5-flash","messages":7}'),
    400,
    "bad_request",
    /messages/u,
  ],
  ["the wrong method", chat, { method: "PUT" }, 405, "bad_request", /use POST/u],
  ["the wrong method for a list", "/v1/models", { method: "DELETE" }, 405, "bad_request", /use GET/u],
  ["another service's route", "/v1/images/edits", model("asistant"), 404, "model_not_found", /Did you mean/u],
  ["another service's body", "/v1/images/edits", post('{"model":'), 400, "bad_request", /not valid JSON/u],
  ["no such path", "/chat/complete", post("{}"), 404, "not_found", /nothing at POST \/chat\/complete/u],
  [
    "a deadline that is none",
    chat,
    { ...model("assistant"), headers: { "x-understudy-timeout": "soon" } },
    400,
    "bad_request",
    /x-understudy-timeout.*write e\.g\. 1500/u,
  ],
];

describe.each(["over HTTP", "in process"])("a body in an encoding, %s", (face) => {
  const ask = (stage: Stage, encoding: string, body: Uint8Array<ArrayBuffer>): Promise<Response> => {
    const init = { ...post(body), headers: { "content-encoding": encoding } };
    return face === "in process" ? stage.gateway.fetch(chat, init) : fetch(stage.url + chat, init);
  };
  const question = { model: "assistant", messages: [{ role: "user", content: "Hi" }] };

  test.each([
    ["gzip", gzipSync],
    ["deflate", deflateSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
  ] as const)("%s is read", async (encoding, compress) => {
    await using stage = await openStage();
    expect((await ask(stage, encoding, compress(JSON.stringify(question)))).status).toBe(200);
  });

  test("one that is not known, one that is broken, and a bomb have their own errors", async () => {
    await using stage = await openStage({ config: { server: { max_body: "64kb" } } });
    const bomb = gzipSync(JSON.stringify({ ...question, user: " ".repeat(1_000_000) }));
    const told = await Promise.all([ask(stage, "compress", bomb), ask(stage, "br", bomb), ask(stage, "gzip", bomb)]);
    expect(told.map(({ status }) => status)).toEqual([415, 400, 413]);
    expect(stage.simulator.log()).toEqual([]);
  });
});

test.each(["/v1/chat/completions/", "/v1/messages/", "/v1beta/models/assistant:generateContent/"])(
  "%s may end in a slash",
  async (path) => {
    await using stage = await openStage();
    const body = JSON.stringify({
      model: "assistant",
      max_tokens: 50,
      messages: [{ role: "user", content: "Hi" }],
    });
    const gemini = JSON.stringify({ contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
    const response = await fetch(stage.url + path, post(path.includes("v1beta") ? gemini : body));
    expect(response.status).toBe(200);
  },
);

test("each kind of nonsense has its own clear error, and the next request is answered", async () => {
  await using stage = await openStage();
  for (const [name, path, init, status, code, words] of rows) {
    const response = await fetch(stage.url + path, init);
    const told = (await response.json()) as Told;
    expect({ name, status: response.status, code: told.error.code }).toEqual({ name, status, code });
    expect(told.error.message).toMatch(words);
    expect(Array.isArray(told.attempts)).toBe(true);
    expect(response.headers.get("x-request-id")).toMatch(/^req_/u);
    expect(response.headers.get("x-should-retry")).toBe("false");
  }
  expect(stage.simulator.log()).toEqual([]);
  const good = await fetch(stage.url + chat, model("assistant"));
  expect(good.status).toBe(200);
  expect(stage.warnings).toEqual([]);
});

test("a body above the limit is refused before it is read, naming the limit", async () => {
  await using stage = await openStage({ config: { server: { max_body: "1mb" } } });
  const response = await fetch(
    stage.url + chat,
    post(JSON.stringify({ model: "assistant", text: "x".repeat(2_000_000) })),
  );
  expect(response.status).toBe(413);
  expect((await response.json()) as Told).toMatchObject({ error: { code: "request_too_large" } });
});

test("what tells an operator, and what tells a client which models there are", async () => {
  await using stage = await openStage();
  const get = (path: string): Promise<Response> => fetch(stage.url + path);
  expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
  expect(await (await get("/readyz")).json()).toMatchObject({ status: "ready" });
  const { data } = (await (await get("/v1/models")).json()) as { data: { id: string }[] };
  expect(data.map((one) => one.id)).toEqual(
    expect.arrayContaining(["assistant", "google/gemini-2.5-flash", "openai/gpt-4o"]),
  );
  const wrong = await fetch(`${stage.url}/v1/models`, { method: "POST" });
  expect(wrong.headers.get("allow")).toBe("GET, HEAD");
  expect((await get("/v1/responses")).headers.get("allow")).toBe("POST");
});
