// Requests for pictures, speech and transcripts, drawn at random and translated: the strict fake of the target's vendor takes
// each of them, and what the client gets is a valid answer of its own vendor.
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GatewayFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { FormFile } from "../../src/core/medium.ts";
import type { EncodedOperation, Operation, OperationName } from "../../src/core/operation.ts";
import type { ModelFacts } from "../../src/core/provider.ts";
import { operationOf } from "../../src/domain/operation-of.ts";
import { protocols } from "../../src/protocols/index.ts";
import { catalog } from "../../src/providers/catalog.ts";
import { startSimulator, type Simulator } from "../../src/simulator/index.ts";
import { writeForm } from "../../src/translate/write-form.ts";
import { openapiMissing, openSchemas } from "../support/openapi.ts";

let simulator: Simulator;
beforeAll(async () => void (simulator = await startSimulator({ seed: 1, requireKeys: false })));
afterAll(() => simulator.close());

const schemas = openapiMissing === "" ? openSchemas() : null;
const pixel = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const wav = Buffer.concat([Buffer.from("RIFF\0\0\0\0WAVEfmt ", "latin1"), Buffer.alloc(100)]);

interface Drawn {
  readonly name: OperationName;
  readonly variant: string | null;
  readonly body: JsonObject;
  readonly files?: readonly FormFile[];
}

const prompt = fc.string({ unit: "grapheme", minLength: 1, maxLength: 60 }).filter((text) => text.trim() !== "");
const optional = <Value>(values: readonly Value[]): fc.Arbitrary<Value | undefined> =>
  fc.option(fc.constantFrom(...values), { nil: undefined });
const without = (record: Readonly<Record<string, unknown>>): JsonObject =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as JsonObject;

const openaiPicture: fc.Arbitrary<Drawn> = fc
  .record({
    prompt,
    n: optional([1, 2, 4]),
    size: optional(["auto", "1024x1024", "1536x1024", "1024x1536", "1792x1024", "512x512", "2048x1152", "3840x2160"]),
    quality: optional(["auto", "high", "hd"]),
    background: optional(["auto", "transparent"]),
    output_format: optional(["png", "jpeg", "webp"]),
    output_compression: optional([50]),
    response_format: optional(["url", "b64_json"]),
    moderation: optional(["low"]),
    user: optional(["u1"]),
    stream: optional([true, false]),
  })
  .map((body) => ({ name: "image-generation", variant: null, body: without(body) }));

const openaiEdit: fc.Arbitrary<Drawn> = openaiPicture.map(({ body }) => ({
  name: "image-generation",
  variant: "edits",
  body: Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]),
  ),
  files: [{ field: "image", name: "a.png", type: "image/png", bytes: pixel }],
}));

const openaiSpeech: fc.Arbitrary<Drawn> = fc
  .record({
    input: prompt,
    voice: fc.constantFrom("alloy", "onyx", "cedar", "Kore", "nobody"),
    instructions: optional(["Calmly."]),
    response_format: optional(["mp3", "opus", "wav", "pcm"]),
    speed: optional([1, 2]),
    stream_format: optional(["sse", "audio"]),
  })
  .map((body) => ({ name: "speech", variant: null, body: without(body) }));

const openaiTranscript: fc.Arbitrary<Drawn> = fc
  .record({
    language: optional(["en"]),
    prompt: optional(['Hens "and" cocks\n']),
    temperature: optional(["0", "0.5"]),
    response_format: optional(["json", "text"]),
    stream: optional(["true"]),
    variant: fc.constantFrom(null, "translations"),
  })
  .map(({ variant, ...body }) => ({
    name: "transcription",
    variant,
    body: without(body),
    files: [{ field: "file", name: "talk.wav", type: "application/octet-stream", bytes: wav }],
  }));

const geminiPicture: fc.Arbitrary<Drawn> = fc
  .record({
    text: prompt,
    aspectRatio: optional(["1:1", "16:9", "2:3", "21:9"]),
    imageSize: optional(["1K", "2K", "4K"]),
    modalities: optional([["IMAGE"], ["TEXT", "IMAGE"]]),
    hasImage: fc.boolean(),
    temperature: optional([0.4]),
  })
  .map(({ text, modalities, hasImage, temperature, ...imageConfig }) => {
    const inline = { inlineData: { mimeType: "image/png", data: pixel.toString("base64") } };
    const parts = hasImage ? [inline, { text }] : [{ text }];
    const config = without({ responseModalities: modalities, imageConfig: without(imageConfig), temperature });
    return {
      name: "image-generation",
      variant: "content",
      body: { contents: [{ role: "user", parts }], generationConfig: config },
    };
  });

const geminiPrediction: fc.Arbitrary<Drawn> = fc
  .record({
    prompt,
    sampleCount: optional([1, 3]),
    aspectRatio: optional(["1:1", "4:3", "9:16"]),
    sampleImageSize: optional(["1K", "2K"]),
    negativePrompt: optional(["cats"]),
    type: optional(["image/png", "image/jpeg"]),
  })
  .map(({ prompt: words, type, ...parameters }) => ({
    name: "image-generation",
    variant: "predict",
    body: {
      instances: [{ prompt: words }],
      parameters: without({ ...parameters, outputOptions: type && { mimeType: type } }),
    },
  }));

const geminiSpeech: fc.Arbitrary<Drawn> = fc
  .record({ text: prompt, voiceName: optional(["Kore", "Puck", "alloy", "Zephyr"]), languageCode: optional(["de"]) })
  .map(({ text, voiceName, languageCode }) => {
    const voiceConfig = voiceName === undefined ? undefined : { prebuiltVoiceConfig: { voiceName } };
    const speechConfig = without({ voiceConfig, languageCode });
    const generationConfig = { responseModalities: ["AUDIO"], speechConfig };
    return {
      name: "speech",
      variant: "content",
      body: { contents: [{ parts: [{ text }] }], generationConfig },
    };
  });

const cases = {
  "openai-chat": {
    draws: fc.oneof(openaiPicture, openaiEdit, openaiSpeech, openaiTranscript),
    provider: "google",
    target: "gemini-generate",
    models: {
      "image-generation": [
        "gemini-2.5-flash-image",
        "gemini-3-pro-image-preview",
        "imagen-4.0-generate-001",
        "imagen-4.0-fast-generate-001",
      ],
      speech: ["gemini-2.5-flash-preview-tts"],
      transcription: ["gemini-2.5-flash", "gemini-3-flash-preview"],
    },
  },
  "gemini-generate": {
    draws: fc.oneof(geminiPicture, geminiPrediction, geminiSpeech),
    provider: "openai",
    target: "openai-chat",
    models: {
      "image-generation": ["gpt-image-1", "gpt-image-2", "dall-e-3", "dall-e-2"],
      speech: ["gpt-4o-mini-tts", "tts-1"],
      transcription: ["gpt-4o-transcribe"],
    },
  },
} as const;

/** The target's answer, as the vendor sends it. */
async function send(provider: "google" | "openai", { path, body, files }: EncodedOperation): Promise<Response> {
  const form = files === undefined ? null : writeForm(body, files);
  return fetch(`${simulator.vendors[provider].baseUrl}${path}`, {
    method: "POST",
    headers: { "content-type": form?.type ?? "application/json" },
    body: form === null ? JSON.stringify(body) : Buffer.concat(form.body),
  });
}

async function read({ response }: Operation, answer: Response, request: Parameters<typeof response.encode>[1]) {
  const bytes = Buffer.from(await answer.arrayBuffer());
  const type = answer.headers.get("content-type") ?? "";
  return response.decodeBytes === undefined
    ? response.decode(JSON.parse(bytes.toString("utf8")) as JsonObject, request)
    : response.decodeBytes({ type, bytes }, request);
}

/** Of an answer to an OpenAI client; empty without the description. */
function faultsIn(name: OperationName, body: JsonObject): readonly string[] {
  const schema = name === "image-generation" ? "ImagesResponse" : "CreateTranscriptionResponseJson";
  return schemas?.faults(schema, body) ?? [];
}

describe.each(["openai-chat", "gemini-generate"] as const)("a client of %s at another vendor", (from) => {
  const { draws, provider, target, models } = cases[from];

  test(
    "what is sent is taken, and what comes back is an answer; or it is refused before it is sent",
    { timeout: 60_000 },
    async () => {
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(draws, fc.nat(), async ({ name, variant, body, files }, pick) => {
          const client = operationOf(protocols[from], name)!;
          const server = operationOf(protocols[target], name)!;
          const choices: readonly string[] = models[name as keyof typeof models];
          const model = choices[pick % choices.length]!;
          const facts: ModelFacts = catalog.get(provider)!.facts(model);
          const request = client.request.decode(body, { model: "m", variant, files });
          let encoded: EncodedOperation;
          try {
            encoded = server.request.encode!(request, model, facts);
          } catch (error) {
            expect(error).toBeInstanceOf(GatewayFailure);
            expect((error as GatewayFailure).code).toBe("unsupported");
            return;
          }
          const answer = await send(provider, encoded);
          expect([answer.status, answer.ok ? "" : await answer.text()]).toEqual([200, ""]);
          const result = await read(server, answer, request);
          if ("verdict" in result) throw new Error(result.message);
          const written = client.response.encodeBytes?.(result, request, 1) ?? null;
          if (written !== null) expect(written.bytes.length).toBeGreaterThan(0);
          else if (from === "openai-chat")
            expect(faultsIn(name, client.response.encode(result, request, 1))).toEqual([]);
          else expect(client.response.encode(result, request)).toBeTruthy();
          for (const field of encoded.unmet ?? []) expect(encoded.adapted.join()).toContain(field);
          sent += 1;
        }),
        { numRuns: 150 },
      );
      expect(sent).toBeGreaterThan(60);
    },
  );
});
