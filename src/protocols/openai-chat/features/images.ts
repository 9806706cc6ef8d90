// Pictures in OpenAI's format: `/images/generations` with JSON, and `/images/edits` with a form. Members, sizes and answers
// as in the API reference and the types of `openai` 7.57.
import type { ImageRequest, ImageResult } from "../../../core/image.ts";
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { FormFile, Medium } from "../../../core/medium.ts";
import type { EncodedOperation, Operation, OperationHint } from "../../../core/operation.ts";
import type { DrawingFacts, OperationFacts } from "../../../core/operation-facts.ts";
import { nearestSize, parsePixels, pixelsFor } from "../../shared/nearest-size.ts";
import { mediumBytes, pictureType } from "../../shared/medium-bytes.ts";
import { badRequest, optionalString, requiredString } from "../../shared/read.ts";
import { createReport, type Report } from "../../shared/report.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { formInteger } from "./form-number.ts";
import { decodeImagesAnswer, encodeImageEvents, encodeImagesAnswer } from "./images-answer.ts";

/** Of `PassedOperation.variant`. */
export const EDITS = "edits";

const drawPath = "/images/generations";
const editPath = "/images/edits";

const mappedNames: ReadonlySet<string> = new Set(
  "model prompt n size output_format output_compression response_format stream image".split(" "),
);
/** Values that say what every model does by itself. */
const usualValues: Readonly<Record<string, readonly unknown[]>> = {
  quality: ["auto", "standard"],
  background: ["auto", "opaque"],
  moderation: ["auto"],
  partial_images: [0, "0"],
};
const usualSizes: readonly string[] = ["1024x1024", "1536x1024", "1024x1536"];
/** The largest picture of a model that draws any size: https://developers.openai.com/api/docs/guides/image-generation. */
const largest = { longest: 3840, shortest: 2160 };
/** `gpt-image-1` and its relatives take 16 pictures of less than 50 MB. */
const MOST_IMAGES = 16;
const MOST_PROMPT = 32_000;

export const images: Operation<ImageRequest, ImageResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    path: (_model, variant) => (variant === EDITS ? editPath : drawPath),
    place: (_params, model) => ({ model }),
  },
  response: {
    decode: decodeImagesAnswer,
    encode: encodeImagesAnswer,
    encodeBytes: (result, request, created) => (request.stream ? encodeImageEvents(result, request, created) : null),
  },
};

function decodeRequest(body: JsonObject, { variant, files }: OperationHint): ImageRequest {
  const prompt = requiredString(body, "prompt", "");
  if (prompt === "") throw badRequest("prompt", "expected a text, got an empty one");
  const { stream } = body;
  return {
    prompt,
    images: variant === EDITS ? readImages(body, files) : [],
    count: formInteger(body, "n"),
    size: readSize(body),
    format: optionalString(body, "output_format", ""),
    compression: formInteger(body, "output_compression"),
    asUrl: optionalString(body, "response_format", "") === "url",
    variant,
    stream: stream === true || stream === "true",
    extras: extrasOf(body),
  };
}

function extrasOf(body: JsonObject): JsonObject {
  const extras: MutableJson = {};
  for (const [name, value] of Object.entries(body)) {
    if (mappedNames.has(name) || value === null || value === undefined) continue;
    if (usualValues[name]?.includes(value) !== true) extras[name] = value;
  }
  return extras;
}

function readSize(body: JsonObject): ImageRequest["size"] {
  const words = optionalString(body, "size", "") ?? "auto";
  if (words === "auto") return null;
  const size = parsePixels(words);
  if (size === null) throw badRequest("size", `expected WIDTHxHEIGHT or "auto", got "${words.slice(0, 40)}"`);
  return size;
}

/** Files of a form. Addresses and ids of files in JSON are the vendor's own to fetch. */
function readImages(body: JsonObject, files: readonly FormFile[] | undefined): readonly Medium[] {
  if (files === undefined) throw unsupported("image", "this target takes pictures as files of a form only");
  if (files.some(({ field }) => field === "mask")) throw unsupported("mask", "this target takes no masks");
  const images = files.filter(({ field }) => field === "image");
  if (images.length === 0) throw badRequest("image", "expected at least one file, got none");
  const other = files.find(({ field }) => field !== "image");
  if (other !== undefined || body["image"] !== undefined)
    throw unsupported(other?.field ?? "image", "this target takes no such file");
  return images.map(({ type, bytes }) => ({ type, data: bytes }));
}

function encodeRequest(request: ImageRequest, model: string, facts?: OperationFacts): EncodedOperation {
  const { images: pictures, count } = request;
  const drawing = facts?.drawing ?? {};
  if (drawing.variant !== undefined || facts?.tasks?.includes("image-generation") === false)
    throw unsupported("model", `${model} draws no pictures`);
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  if (request.prompt.length > MOST_PROMPT)
    throw unsupported("prompt", `this target takes at most ${MOST_PROMPT} characters, got ${request.prompt.length}`);
  if (count !== null && drawing.most !== undefined && count > drawing.most)
    throw unsupported("n", `${model} draws at most ${drawing.most} at once, got ${count}`);
  const body: MutableJson = { model, prompt: request.prompt };
  if (count !== null) body["n"] = count;
  const size = sizeFor(request, drawing, report);
  if (size !== null) body["size"] = size;
  placeFormat(body, request, { drawing, report });
  const { dropped, adapted } = report;
  if (pictures.length === 0) return { path: drawPath, body, dropped, adapted };
  if (drawing.edits === false) throw unsupported("image", `${model} changes no pictures`);
  if (pictures.length > MOST_IMAGES)
    throw unsupported("image", `this target takes at most ${MOST_IMAGES} pictures, got ${pictures.length}`);
  return { path: editPath, body, files: pictures.map(fileOf), dropped, adapted };
}

function sizeFor({ size }: ImageRequest, { sizes, anySize }: DrawingFacts, report: Report): string | null {
  if (size === null) return null;
  const pixels = anySize === true ? pixelsFor(size, largest) : nearestSize(size, sizes ?? usualSizes);
  const isSquare = size.width === size.height && (size.longest ?? 1024) === 1024 && pixels === "1024x1024";
  if (!isSquare && pixels !== size.words) report.adapt("size", size.words, pixels);
  return pixels;
}

/** The older models have no formats, and answer with addresses unless they are asked for the picture. */
function placeFormat(
  body: MutableJson,
  { format, compression }: ImageRequest,
  { drawing, report }: { readonly drawing: DrawingFacts; readonly report: Report },
): void {
  const { formats } = drawing;
  if (formats?.length === 0) body["response_format"] = "b64_json";
  if (format !== null && format !== "png") {
    if (formats === undefined || formats.includes(format)) body["output_format"] = format;
    else report.drop("output_format");
  }
  if (compression === null) return;
  if (body["output_format"] === undefined) report.drop("output_compression");
  else body["output_compression"] = compression;
}

function fileOf(picture: Medium, index: number): FormFile {
  const type = pictureType(picture);
  if (type === null || type === "image/gif")
    throw unsupported(
      "image",
      `this target takes pictures as PNG, JPEG or WebP, got ${picture.type || "something else"}`,
    );
  const name = `image-${index + 1}.${type.slice("image/".length)}`;
  return { field: "image[]", name, type, bytes: mediumBytes(picture) };
}
