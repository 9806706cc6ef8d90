// A client's request for pictures, in its two forms: Imagen's `predict`, and `generateContent` with the modality IMAGE; and
// the answers to them. Members as in the types of `@google/genai` 3.1, and in Imagen's reference at Google Cloud.
import type { ImageRequest, ImageResult, ImageSize } from "../../../core/image.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { OperationHint } from "../../../core/operation.ts";
import { parseRatio } from "../../shared/nearest-size.ts";
import { asObject, badRequest, membersOf, optionalInteger, optionalString, requiredString } from "../../shared/read.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { writeMediaAnswer } from "./media-answer.ts";
import { objectsAt } from "./members.ts";
import { asksFor, readSingleTurn, restOf } from "./single-turn.ts";
import { withCamelSpelling } from "./spelling.ts";

/** Of `PathTask.variant`. */
export const CONTENT = "content";
export const PREDICT = "predict";

/** Pixels of the longer side, or near it. */
const lengths: Readonly<Record<string, number>> = { "512": 512, "1K": 1024, "2K": 2048, "4K": 4096 };
/** The number that Imagen draws by default. */
const USUAL_COUNT = 4;

export function decodeImagesRequest(body: JsonObject, { variant }: Pick<OperationHint, "variant">): ImageRequest {
  return variant === PREDICT ? decodePredict(body) : decodeContent(body);
}

function decodePredict(body: JsonObject): ImageRequest {
  const instances = objectsAt(body["instances"], "instances");
  if (instances.length !== 1) throw badRequest("instances", `expected one, got ${instances.length}`);
  const instance = asObject(instances[0], "instances[0]");
  const { prompt: _, ...others } = instance;
  const prompt = requiredString(instance, "prompt", "instances[0]");
  if (prompt === "") throw badRequest("instances[0].prompt", "expected a text, got an empty one");
  const [other] = Object.keys(others);
  if (other !== undefined) throw unsupported(`instances[0].${other}`, "this target draws from words only");
  const parameters = withCamelSpelling(asObject(body["parameters"] ?? {}, "parameters"));
  const { sampleCount: _count, aspectRatio: _ratio, sampleImageSize: _size, outputOptions, ...rest } = parameters;
  const output = withCamelSpelling(membersOf(outputOptions));
  const extras: MutableJson = {};
  // They add to the report of an answer, not to the picture.
  const { includeRaiReason: _reason, includeSafetyAttributes: _attributes, ...settings } = rest;
  for (const [name, value] of Object.entries(settings)) extras[name] = value;
  return {
    prompt,
    images: [],
    count: optionalInteger(parameters, "sampleCount", "parameters") ?? USUAL_COUNT,
    size: readSize(parameters, "sampleImageSize", "parameters"),
    format: formatIn(optionalString(output, "mimeType", "parameters.outputOptions")),
    compression: optionalInteger(output, "compressionQuality", "parameters.outputOptions"),
    asUrl: false,
    variant: PREDICT,
    stream: false,
    extras,
  };
}

function decodeContent(body: JsonObject): ImageRequest {
  const { text, instruction, media, config, others } = readSingleTurn(body);
  if (asksFor(config, "IMAGE") === false)
    throw unsupported("generationConfig.responseModalities", "this target answers with pictures only");
  const prompt = [instruction, text].filter((one) => one !== "").join("\n\n");
  if (prompt === "") throw badRequest("contents", "expected a text, got none");
  const other = media.find(({ type }) => !type.startsWith("image/"));
  if (other !== undefined) throw unsupported("contents", `this target takes pictures only, got ${other.type}`);
  const image = withCamelSpelling(membersOf(config["imageConfig"]));
  const { aspectRatio: _ratio, imageSize: _size, outputMimeType, outputCompressionQuality, ...rest } = image;
  const extras: MutableJson = { ...restOf(config, others, ["responseModalities", "imageConfig", "candidateCount"]) };
  for (const [name, value] of Object.entries(rest)) extras[`generationConfig.imageConfig.${name}`] = value;
  return {
    prompt,
    images: media,
    count: optionalInteger(config, "candidateCount", "generationConfig"),
    size: readSize(image, "imageSize", "generationConfig.imageConfig"),
    format: formatIn(optionalString({ outputMimeType }, "outputMimeType", "generationConfig.imageConfig")),
    compression: optionalInteger(
      { outputCompressionQuality },
      "outputCompressionQuality",
      "generationConfig.imageConfig",
    ),
    asUrl: false,
    variant: CONTENT,
    stream: false,
    extras,
  };
}

function readSize(holder: JsonObject, lengthName: string, place: string): ImageSize | null {
  const ratio = optionalString(holder, "aspectRatio", place);
  const length = optionalString(holder, lengthName, place);
  if (ratio === null && length === null) return null;
  const longest = length === null ? null : lengths[length.toUpperCase()];
  if (longest === undefined) throw badRequest(`${place}.${lengthName}`, `expected 1K, 2K or 4K, got "${length}"`);
  const size = parseRatio(ratio ?? "1:1", longest);
  if (size === null)
    throw badRequest(`${place}.aspectRatio`, `expected WIDTH:HEIGHT, got "${(ratio ?? "").slice(0, 40)}"`);
  return size;
}

function formatIn(type: string | null): string | null {
  return type === null ? null : type.replace(/^image\//u, "");
}

export function encodeClientImages({ images, model, usage }: ImageResult, { variant }: ImageRequest): JsonObject {
  if (variant !== PREDICT)
    return writeMediaAnswer(
      images.map(({ type, data }) => ({ inlineData: { mimeType: type, data } })),
      model,
      usage,
    );
  const predictions = images.map(({ type, data, revisedPrompt }) => ({
    mimeType: type,
    bytesBase64Encoded: data,
    ...(revisedPrompt === null ? {} : { prompt: revisedPrompt }),
  }));
  return { predictions };
}
