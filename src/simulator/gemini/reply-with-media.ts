// Pictures and speech as the Gemini API answers with them: in an ordinary answer, and as Imagen's predictions. The picture is
// one pixel, the sound a tone as long as its text. Shapes from the vendor's guides and Imagen's reference.
import { asNumber, asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import type { AnswerWish, Reply, VendorRequest, World } from "../vocabulary.ts";
import { refuseStrangers } from "./check-media.ts";
import { Complaint, envelopeHead } from "./envelope.ts";
import type { ModelTraits } from "./models.ts";

const pixel =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC";
/** The vendor bills each picture of the usual size as so many tokens. */
const PICTURE_TOKENS = 1290;
const RATE = 24_000;
const SOUND_TOKENS_PER_SECOND = 25;
const SAMPLES_PER_CHARACTER = 1_500;

export interface MediaAnswer {
  readonly traits: ModelTraits;
  readonly prompt: { readonly text: string; readonly tokens: number };
  readonly wish: AnswerWish;
}

/** As one slice, if the request is for a stream. */
export function replyWithMedia(request: VendorRequest, world: World, answer: MediaAnswer): Reply {
  const body = renderMedia(answer, world);
  const tokens = asNumber(asRecord(body["usageMetadata"])?.["candidatesTokenCount"]) ?? 0;
  const isSse = request.query.get("alt") === "sse";
  const head = envelopeHead(world, isSse);
  if (!request.path.endsWith(":streamGenerateContent")) return { kind: "document", head, body, tokens };
  const frames = [{ part: "finish" as const, data: body, tokens }];
  return { kind: "stream", head, framing: isSse ? "sse" : "json-array", frames };
}

function renderMedia({ traits, prompt, wish }: MediaAnswer, world: World): JsonRecord {
  const isImage = traits.answers === "image";
  const samples = toneFor(prompt.text);
  const tokens = isImage ? PICTURE_TOKENS : Math.ceil((samples.byteLength / 2 / RATE) * SOUND_TOKENS_PER_SECOND);
  const inlineData = isImage
    ? { mimeType: "image/png", data: pixel }
    : { mimeType: `audio/L16;codec=pcm;rate=${RATE}`, data: samples.toString("base64") };
  const finishReason = wish.finishReason ?? "STOP";
  const isMade = finishReason === "STOP" && wish.emptyText !== true;
  const candidate = {
    content: isMade ? { parts: [{ inlineData }], role: "model" } : {},
    finishReason,
    ...(finishReason === "STOP" ? {} : { finishMessage: "Unable to show the generated image." }),
    index: 0,
  };
  const candidatesTokenCount = isMade ? tokens : 0;
  return {
    candidates: [candidate],
    usageMetadata: {
      promptTokenCount: prompt.tokens,
      ...(isMade ? { candidatesTokenCount } : {}),
      totalTokenCount: prompt.tokens + candidatesTokenCount,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt.tokens }],
      ...(isMade ? { candidatesTokensDetails: [{ modality: isImage ? "IMAGE" : "AUDIO", tokenCount: tokens }] } : {}),
    },
    modelVersion: traits.servedAs,
    responseId: world.random.characters(22),
  };
}

function toneFor(text: string): Buffer {
  const count = text.length * SAMPLES_PER_CHARACTER;
  const samples = Buffer.alloc(count * 2);
  for (let at = 0; at < count; at += 1)
    samples.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * 440 * at) / RATE)), at * 2);
  return samples;
}

export const imagenModels: readonly string[] = [
  "imagen-4.0-generate-001",
  "imagen-4.0-fast-generate-001",
  "imagen-4.0-ultra-generate-001",
  "imagen-3.0-generate-002",
];

const parameterNames =
  "sampleCount aspectRatio sampleImageSize seed negativePrompt guidanceScale personGeneration safetySetting includeRaiReason includeSafetyAttributes language outputOptions addWatermark enhancePrompt storageUri".split(
    " ",
  );
const imagenRatios = ["1:1", "3:4", "4:3", "9:16", "16:9"];

/** Imagen's answer. Throws Complaint. */
export function replyWithImages(
  request: VendorRequest,
  world: World,
  { model, wish }: { readonly model: string; readonly wish: AnswerWish },
): Reply {
  const body = predictImages(asRecord(request.body) ?? {}, model, wish);
  return { kind: "document", head: envelopeHead(world, false), body, tokens: 0 };
}

function predictImages(body: JsonRecord, model: string, wish: AnswerWish): JsonRecord {
  const [instance, ...others] = recordsOf(body["instances"]);
  const prompt = asText(instance?.["prompt"]) ?? "";
  if (prompt === "" || others.length > 0)
    throw new Complaint("Image generation failed with the following error: The prompt is empty.");
  const parameters = asRecord(body["parameters"]) ?? {};
  const { count, mimeType } = readParameters(parameters, model);
  if (wish.emptyText === true) return {};
  if (wish.policyBlock === true) {
    const reason =
      "Unable to show generated images. All images were filtered out because they violated Vertex AI's usage guidelines. Support codes: 29310472";
    return { predictions: parameters["includeRaiReason"] === true ? [{ raiFilteredReason: reason }] : [] };
  }
  return { predictions: Array.from({ length: count }, () => ({ mimeType, bytesBase64Encoded: pixel })) };
}

function readParameters(parameters: JsonRecord, model: string): { readonly count: number; readonly mimeType: string } {
  refuseStrangers(parameters, parameterNames, "parameters");
  const count = asNumber(parameters["sampleCount"]) ?? 4;
  if (count < 1 || count > 4) throw new Complaint("sampleCount must be between 1 and 4.");
  const ratio = asText(parameters["aspectRatio"]) ?? "1:1";
  if (!imagenRatios.includes(ratio)) throw new Complaint(`aspectRatio ${ratio} is not supported.`);
  const size = asText(parameters["sampleImageSize"]) ?? "1K";
  const isLarge = size === "2K" && /^imagen-4\.0-(?:ultra-)?generate/.test(model);
  if (size !== "1K" && !isLarge) throw new Complaint(`sampleImageSize ${size} is not supported by ${model}.`);
  const mimeType = asText(asRecord(parameters["outputOptions"])?.["mimeType"]) ?? "image/png";
  if (mimeType === "image/png" || mimeType === "image/jpeg") return { count, mimeType };
  throw new Complaint(`mimeType ${mimeType} is not supported.`);
}
