// Sound, documents and remarks on them as clients write them: a stand-in gets them in its own form, and what it has no place for
// is reported.
import { describe, expect, test } from "vitest";
import { attemptsOf, openStage, type Stage } from "../support/stage.ts";

const post = (stage: Stage, path: string, body: object): Promise<Response> =>
  fetch(stage.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const sent = (stage: Stage): string => JSON.stringify(stage.simulator.log().at(-1)?.body);
const down = { base_url: "http://127.0.0.1:1/v1", api_key: "key" };
const behind = (first: string, second: string, more: object = {}) => ({
  config: {
    providers: { mistral: down, local: { ...down, kind: "openai-compatible", ...more } },
    routes: { one: { fallback: [first, second], retry: { attempts: 0 } } },
  },
});
const saying = (part: object): object => ({
  model: "one",
  messages: [{ role: "user", content: [{ type: "text", text: "What?" }, part] }],
});

describe("sound in Mistral's form, a string in the place of an object", () => {
  const wav = "UklGRiQAAABXQVZFZm10";

  test("reaches Gemini as bytes of their type", async () => {
    await using stage = await openStage(behind("mistral/voxtral-small-latest", "google/gemini-2.5-flash"));
    const response = await post(stage, "/v1/chat/completions", saying({ type: "input_audio", input_audio: wav }));
    expect(response.status).toBe(200);
    expect(sent(stage)).toContain(`{"inlineData":{"mimeType":"audio/wav","data":"${wav}"}}`);
  });

  test("reaches OpenAI as an object", async () => {
    await using stage = await openStage(behind("mistral/voxtral-small-latest", "openai/gpt-4o-audio-preview"));
    const response = await post(stage, "/v1/chat/completions", saying({ type: "input_audio", input_audio: wav }));
    expect(response.status).toBe(200);
    expect(sent(stage)).toContain(`"input_audio":{"data":"${wav}","format":"wav"}`);
  });
});

describe("a document that the first target cannot read", () => {
  const pdf = "JVBERi0xLjQKJcOkw7zDtsOfCg==";
  const file = { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${pdf}` } };

  test.each([
    ["groq/llama-3.3-70b-versatile", {}],
    ["cerebras/zai-glm-4.7", {}],
    ["local/text-only", { models: { "text-only": { pdf: false } } }],
  ])("%s is skipped for one that can", async (first, more) => {
    await using stage = await openStage({
      config: {
        providers: { groq: down, cerebras: down, local: { ...down, kind: "openai-compatible", ...more } },
        routes: { one: { fallback: [first, "google/gemini-2.5-flash"] } },
      },
    });
    const response = await post(stage, "/v1/chat/completions", saying(file));
    expect(attemptsOf(response.headers)).toEqual([`${first}:unsupported:skipped`, "google/gemini-2.5-flash:ok:200"]);
    expect(sent(stage)).toContain(pdf);
  });
});

describe("what a Gemini client says beside its parts", () => {
  const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
  const talk = {
    systemInstruction: { parts: [{ text: "Be kind.", odd: "o1o" }], odd: "o2o" },
    contents: [
      {
        role: "user",
        odd: "o3o",
        parts: [
          { text: "Look." },
          {
            fileData: { fileUri: "https://www.youtube.com/watch?v=1", mimeType: "video/mp4" },
            video_metadata: { start_offset: "v1v" },
            mediaResolution: { level: "MEDIA_RESOLUTION_LOW" },
          },
          { inline_data: { mime_type: "image/png", data: png, display_name: "d1d" } },
        ],
      },
      {
        role: "model",
        parts: [{ text: "Hm.", thought: true, odd: "o4o" }, { functionCall: { name: "look", args: {}, odd: "o5o" } }],
      },
      {
        role: "user",
        parts: [{ functionResponse: { name: "look", response: { output: "x" }, scheduling: "s1s" }, odd: "o6o" }],
      },
      { role: "user", parts: [{ text: "And?" }] },
    ],
    tools: [{ functionDeclarations: [{ name: "look" }] }],
    // A reason to write the body anew.
    generationConfig: { temperature: 5 },
  };
  const words = ["o1o", "o2o", "o3o", "o4o", "o5o", "o6o", "v1v", "d1d", "s1s"];

  test("is kept where the body is written anew for Gemini", async () => {
    await using stage = await openStage();
    const response = await post(stage, "/v1beta/models/google%2Fgemini-2.5-flash:generateContent", talk);
    expect(response.headers.get("x-understudy-adapted")).toBe("temperature:5>2");
    // Gemini before 3 cannot be told for each part; what it has never heard of it refuses, and gets it no more.
    expect(response.headers.get("x-understudy-dropped")?.split(", ").toSorted()).toEqual([
      "content.mediaResolution",
      "contents.odd",
      "contents.parts.function_call.odd",
      "contents.parts.odd",
      "system_instruction.odd",
      "system_instruction.parts.odd",
    ]);
    const body = JSON.stringify(stage.simulator.log()[0]?.body);
    expect(words.filter((word) => !body.includes(word))).toEqual([]);
  });

  test.each(["openai/gpt-4o", "openai/gpt-5-pro", "anthropic/claude-sonnet-4-5"])(
    "is reported at %s",
    async (model) => {
      await using stage = await openStage();
      const path = `/v1beta/models/${encodeURIComponent(model)}:generateContent`;
      const response = await post(stage, path, { ...talk, generationConfig: {} });
      expect(response.status).toBe(200);
      expect(response.headers.get("x-understudy-dropped")?.split(", ")).toEqual(
        expect.arrayContaining([
          "content.odd",
          "messages.odd",
          "content.videoMetadata",
          "content.mediaResolution",
          "content.inlineData.displayName",
          "content.functionCall.odd",
          "content.functionResponse.scheduling",
        ]),
      );
    },
  );
});

test("what a chat client's result of a tool was found in follows it as text", async () => {
  await using stage = await openStage();
  const response = await post(stage, "/v1/chat/completions", {
    model: "anthropic/claude-sonnet-4-5",
    messages: [
      { role: "user", content: "Look it up." },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      {
        role: "tool",
        tool_call_id: "c1",
        content: "Found.",
        annotations: [{ type: "url_citation", url_citation: { url: "https://example.com/a", title: "The sea" } }],
      },
    ],
  });
  expect([response.status, response.headers.get("x-understudy-adapted")]).toEqual([
    200,
    "messages.citations:blocks>text",
  ]);
  expect(sent(stage)).toContain("title: The sea; url: https://example.com/a");
});
