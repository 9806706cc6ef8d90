// Pictures, speech and transcripts between models of one protocol that are asked at different paths, at a cloud, and to targets
// that refuse or break: the answer is the caller's own, and every failure has the verdict that it has in a chat.
import { describe, expect, test } from "vitest";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const post = (stage: Stage, path: string, body: object): Promise<Response> =>
  fetch(`${stage.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

const generations = "/v1/images/generations";
const routes = {
  imagen: "google/imagen-4.0-generate-001",
  flash: "google/gemini-2.5-flash-image",
  words: { fallback: ["google/gemini-2.5-flash", "openai/gpt-image-1"] },
} as const;

describe("a model of the caller's own protocol that is asked at another path", () => {
  test("predict for a model of generateContent", async () => {
    await using stage = await openStage({ config: { routes } });
    const body = { instances: [{ prompt: "a hen" }], parameters: { sampleCount: 1, aspectRatio: "16:9" } };
    const response = await post(stage, "/v1beta/models/flash:predict", body);
    const { predictions } = (await response.json()) as { predictions: { mimeType: string }[] };
    expect(predictions.map(({ mimeType }) => mimeType)).toEqual(["image/png"]);
    expect(stage.simulator.log().at(-1)).toMatchObject({
      path: "/v1beta/models/gemini-2.5-flash-image:generateContent",
      body: { generationConfig: { imageConfig: { aspectRatio: "16:9" } } },
    });
  });

  test("generateContent for Imagen", async () => {
    await using stage = await openStage({ config: { routes } });
    const body = { contents: [{ parts: [{ text: "a hen" }] }], generationConfig: { responseModalities: ["IMAGE"] } };
    const response = await post(stage, "/v1beta/models/imagen:generateContent", body);
    const { candidates } = (await response.json()) as { candidates: { finishReason: string }[] };
    expect(candidates).toMatchObject([
      { finishReason: "STOP", content: { parts: [{ inlineData: { mimeType: "image/png" } }] } },
    ]);
    expect(stage.simulator.log().at(-1)?.path).toBe("/v1beta/models/imagen-4.0-generate-001:predict");
  });

  test("its own path takes the caller's bytes", async () => {
    await using stage = await openStage({ config: { routes } });
    const body = { instances: [{ prompt: "a hen" }], parameters: { sampleCount: 1, negativePrompt: "cats" } };
    const response = await post(stage, "/v1beta/models/imagen:predict", body);
    expect(response.headers.get("x-understudy-dropped")).toBeNull();
    expect(stage.simulator.log().at(-1)?.body).toEqual(body);
  });
});

describe("at a cloud", () => {
  const openCloud = (): Promise<Stage> =>
    openStage({
      config: ({ vendors }) => ({
        providers: {
          vertex: { base_url: vendors.google.baseUrl.replace("/v1beta", "/v1"), api_key: "cloud-key" },
        },
        routes: { cloud: "vertex/imagen-4.0-generate-001" },
      }),
    });

  test("Imagen draws for a client of OpenAI", async () => {
    await using stage = await openCloud();
    const response = await post(stage, generations, { model: "cloud", prompt: "a hen", n: 2, output_format: "jpeg" });
    expect(await response.json()).toMatchObject({ data: [{}, {}], output_format: "jpeg" });
    expect(stage.simulator.log().at(-1)?.path).toBe("/v1/publishers/google/models/imagen-4.0-generate-001:predict");
  });

  test("and for a client of its own, with its own bytes", async () => {
    await using stage = await openCloud();
    const body = { instances: [{ prompt: "a hen" }], parameters: { sampleCount: 1, guidanceScale: 5 } };
    const response = await post(stage, "/v1beta/models/cloud:predict", body);
    expect(response.status).toBe(200);
    expect(stage.simulator.log().at(-1)?.body).toEqual(body);
  });
});

test("a model that draws no pictures is skipped", async () => {
  await using stage = await openStage({ config: { routes } });
  const response = await post(stage, generations, { model: "words", prompt: "a hen" });
  expect(attemptsOf(response.headers)).toEqual([
    "google/gemini-2.5-flash:unsupported:skipped",
    "openai/gpt-image-1:ok:200",
  ]);
});

describe("a picture that did not come", () => {
  test.each([
    ["policy-block", "policy_blocked", 400],
    ["empty-text", "empty", 502],
  ] as const)("%s of Imagen is %s", async (fault, verdict, status) => {
    await using stage = await openStage({ config: { routes } });
    stage.simulator.play("google", { fault });
    const response = await post(stage, generations, { model: "imagen", prompt: "a hen" });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { verdict } });
  });

  const candidate = (finishReason: string, parts: object[] = []): FakeAnswer => ({
    body: { candidates: [{ content: { parts }, finishReason }] },
  });
  test.each([
    ["words in place of it", candidate("STOP", [{ text: "I cannot." }]), "empty"],
    ["NO_IMAGE", candidate("NO_IMAGE"), "empty"],
    ["its safety", candidate("IMAGE_SAFETY"), "policy_blocked"],
    ["a blocked prompt", { body: { promptFeedback: { blockReason: "PROHIBITED_CONTENT" } } }, "policy_blocked"],
    ["a copy of somebody's", candidate("IMAGE_RECITATION"), "unsupported"],
    [
      "no ending",
      { body: { candidates: [{ content: { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] } }] } },
      "cut",
    ],
    ["HTML", { body: "<html>", type: "text/html" }, "malformed"],
  ] as const)("%s", async (_, answer, verdict) => {
    await using vendor = await openFakeVendor(() => answer);
    await using stage = await openStage({
      config: {
        routes,
        providers: { google: { base_url: vendor.baseUrl, api_key: "k" } },
        defaults: { retry: { attempts: 0 } },
      },
    });
    const response = await post(stage, generations, { model: "flash", prompt: "a hen" });
    expect(await response.json()).toMatchObject({ error: { verdict } });
  });
});

test("a refusal of what the gateway wrote leads to the next target", async () => {
  await using vendor = await openFakeVendor(() => ({
    status: 400,
    body: { error: { code: 400, message: "Request contains an invalid argument.", status: "INVALID_ARGUMENT" } },
  }));
  await using stage = await openStage({
    config: {
      routes: { mixed: { fallback: ["google/gemini-2.5-flash-image", "openai/gpt-image-1"] } },
      providers: { google: { base_url: vendor.baseUrl, api_key: "k" } },
    },
  });
  const response = await post(stage, generations, { model: "mixed", prompt: "a hen" });
  expect(attemptsOf(response.headers)).toEqual([
    "google/gemini-2.5-flash-image:bad_request:400",
    "openai/gpt-image-1:ok:200",
  ]);
  expect(stage.warnings.join()).toContain("the gateway wrote or changed");
});

test("a stream of the caller's own protocol passes byte for byte", async () => {
  await using stage = await openStage();
  const body = { model: "openai/gpt-image-1", prompt: "a hen", stream: true, partial_images: 1 };
  const response = await post(stage, generations, body);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(await response.text()).toMatch(
    /^event: image_generation\.completed\ndata: \{"type":"image_generation\.completed"/u,
  );
  expect(response.headers.get("x-understudy-dropped")).toBeNull();
});
