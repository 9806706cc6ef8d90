// Forms and files on their way to a provider: what is held can go to another target, what is not held streams through once.
import { connect } from "node:net";
import { once } from "node:events";
import { expect, test } from "vitest";
import { giveJson, openUploadVendor, type UploadVendor } from "../support/upload-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";
import type { ConfigFile } from "../../src/index.ts";

const MIB = 1024 * 1024;
const RETRY = "x-understudy-retry";

/** The second vendor answers well. `closed`: the first one refuses connections. Only the usual 1 MiB of a body is held. */
async function openScene(first: UploadVendor | "closed", server: ConfigFile["server"] = {}) {
  const two = await openUploadVendor((upload, response) => giveJson(response, { text: "two", bytes: upload.bytes }));
  const kind = "openai-compatible";
  const stage = await openStage({
    config: {
      server: { max_body: "1mb", ...server },
      providers: {
        one: { kind, base_url: first === "closed" ? "http://127.0.0.1:9/v1" : first.baseUrl, api_key: "key-one" },
        two: { kind, base_url: two.baseUrl, api_key: "key-two" },
      },
      routes: {
        speech: {
          fallback: ["one/whisper-1", "two/whisper-large"],
          retry: { attempts: 0 },
          timeout: { first_token: "400ms", idle: "2s" },
        },
      },
    },
  });
  return {
    stage,
    two,
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]();
      await two[Symbol.asyncDispose]();
    },
  };
}

const refusing = (): Promise<UploadVendor> =>
  openUploadVendor((_, response) => giveJson(response, { error: { message: "The server is overloaded." } }, 503));
const answering = (): Promise<UploadVendor> =>
  openUploadVendor((upload, response) => giveJson(response, { text: "one", bytes: upload.bytes }));

type Part = readonly [name: string, value: string | Uint8Array<ArrayBuffer>];

function form(...parts: readonly Part[]): FormData {
  const data = new FormData();
  for (const [name, value] of parts)
    data.append(name, typeof value === "string" ? value : new File([value], "talk.wav", { type: "audio/wav" }));
  return data;
}

function sound(bytes: number): Uint8Array<ArrayBuffer> {
  return Buffer.alloc(bytes, "a sound that repeats");
}

const transcribe = (stage: Stage, body: FormData, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}/v1/audio/transcriptions`, { method: "POST", body, headers });

test("a form that is held goes to the next target, with that target's name of the model", async () => {
  await using one = await refusing();
  await using scene = await openScene(one);
  const body = form(["file", sound(100_000)], ["language", "en"], ["model", "speech"], ["prompt", "model"]);
  const response = await transcribe(scene.stage, body);
  expect(attemptsOf(response.headers)).toEqual(["one/whisper-1:overloaded:503", "two/whisper-large:ok:200"]);
  expect(response.headers.get(RETRY)).toBeNull();
  const [first, second] = [one.uploads[0], scene.two.uploads[0]];
  const again = async (upload: typeof first): Promise<FormData> =>
    new Response(upload?.start, { headers: { "content-type": upload?.headers["content-type"] ?? "" } }).formData();
  expect(first?.headers["content-type"]).toBe(second?.headers["content-type"]);
  expect((second?.bytes ?? 0) - (first?.bytes ?? 0)).toBe("whisper-large".length - "whisper-1".length);
  expect(second?.headers).toMatchObject({ authorization: "Bearer key-two" });
  const small = await transcribe(scene.stage, form(["model", "speech"], ["language", "en"], ["prompt", "model"]));
  expect(small.status).toBe(200);
  expect(Object.fromEntries(await again(one.uploads[1]))).toEqual({
    model: "whisper-1",
    language: "en",
    prompt: "model",
  });
  expect(Object.fromEntries(await again(scene.two.uploads[1]))).toMatchObject({
    model: "whisper-large",
    language: "en",
  });
});

test("a recording is held whole: it goes to the next target, wherever the form names the model", async () => {
  await using one = await refusing();
  await using scene = await openScene(one, { max_body: "32mb" });
  const response = await transcribe(scene.stage, form(["file", sound(9 * MIB)], ["model", "speech"]));
  expect(attemptsOf(response.headers)).toEqual(["one/whisper-1:overloaded:503", "two/whisper-large:ok:200"]);
  expect(response.headers.get(RETRY)).toBeNull();
  expect(scene.two.uploads[0]?.bytes).toBeGreaterThan(9 * MIB);
});

test("beyond half of server.max_bodies a recording streams through, and nobody is refused", async () => {
  await using one = await answering();
  await using scene = await openScene(one, { max_body: "32mb", max_bodies: "8mb" });
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(9 * MIB)]));
  expect(response.status).toBe(200);
  expect(response.headers.get(RETRY)).toContain("none");
  expect(one.uploads[0]?.bytes).toBe(((await response.json()) as { bytes: number }).bytes);
});

test("a form without a model gets the target's", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  await transcribe(scene.stage, form(["language", "en"]), { "x-understudy-route": "speech" });
  const { start = "", headers } = one.uploads[0] ?? {};
  const got = await new Response(start, { headers: { "content-type": headers?.["content-type"] ?? "" } }).formData();
  expect(Object.fromEntries(got)).toEqual({ model: "whisper-1", language: "en" });
});

test("a form that is not held streams through, with its length and the target's name of the model", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(5 * MIB)]));
  expect(response.status).toBe(200);
  const { bytes } = (await response.json()) as { bytes: number };
  expect(bytes).toBeGreaterThan(5 * MIB);
  expect(one.uploads[0]).toMatchObject({
    headers: { "content-length": String(bytes) },
    start: expect.stringContaining("\r\n\r\nwhisper-1\r\n") as string,
  });
  expect(response.headers.get(RETRY)).toBe("none; the body is larger than server.spool");
  expect(scene.stage.gateway.attempts().at(-1)).toMatchObject({ task: "passthrough", bytesOut: bytes, verdict: "ok" });
});

test("it is sent once: a refusal is the client's", async () => {
  await using one = await refusing();
  await using scene = await openScene(one);
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(3 * MIB)]));
  expect(response.status).toBe(503);
  expect(response.headers.get(RETRY)).toContain("none");
  expect([one.uploads.length, scene.two.uploads.length]).toEqual([1, 0]);
});

test("a vendor that refuses before it has read the body is heard", async () => {
  await using one = await openUploadVendor(
    () => {},
    (_, response) => {
      giveJson(response, { error: { message: "Slow down." } }, 429);
      return true;
    },
  );
  await using scene = await openScene(one);
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(20 * MIB)]));
  expect(response.status).toBe(429);
  expect(await response.text()).toContain("Slow down.");
});

test("it goes to the next target if no connection opened", async () => {
  await using scene = await openScene("closed");
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(3 * MIB)]));
  expect(attemptsOf(response.headers)).toEqual(["one/whisper-1:unreachable:0", "two/whisper-large:ok:200"]);
  expect(await response.json()).toMatchObject({ text: "two" });
});

test("a model behind the file is not found: the error says what to do, and a named provider gets the form as it is", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  const body = (): FormData => form(["file", sound(2 * MIB)], ["model", "speech"]);
  for (const headers of [{}, { "x-understudy-route": "speech" }]) {
    const refused = await transcribe(scene.stage, body(), headers);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(
      /Put ..?model.* in front of the file|x-understudy-provider|put \\"model\\" in front of the file/u,
    );
  }
  expect(one.uploads).toEqual([]);
  const passed = await transcribe(scene.stage, body(), { "x-understudy-provider": "one" });
  expect(passed.status).toBe(200);
  expect(one.uploads.length).toBe(1);
});

test("a form without a boundary is refused", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  const send = (type: string, body: string): Promise<Response> =>
    fetch(`${scene.stage.url}/v1/files`, { method: "POST", body, headers: { "content-type": type } });
  const without = await send("multipart/form-data", "x");
  expect([without.status, await without.text()]).toEqual([400, expect.stringContaining("has no boundary")]);
  const other = await send("multipart/form-data; boundary=abc", "--abd\r\n\r\n");
  expect([other.status, await other.text()]).toEqual([400, expect.stringContaining("begin with the boundary")]);
});

test("2 GB are refused at once, and a longer body than announced by none when it is too long", async () => {
  await using one = await answering();
  await using scene = await openScene(one, { max_upload: "3mb" });
  const { port } = new URL(scene.stage.url);
  const socket = connect(Number(port), "127.0.0.1");
  const head = `POST /v1/files HTTP/1.1\r\nhost: localhost\r\nx-understudy-provider: one\r\ncontent-type: application/octet-stream\r\n`;
  socket.write(`${head}content-length: 2147483648\r\n\r\n`);
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 413[^]*server\.max_upload/u);
  socket.destroy();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < 8; count += 1) yield sound(MIB / 2);
  }
  const init = { method: "POST", body: pieces(), duplex: "half" } as unknown as RequestInit;
  const long = await fetch(`${scene.stage.url}/v1/files`, {
    ...init,
    headers: { "x-understudy-provider": "one", "content-type": "application/octet-stream" },
  });
  expect([long.status, await long.text()]).toEqual([413, expect.stringContaining("server.max_upload")]);
});

test("an upload that breaks off breaks off at the vendor", async () => {
  const heads: string[] = [];
  await using one = await openUploadVendor(
    () => {},
    (request) => {
      heads.push(request.url ?? "");
      return false;
    },
  );
  await using scene = await openScene(one);
  const socket = connect(Number(new URL(scene.stage.url).port), "127.0.0.1");
  socket.write(
    "POST /v1/files HTTP/1.1\r\nhost: localhost\r\nx-understudy-provider: one\r\ncontent-length: 9000000\r\n\r\n",
  );
  socket.write(sound(2 * MIB));
  await expect.poll(() => one.uploads[0]?.bytes ?? 0).toBeGreaterThan(MIB);
  socket.destroy();
  await expect.poll(() => one.uploads[0]?.wasCut).toBe(true);
  await expect.poll(() => scene.stage.gateway.attempts().at(-1)?.verdict).toBe("cancelled");
});

test("while the client is slow, the target's timeouts do not count", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('--b\r\ncontent-disposition: form-data; name="model"\r\n\r\nspeech\r\n--b\r\n');
    for (let count = 0; count < 6; count += 1) {
      yield sound(MIB / 2);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  const response = await fetch(`${scene.stage.url}/v1/audio/transcriptions`, {
    method: "POST",
    body: slowly(),
    duplex: "half",
    headers: { "content-type": "multipart/form-data; boundary=b" },
  } as unknown as RequestInit);
  expect(response.status).toBe(200);
  expect(attemptsOf(response.headers)).toEqual(["one/whisper-1:ok:200"]);
});

test("a vendor that takes nothing is left after timeout.idle", async () => {
  await using one = await openUploadVendor(
    () => {},
    () => true,
  );
  await using scene = await openScene(one);
  const response = await transcribe(scene.stage, form(["model", "speech"], ["file", sound(30 * MIB)]));
  expect(response.status).toBe(504);
  expect(attemptsOf(response.headers)).toEqual(["one/whisper-1:no_response:0"]);
});

test("the library's fetch streams through as well", async () => {
  await using one = await answering();
  await using scene = await openScene(one);
  const body = form(["model", "speech"], ["file", sound(3 * MIB)]);
  const response = await scene.stage.gateway.fetch("/v1/audio/transcriptions", { method: "POST", body });
  expect(response.status).toBe(200);
  expect(response.headers.get(RETRY)).toContain("none");
  expect(one.uploads[0]?.bytes).toBeGreaterThan(3 * MIB);
});
