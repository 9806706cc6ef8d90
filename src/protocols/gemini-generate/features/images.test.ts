import { describe, expect, test } from "vitest";
import { geminiFacts } from "../../../providers/facts.ts";
import type { ImageRequest } from "../../../core/image.ts";
import type { JsonObject } from "../../../core/json.ts";
import { parsePixels } from "../../shared/nearest-size.ts";
import { images } from "./images.ts";

const { request: requests, response: responses } = images;
const drawing: ImageRequest = {
  prompt: "a hen",
  images: [],
  count: null,
  size: null,
  format: null,
  compression: null,
  asUrl: false,
  variant: null,
  stream: false,
  extras: {},
};
const encode = (more: Partial<ImageRequest>, model: string): ReturnType<NonNullable<typeof requests.encode>> =>
  requests.encode!({ ...drawing, ...more }, model, geminiFacts(model));

describe("a request", () => {
  test.each([
    ["gemini-2.5-flash-image", "1024x1024", { aspectRatio: "1:1" }, []],
    ["gemini-2.5-flash-image", "512x512", { aspectRatio: "1:1" }, ["size:512x512>1:1"]],
    ["gemini-2.5-flash-image", "3840x2160", { aspectRatio: "16:9" }, ["size:3840x2160>16:9"]],
    ["gemini-3-pro-image-preview", "3840x2160", { aspectRatio: "16:9", imageSize: "4K" }, ["size:3840x2160>16:9 4K"]],
    ["gemini-3-pro-image-preview", "1536x1024", { aspectRatio: "3:2" }, ["size:1536x1024>3:2"]],
  ])("of %s for %s has %j", (...[model, words, imageConfig, adapted]) => {
    const encoded = encode({ size: parsePixels(words) }, model);
    expect(encoded.body["generationConfig"]).toEqual({ responseModalities: ["TEXT", "IMAGE"], imageConfig });
    expect(encoded.adapted).toEqual(adapted);
  });

  test.each([
    ["imagen-4.0-generate-001", "2048x2048", { aspectRatio: "1:1", sampleImageSize: "2K" }],
    ["imagen-4.0-fast-generate-001", "2048x2048", { aspectRatio: "1:1" }],
    ["imagen-3.0-generate-002", "1536x1024", { aspectRatio: "4:3" }],
  ])("of %s for %s has %j", (model, words, parameters) => {
    expect(encode({ size: parsePixels(words) }, model)).toMatchObject({
      path: `/models/${model}:predict`,
      body: { instances: [{ prompt: "a hen" }], parameters: { sampleCount: 1, ...parameters } },
    });
  });

  test.each([
    ["gemini-2.5-flash-image", { count: 2 }, "n"],
    ["imagen-4.0-generate-001", { count: 5 }, "n"],
    ["imagen-4.0-generate-001", { images: [{ type: "image/png", data: "iVBORw0KGgo=" }] }, "image"],
    ["gemini-2.5-flash-image", { images: [{ type: "image/tiff", data: "SUkqAA==" }] }, "image"],
    [
      "gemini-2.5-flash-image",
      { images: [{ type: "image/png", data: `iVBORw0KGgo${"A".repeat(21 << 20)}` }] },
      "image",
    ],
    ["gemini-2.5-flash", {}, "model"],
  ] as const)("that %s cannot serve is refused before it is sent", (model, more, param) => {
    expect(() => encode(more, model)).toThrow(expect.objectContaining({ code: "unsupported", param }) as Error);
  });

  test("of an unknown model goes to generateContent", () => {
    expect(requests.encode!(drawing, "nano").path).toBe("/models/nano:generateContent");
  });
});

const predict = (body: JsonObject): ImageRequest => requests.decode(body, { model: "m", variant: "predict" });
const content = (body: JsonObject): ImageRequest => requests.decode(body, { model: "m", variant: "content" });

describe("a client's request", () => {
  test.each([
    [{}, "instances"],
    [{ instances: [] }, "instances"],
    [{ instances: [{}] }, "instances[0].prompt"],
    [{ instances: [{ prompt: "a" }], parameters: { aspectRatio: "wide" } }, "parameters.aspectRatio"],
    [{ instances: [{ prompt: "a" }], parameters: { sampleImageSize: "9K" } }, "parameters.sampleImageSize"],
    [{ instances: [{ prompt: "a" }], parameters: { sampleCount: 1.5 } }, "parameters.sampleCount"],
  ])("%j is refused at %s", (body, param) =>
    expect(() => predict(body)).toThrow(expect.objectContaining({ code: "bad_request", param }) as Error),
  );

  test.each([
    [{ contents: [{ parts: [{ text: "a" }] }], tools: [{ googleSearch: {} }] }, "tools"],
    [
      { contents: [{ parts: [{ text: "a" }] }], generationConfig: { responseModalities: ["TEXT"] } },
      "generationConfig.responseModalities",
    ],
    [{ contents: [{ parts: [{ fileData: { fileUri: "u" } }] }] }, "contents[0].parts[0]"],
    [{ contents: [{ role: "model", parts: [{ text: "a" }] }] }, "contents"],
  ])("%j is for another target", (body, param) =>
    expect(() => content(body)).toThrow(expect.objectContaining({ code: "unsupported", param }) as Error),
  );

  test("in either spelling, with what no other vendor has under its path", () => {
    const config = { image_config: { aspect_ratio: "3:2", person_generation: "ALLOW_NONE" }, temperature: 1 };
    const body = {
      contents: { parts: { text: "a hen" } },
      system_instruction: { parts: [{ text: "In oil." }] },
      generation_config: config,
      safety_settings: [],
    };
    expect(content(body)).toMatchObject({
      prompt: "In oil.\n\na hen",
      size: { width: 3, height: 2, longest: null, words: "3:2" },
      extras: {
        "generationConfig.temperature": 1,
        "generationConfig.imageConfig.personGeneration": "ALLOW_NONE",
        safetySettings: [],
      },
    });
  });
});

describe("an answer", () => {
  test("of predictions with some filtered has the others", () => {
    const body = {
      predictions: [{ raiFilteredReason: "no" }, { bytesBase64Encoded: "iVBORw0KGgo=", prompt: "A hen." }],
    };
    expect(responses.decode(body, null)).toMatchObject({
      images: [{ type: "image/png", data: "iVBORw0KGgo=", revisedPrompt: "A hen." }],
    });
  });

  test.each([
    [{ predictions: [{ raiFilteredReason: "no" }] }, "policy_blocked"],
    [{}, "empty"],
    [{ predictions: [{ bytesBase64Encoded: "" }] }, "empty"],
    [{ error: { code: 503, message: "busy", status: "UNAVAILABLE" } }, "overloaded"],
    [[], "malformed"],
    [null, "malformed"],
  ])("%j is %s", (body, verdict) => expect(responses.decode(body, null)).toMatchObject({ verdict }));
});
