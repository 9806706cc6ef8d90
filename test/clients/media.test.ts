// Pictures, speech and transcripts through the official SDKs while the primary is down: the stand-in is another vendor, and the
// answer comes in the caller's own form.
import { GoogleGenAI, Modality } from "@google/genai";
import OpenAI, { toFile } from "openai";
import { describe, expect, test } from "vitest";
import { openStage, type Stage } from "../support/stage.ts";

const routes = {
  picture: { fallback: ["openai/gpt-image-1", "google/gemini-2.5-flash-image", "google/imagen-4.0-generate-001"] },
  imagen: { fallback: ["openai/gpt-image-1", "google/imagen-4.0-generate-001"] },
  drawn: { fallback: ["google/gemini-2.5-flash-image", "openai/gpt-image-1"] },
  predicted: { fallback: ["google/imagen-4.0-generate-001", "openai/gpt-image-1"] },
  voice: { fallback: ["openai/gpt-4o-mini-tts", "google/gemini-2.5-flash-preview-tts"] },
  spoken: { fallback: ["google/gemini-2.5-flash-preview-tts", "openai/gpt-4o-mini-tts"] },
  listener: { fallback: ["openai/gpt-4o-transcribe", "google/gemini-2.5-flash"] },
  heard: { fallback: ["google/gemini-2.5-flash", "openai/gpt-4o-transcribe"] },
};

interface Scene extends AsyncDisposable {
  readonly stage: Stage;
  readonly openai: OpenAI;
  readonly google: GoogleGenAI;
}

/** `down`: the vendor that is overloaded. */
async function openScene(down: "openai" | "google"): Promise<Scene> {
  const stage = await openStage({ config: { routes } });
  stage.simulator.play(down, { fault: "status", status: 503 });
  return {
    stage,
    openai: new OpenAI({ baseURL: `${stage.url}/v1`, apiKey: "callers-own", maxRetries: 0 }),
    google: new GoogleGenAI({ apiKey: "callers-own", httpOptions: { baseUrl: stage.url } }),
    [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose](),
  };
}

/** What the stand-in was asked. */
function lastBody({ stage }: Scene): unknown {
  return stage.simulator.log().at(-1)?.body;
}

const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const recording = Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(4_000)]);

describe("openai, while OpenAI is down", () => {
  test("images.generate gets a picture of a Gemini model, with its tokens", async () => {
    await using scene = await openScene("openai");
    const asked = scene.openai.images.generate({
      model: "picture",
      prompt: "a hen",
      size: "1536x1024",
      quality: "high",
    });
    const { data: made, response } = await asked.withResponse();
    expect(made.data?.[0]?.b64_json).toMatch(/^iVBOR/u);
    expect(made.output_format).toBe("png");
    expect(made.usage).toMatchObject({ output_tokens: 1290, input_tokens: expect.any(Number) as number });
    expect(made.created).toBeGreaterThan(1_700_000_000);
    expect(response.headers.get("x-understudy-target")).toBe("google/gemini-2.5-flash-image");
    expect(response.headers.get("x-understudy-dropped")).toBe("quality");
    expect(response.headers.get("x-understudy-adapted")).toBe("size:1536x1024>3:2");
    expect(lastBody(scene)).toEqual({
      contents: [{ role: "user", parts: [{ text: "a hen" }] }],
      generationConfig: { responseModalities: ["TEXT", "IMAGE"], imageConfig: { aspectRatio: "3:2" } },
    });
    const [attempt] = scene.stage.gateway.attempts(1);
    expect(attempt?.outputTokens).toBe(1290);
    // By the price of pictures: the model's words cost a twelfth.
    expect(attempt?.cost).toBeCloseTo(0.0387, 4);
  });

  test("a model that draws one at a time is passed by for one that draws several", async () => {
    await using scene = await openScene("openai");
    const asked = scene.openai.images.generate({ model: "picture", prompt: "a hen", n: 3, size: "1024x1024" });
    const { data: made, response } = await asked.withResponse();
    expect(made.data).toHaveLength(3);
    expect(response.headers.get("x-understudy-target")).toBe("google/imagen-4.0-generate-001");
    expect(response.headers.get("x-understudy-adapted")).toBeNull();
    expect(response.headers.get("x-understudy-skipped")).toContain("draws at most 1 at once, got 3");
    expect(lastBody(scene)).toEqual({
      instances: [{ prompt: "a hen" }],
      parameters: { sampleCount: 3, includeRaiReason: true, aspectRatio: "1:1" },
    });
  });

  test("a stream of pictures ends with the picture", async () => {
    await using scene = await openScene("openai");
    const types: string[] = [];
    const stream = await scene.openai.images.generate({
      model: "picture",
      prompt: "a hen",
      stream: true,
      partial_images: 2,
    });
    for await (const event of stream) types.push(`${event.type} ${event.b64_json.slice(0, 5)}`);
    expect(types).toEqual(["image_generation.completed iVBOR"]);
  });

  test("images.edit sends the picture along", async () => {
    await using scene = await openScene("openai");
    const image = await toFile(pixel, "hen.png", { type: "image/png" });
    const made = await scene.openai.images.edit({ model: "picture", image, prompt: "a red hen" });
    expect(made.data?.[0]?.b64_json).toMatch(/^iVBOR/u);
    expect(lastBody(scene)).toMatchObject({
      contents: [
        {
          parts: [{ inlineData: { mimeType: "image/png", data: pixel.toString("base64") } }, { text: "a red hen" }],
        },
      ],
    });
    const masked = scene.openai.images.edit({ model: "picture", image, mask: image, prompt: "a red hen" });
    await expect(masked).rejects.toMatchObject({ status: 503 });
  });

  test("a blocked picture is a refusal on policy grounds", async () => {
    await using scene = await openScene("openai");
    scene.stage.simulator.play("google", { fault: "finish-reason", reason: "IMAGE_SAFETY" });
    const asked = scene.openai.images.generate({ model: "picture", prompt: "a hen" });
    await expect(asked).rejects.toMatchObject({ status: 400, error: { verdict: "policy_blocked" } });
  });

  test.each([
    { format: "wav", type: "audio/wav", start: "RIFF", isAdapted: false },
    { format: undefined, type: "audio/wav", start: "RIFF", isAdapted: true },
    { format: "pcm", type: "audio/pcm", start: "\0\0", isAdapted: false },
  ] as const)("audio.speech.create in $format is $type", async ({ format, type, start, isAdapted }) => {
    await using scene = await openScene("openai");
    const request = { model: "voice", voice: "onyx", input: "Hello", ...(format && { response_format: format }) };
    const spoken = await scene.openai.audio.speech.create(request);
    expect(spoken.headers.get("content-type")).toBe(type);
    const sound = Buffer.from(await spoken.arrayBuffer());
    expect(sound.toString("latin1", 0, start.length)).toBe(start);
    if (type === "audio/wav") {
      expect([sound.readUInt32LE(24), sound.readUInt32LE(40), sound.readUInt32LE(4)]).toEqual([
        24_000,
        sound.length - 44,
        sound.length - 8,
      ]);
    }
    const notes = spoken.headers.get("x-understudy-adapted") ?? "";
    expect(notes.split(", ")).toContain("voice:onyx>Orus");
    expect(notes.includes("response_format:mp3>wav")).toBe(isAdapted);
    expect(scene.stage.gateway.attempts(1)[0]).toMatchObject({
      verdict: "ok",
      outputTokens: expect.any(Number) as number,
    });
  });

  test("speech as events has one piece and the tokens", async () => {
    await using scene = await openScene("openai");
    const spoken = await scene.openai.audio.speech.create({
      model: "voice",
      voice: "alloy",
      input: "Hello",
      response_format: "pcm",
      stream_format: "sse",
    });
    const events = (await spoken.text()).split("\n\n").filter((one) => one !== "");
    expect(events.map((one) => /^event: (.+)$/mu.exec(one)?.[1])).toEqual(["speech.audio.delta", "speech.audio.done"]);
    expect(events[1]).toContain('"output_tokens":');
  });

  test("a strict caller does not get another format", async () => {
    await using scene = await openScene("openai");
    const headers = { "x-understudy-strict": "true" };
    const asked = scene.openai.audio.speech.create({ model: "voice", voice: "alloy", input: "Hello" }, { headers });
    await expect(asked).rejects.toMatchObject({ status: 503 });
    const wav = await scene.openai.audio.speech.create(
      { model: "voice", voice: "alloy", input: "Hello", response_format: "wav" },
      { headers },
    );
    expect(wav.status).toBe(200);
  });

  test("audio.transcriptions.create gets the words", async () => {
    await using scene = await openScene("openai");
    scene.stage.simulator.answerWith([{ say: " A hen crosses the road.\n" }]);
    const file = await toFile(recording, "talk.wav");
    const heard = await scene.openai.audio.transcriptions.create({
      model: "listener",
      file,
      language: "en",
      prompt: "Hen",
      temperature: 0,
    });
    expect(heard.text).toBe("A hen crosses the road.");
    expect(heard.usage).toMatchObject({ type: "tokens", output_tokens: expect.any(Number) as number });
    expect(lastBody(scene)).toMatchObject({
      contents: [{ parts: [{ inlineData: { mimeType: "audio/wav", data: recording.toString("base64") } }, {}] }],
      generationConfig: { temperature: 0 },
    });
    const plain = await scene.openai.audio.transcriptions.create({ model: "listener", file, response_format: "text" });
    expect(plain).toBe("A hen crosses the road.\n");
    const english = await scene.openai.audio.translations.create({ model: "listener", file });
    expect(english.text).toBe("A hen crosses the road.");
    expect(JSON.stringify(lastBody(scene))).toContain("into English");
  });

  test("a transcript as events", async () => {
    await using scene = await openScene("openai");
    scene.stage.simulator.answerWith([{ say: "A hen." }]);
    const file = await toFile(recording, "talk.wav");
    const types: string[] = [];
    for await (const event of await scene.openai.audio.transcriptions.create({ model: "listener", file, stream: true }))
      types.push(event.type);
    expect(types).toEqual(["transcript.text.delta", "transcript.text.done"]);
  });

  test.each(["srt", "vtt", "verbose_json"] as const)("no times are invented for %s", async (format) => {
    await using scene = await openScene("openai");
    const file = await toFile(recording, "talk.wav");
    const asked = scene.openai.audio.transcriptions.create({ model: "listener", file, response_format: format });
    await expect(asked).rejects.toMatchObject({ status: 503 });
    expect(scene.stage.simulator.log().every(({ vendor }) => vendor === "openai")).toBe(true);
  });

  test("a recording of megabytes is translated; one beyond server.max_body is not, and the reason is told", async () => {
    await using scene = await openScene("openai");
    const ask = async (megabytes: number): Promise<string> => {
      const file = await toFile(Buffer.concat([recording, Buffer.alloc(megabytes * 1024 * 1024)]), "talk.wav");
      return (await scene.openai.audio.transcriptions.create({ model: "google/gemini-2.5-flash", file })).text;
    };
    expect(await ask(3)).not.toBe("");
    await expect(ask(33)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining("larger than server.max_body") as string,
    });
  });
});

describe("@google/genai, while Google is down", () => {
  test("generateContent for a picture", async () => {
    await using scene = await openScene("google");
    const made = await scene.google.models.generateContent({
      model: "drawn",
      contents: "a hen",
      config: { responseModalities: [Modality.TEXT, Modality.IMAGE], imageConfig: { aspectRatio: "16:9" } },
    });
    const [part] = made.candidates?.[0]?.content?.parts ?? [];
    expect(part?.inlineData).toMatchObject({ mimeType: "image/png", data: expect.stringMatching(/^iVBOR/u) as string });
    expect(made.usageMetadata).toMatchObject({ promptTokenCount: 12, candidatesTokenCount: 272 });
    expect(lastBody(scene)).toEqual({ model: "gpt-image-1", prompt: "a hen", size: "1536x1024" });
    expect(scene.stage.gateway.attempts(1)[0]).toMatchObject({ adapted: ["size:16:9>1536x1024"], inputTokens: 12 });
  });

  test("a stream of it, and a picture to change", async () => {
    await using scene = await openScene("google");
    const parts = [{ inlineData: { mimeType: "image/png", data: pixel.toString("base64") } }, { text: "a red hen" }];
    const types: string[] = [];
    const stream = await scene.google.models.generateContentStream({
      model: "drawn",
      contents: [{ role: "user", parts }],
    });
    for await (const { candidates } of stream)
      for (const part of candidates?.[0]?.content?.parts ?? []) types.push(part.inlineData?.mimeType ?? "text");
    expect(types).toEqual(["image/png"]);
    expect(scene.stage.simulator.log().at(-1)?.path).toBe("/v1/images/edits");
  });

  test("a conversation is not a request for one picture", async () => {
    await using scene = await openScene("google");
    const turn = (role: string, text: string): object => ({ role, parts: [{ text }] });
    const contents = [turn("user", "a hen"), turn("model", "Here."), turn("user", "redder")];
    await expect(scene.google.models.generateContent({ model: "drawn", contents })).rejects.toMatchObject({
      status: 503,
    });
  });

  test("generateImages, with the SDK in the cloud's mode", async () => {
    await using scene = await openScene("google");
    const cloud = new GoogleGenAI({ vertexai: true, apiKey: "callers-own", httpOptions: { baseUrl: scene.stage.url } });
    const made = await cloud.models.generateImages({
      model: "predicted",
      prompt: "a hen",
      config: { numberOfImages: 2, aspectRatio: "1:1" },
    });
    expect(made.generatedImages?.map(({ image }) => image?.mimeType)).toEqual(["image/png", "image/png"]);
    expect(lastBody(scene)).toEqual({ model: "gpt-image-1", prompt: "a hen", n: 2, size: "1024x1024" });
  });

  test("generateContent for speech", async () => {
    await using scene = await openScene("google");
    const made = await scene.google.models.generateContent({
      model: "spoken",
      contents: "Hello",
      config: {
        responseModalities: [Modality.AUDIO],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Kore" } } },
      },
    });
    const [part] = made.candidates?.[0]?.content?.parts ?? [];
    expect(part?.inlineData?.mimeType).toBe("audio/L16;codec=pcm;rate=24000");
    expect(Buffer.from(part?.inlineData?.data ?? "", "base64").toString("latin1", 0, 5)).toBe("Hello");
    expect(lastBody(scene)).toEqual({
      model: "gpt-4o-mini-tts",
      input: "Hello",
      response_format: "pcm",
      voice: "sage",
    });
  });

  test("generateContent for a transcript, and for more than a transcript", async () => {
    await using scene = await openScene("google");
    const ask = (text: string): ReturnType<typeof scene.google.models.generateContent> => {
      const parts = [{ inlineData: { mimeType: "audio/wav", data: recording.toString("base64") } }, { text }];
      return scene.google.models.generateContent({ model: "heard", contents: [{ role: "user", parts }] });
    };
    expect((await ask("Transcribe this recording.")).text).toBe(`A recording of ${recording.length} bytes.`);
    expect(scene.stage.simulator.log().at(-1)?.path).toBe("/v1/audio/transcriptions");
    await expect(ask("Summarize this recording.")).rejects.toMatchObject({ status: 503 });
  });
});
