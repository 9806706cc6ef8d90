// The detail of images from a client's request: set on each image, and back unchanged.
import { expect, test } from "vitest";
import type { JsonObject } from "../../core/json.ts";
import { geminiGenerate } from "./protocol.ts";
import { budgetFacts, levelFacts } from "./requests.test-support.ts";

const inlineData = { mimeType: "image/png", data: "AA" };
const close = { level: "MEDIA_RESOLUTION_ULTRA_HIGH" };
const bodyWith = (level: string, ...parts: JsonObject[]): JsonObject => ({
  contents: [{ role: "user", parts: [{ text: "x" }, ...parts] }],
  generationConfig: { mediaResolution: level },
});

function decode(body: JsonObject) {
  return geminiGenerate.chat.request.decode(body, { model: "gemini-2.5-flash", stream: false });
}

test("the request's level is every image's detail, but where one says its own", () => {
  const { messages } = decode(
    bodyWith("MEDIA_RESOLUTION_LOW", { inlineData }, { inlineData, media_resolution: close }),
  );
  expect(messages[0]?.parts.map((part) => (part.type === "image" ? part.detail : null))).toEqual([
    null,
    "low",
    "original",
  ]);
});

test("it comes back as it was said", () => {
  const body = bodyWith("MEDIA_RESOLUTION_MEDIUM", { inlineData }, { inlineData, mediaResolution: close });
  const target = { model: "gemini-3.8-flash", facts: levelFacts() };
  expect(geminiGenerate.chat.request.encode(decode(body), target)).toMatchObject({ body, dropped: [], adapted: [] });
});

test("for models that know one level for all images it is the closest that one asks for", () => {
  const body = bodyWith("MEDIA_RESOLUTION_MEDIUM", { inlineData }, { inlineData, mediaResolution: close });
  const target = { model: "gemini-2.5-flash", facts: budgetFacts() };
  expect(geminiGenerate.chat.request.encode(decode(body), target)).toMatchObject({
    body: bodyWith("MEDIA_RESOLUTION_HIGH", { inlineData }, { inlineData }),
    dropped: [],
    adapted: ["image_url.detail:each>high"],
  });
});
