// The vendors' other services through their official SDKs: images, audio, moderations, files, batches, stored responses,
// uploads in Google's resumable protocol, caches.
import Anthropic, { toFile as toAnthropicFile } from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI, { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const big = Buffer.alloc(3 * 1024 * 1024, "a line of a file\n");

describe("openai", () => {
  const open = async (): Promise<{ stage: Stage; client: OpenAI } & AsyncDisposable> => {
    const stage = await openStage({
      config: {
        routes: {
          picture: { fallback: ["openai/dall-e-9", "openai/gpt-image-1"] },
          listener: "openai/gpt-4o-transcribe",
        },
      },
    });
    const client = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "callers-own", maxRetries: 0 });
    return { stage, client, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
  };

  test("images", async () => {
    await using scene = await open();
    const made = await scene.client.images.generate({ model: "picture", prompt: "a hen", n: 2 });
    expect(made.data).toHaveLength(2);
    expect(made.usage?.total_tokens).toBe(284);
    const image = await toFile(Buffer.from("PNG"), "hen.png", { type: "image/png" });
    const edited = await scene.client.images.edit({ image, prompt: "a red hen", model: "picture" });
    expect(edited.data?.[0]?.b64_json).toMatch(/^iVBOR/u);
    expect(scene.stage.gateway.attempts(1)[0]).toMatchObject({ target: "openai/gpt-image-1", inputTokens: 12 });
  });

  test("audio", async () => {
    await using scene = await open();
    const spoken = await scene.client.audio.speech.create({ model: "openai/tts-1", voice: "alloy", input: "Hello" });
    expect(spoken.headers.get("content-type")).toBe("audio/mpeg");
    expect(Buffer.from(await spoken.arrayBuffer()).subarray(0, 4)).toEqual(Buffer.from([0xff, 0xf3, 0x64, 0xc4]));
    const heard = await scene.client.audio.transcriptions.create({
      model: "listener",
      file: await toFile(big, "talk.wav"),
    });
    expect(heard.text).toBe(`A recording of ${big.length} bytes.`);
  });

  test("moderations", async () => {
    await using scene = await open();
    const { results } = await scene.client.moderations.create({ input: ["one", "two"] });
    expect(results.map(({ flagged }) => flagged)).toEqual([false, false]);
  });

  test("files and batches", async () => {
    await using scene = await open();
    const { client } = scene;
    const file = await client.files.create({ file: await toFile(big, "in.jsonl"), purpose: "batch" });
    expect(file).toMatchObject({ filename: "in.jsonl", bytes: big.length });
    const listed: string[] = [];
    for await (const one of client.files.list()) listed.push(one.id);
    expect(listed).toEqual([file.id]);
    const content = await client.files.content(file.id);
    expect(Buffer.from(await content.arrayBuffer()).equals(big)).toBe(true);
    const batch = await client.batches.create({
      input_file_id: file.id,
      endpoint: "/v1/embeddings",
      completion_window: "24h",
    });
    expect((await client.batches.retrieve(batch.id)).status).toBe("validating");
    expect((await client.batches.cancel(batch.id)).status).toBe("cancelling");
    expect(await client.files.delete(file.id)).toMatchObject({ deleted: true });
    await expect(client.files.retrieve(file.id)).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining("No such File object") as string,
    });
  });

  test("stored responses", async () => {
    await using scene = await open();
    const { client } = scene;
    const made = await client.responses.create({ model: "openai/gpt-4o", input: "Hello" });
    expect((await client.responses.retrieve(made.id)).output_text).toBe(made.output_text);
    const items: string[] = [];
    for await (const item of client.responses.inputItems.list(made.id)) items.push(item.type ?? "");
    expect(items.length).toBeGreaterThan(0);
    await client.responses.delete(made.id);
    await expect(client.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
  });

  test.each([true, false])("a response belongs to the provider that gave it, streamed: %s", async (stream) => {
    await using stage = await openStage({ hosts: ["xai"] });
    const client = new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "callers-own", maxRetries: 0 });
    for (const model of ["xai/gpt-4o", "openai/gpt-4o"]) {
      const request = { model, input: "Hello" };
      let id = "";
      if (stream) {
        for await (const event of await client.responses.create({ ...request, stream: true }))
          if (event.type === "response.created") id = event.response.id;
      } else ({ id } = await client.responses.create(request));
      const { data, response } = await client.responses.retrieve(id).withResponse();
      expect([data.id, response.headers.get("x-understudy-target")]).toEqual([id, model.split("/")[0]]);
    }
    await expect(client.responses.retrieve("resp_unknown")).rejects.toMatchObject({ status: 400 });
  });

  test("only the provider's key reaches it", async () => {
    await using scene = await open();
    await scene.client.files.list();
    const { keys } = scene.stage.simulator.log().at(-1) ?? {};
    expect(keys).toEqual({ authorization: "Bearer openai-key" });
  });
});

describe("@anthropic-ai/sdk", () => {
  const open = async (): Promise<{ stage: Stage; client: Anthropic } & AsyncDisposable> => {
    const stage = await openStage();
    const client = new Anthropic({ baseURL: stage.url, apiKey: "callers-own", maxRetries: 0 });
    return { stage, client, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() };
  };

  test("files", async () => {
    await using scene = await open();
    const files = scene.client.beta.files;
    const file = await files.upload({ file: await toAnthropicFile(big, "book.txt", { type: "text/plain" }) });
    expect(file).toMatchObject({ filename: "book.txt", size_bytes: big.length });
    expect(await files.retrieveMetadata(file.id)).toEqual(file);
    expect(Buffer.from(await (await files.download(file.id)).arrayBuffer()).equals(big)).toBe(true);
    expect((await files.list()).data).toHaveLength(1);
    await files.delete(file.id);
    await expect(files.retrieveMetadata(file.id)).rejects.toMatchObject({ status: 404 });
  });

  test("batches of messages, with the results at the gateway's address", async () => {
    await using scene = await open();
    const { batches } = scene.client.messages;
    const params = { model: "claude-haiku-4-5", max_tokens: 9, messages: [{ role: "user" as const, content: "Hi" }] };
    const asked = batches.create({ requests: [{ custom_id: "one", params }] });
    const { data: made, response } = await asked.withResponse();
    expect(response.headers.get("x-understudy-adapted")).toBe("addresses:vendor>gateway");
    expect(made.results_url).toBe(`${scene.stage.url}/v1/messages/batches/${made.id}/results`);
    const results: string[] = [];
    for await (const { custom_id: id, result } of await batches.results(made.id)) results.push(`${id} ${result.type}`);
    expect(results).toEqual(["one succeeded"]);
    const keys = new Set(scene.stage.simulator.log().map((entry) => JSON.stringify(entry.keys)));
    expect([...keys]).toEqual([JSON.stringify({ "x-api-key": "anthropic-key" })]);
  });
});

describe("@google/genai", () => {
  test("uploads in parts, and caches", async () => {
    await using stage = await openStage();
    const client = new GoogleGenAI({ apiKey: "callers-own", httpOptions: { baseUrl: stage.url } });
    const file = await client.files.upload({
      file: new Blob([big], { type: "text/plain" }),
      config: { displayName: "book" },
    });
    expect(file).toMatchObject({ mimeType: "text/plain", sizeBytes: String(big.length), state: "ACTIVE" });
    expect((await client.files.get({ name: file.name ?? "" })).uri).toBe(file.uri);
    const cache = await client.caches.create({
      model: "google/gemini-2.5-flash",
      config: { contents: [{ role: "user", parts: [{ text: "long" }] }] },
    });
    expect(cache.model).toBe("models/gemini-2.5-flash");
    expect((await client.caches.get({ name: cache.name ?? "" })).name).toBe(cache.name);
    await client.caches.delete({ name: cache.name ?? "" });
    await client.files.delete({ name: file.name ?? "" });
    await expect(client.files.get({ name: file.name ?? "" })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("do not have permission") as string,
    });
    const keys = new Set(stage.simulator.log().map((entry) => JSON.stringify(entry.keys)));
    expect([...keys]).toEqual([JSON.stringify({ "x-goog-api-key": "google-key" })]);
  });
});
