// Images as clients send them, at a vendor that looks at the bytes: in the alphabet of URLs, with broken lines, under a wrong
// type or none. Other vendors take them, so a stand-in must.
import { expect, test } from "vitest";
import { openStage } from "../support/stage.ts";

/** The smallest JPEG that has both letters in which the alphabets differ. */
const jpeg = "/9j/4AAQSkZJRgABAQEASABIAAD/2wBD+v77";
const forUrls = jpeg.replaceAll("+", "-").replaceAll("/", "_");
const inLines = `${jpeg.slice(0, 16)}\r\n${jpeg.slice(16)}\r\n`;

const chat = (url: string): object => ({
  messages: [
    {
      role: "user",
      content: [
        { type: "image_url", image_url: { url } },
        { type: "text", text: "What?" },
      ],
    },
  ],
});
const responses = (url: string): object => ({
  input: [
    {
      role: "user",
      content: [
        { type: "input_image", image_url: url },
        { type: "input_text", text: "What?" },
      ],
    },
  ],
});
const gemini = (mimeType: string, data: string): object => ({
  contents: [{ role: "user", parts: [{ inlineData: { mimeType, data } }, { text: "What?" }] }],
});

const model = "anthropic/claude-sonnet-4-5";
const ofGemini = `/v1beta/models/${model}:generateContent`;
test.each([
  ["a chat client's in lines", "/v1/chat/completions", chat(`data:image/jpeg;base64,${inLines}`)],
  ["a chat client's under a wrong type", "/v1/chat/completions", chat(`data:image/png;base64,${jpeg}`)],
  ["a chat client's of no type", "/v1/chat/completions", chat(`data:;base64,${jpeg}`)],
  ["a Responses client's of any type", "/v1/responses", responses(`data:application/octet-stream;base64,${jpeg}`)],
  ["a Gemini client's in the alphabet of URLs", ofGemini, gemini("image/jpeg", forUrls)],
  ["a Gemini client's under a wrong type", ofGemini, gemini("image/webp", forUrls)],
])("%s", async (_name, path, body) => {
  await using stage = await openStage();
  const response = await fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(path === ofGemini ? body : { model, ...body }),
  });
  expect([response.status, response.status === 200 ? "" : await response.text()]).toEqual([200, ""]);
  const sent = JSON.stringify(stage.simulator.log().at(-1)?.body);
  expect(sent).toContain(`{"type":"base64","media_type":"image/jpeg","data":"${jpeg}"}`);
});

test("Gemini gets other clients' images under the type of their bytes, and its own clients' as they say", async () => {
  await using stage = await openStage();
  const target = "google/gemini-2.5-flash";
  for (const [path, body, type] of [
    ["/v1/chat/completions", { model: target, ...chat(`data:image/png;base64,${jpeg}`) }, "image/jpeg"],
    [`/v1beta/models/${encodeURIComponent(target)}:generateContent`, gemini("image/png", jpeg), "image/png"],
  ] as const) {
    const response = await fetch(stage.url + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    expect(JSON.stringify(stage.simulator.log().at(-1)?.body)).toContain(`"mimeType":"${type}"`);
  }
});
