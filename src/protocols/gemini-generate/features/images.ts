// Pictures at a target: Gemini's own image models answer `generateContent`, Imagen answers `predict`. Which one a model is
// asked at, and which sizes it draws, are facts about it.
import type { DrawnImage, ImageRequest, ImageResult, ImageSize } from "../../../core/image.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation, OperationTarget, OwnRequest } from "../../../core/operation.ts";
import type { DrawingFacts, OperationFacts } from "../../../core/operation-facts.ts";
import { nearestSize, ratioOf } from "../../shared/nearest-size.ts";
import { mediumBase64, pictureType } from "../../shared/medium-bytes.ts";
import { isObject, stringOr } from "../../shared/read.ts";
import { createReport, type Report } from "../../shared/report.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { CONTENT, decodeImagesRequest, encodeClientImages, PREDICT } from "./images-client.ts";
import { checkInlineSize } from "./inline-size.ts";
import { readMediaAnswer } from "./media-answer.ts";
import { objectsInMembers } from "./members.ts";
import { escaped, resourceOf } from "./resource.ts";

/** Those of every model. Source: "Image generation" on ai.google.dev. */
const usualRatios = ["1:1", "3:4", "4:3", "9:16", "16:9"] as const;

export const images: Operation<ImageRequest, ImageResult> = {
  request: {
    decode: decodeImagesRequest,
    encode: encodeRequest,
    fits,
    path: (model, variant) => pathOf(model, variant ?? CONTENT),
    place: (_params, model, own) => (own.has("model") ? { model: resourceOf(model) } : {}),
  },
  response: { decode: decodeAnswer, encode: encodeClientImages },
  inChat: CONTENT,
};

function pathOf(model: string, variant: string): string {
  return `/${escaped(resourceOf(model))}:${variant === PREDICT ? "predict" : "generateContent"}`;
}

/** Nothing is known of a model that has no facts. */
function fits({ variant }: Pick<OwnRequest, "variant">, { facts: { drawing } }: OperationTarget): boolean {
  return drawing === undefined || (drawing.variant ?? CONTENT) === variant;
}

function encodeRequest(request: ImageRequest, model: string, facts?: OperationFacts): EncodedOperation {
  const { drawing = {}, tasks } = facts ?? {};
  if (tasks?.includes("image-generation") === false) throw unsupported("model", `${model} draws no pictures`);
  const { images: pictures, count } = request;
  const most = drawing.most ?? 1;
  if (count !== null && count > most) throw unsupported("n", `${model} draws at most ${most} at once, got ${count}`);
  if (pictures.length > 0 && drawing.edits === false) throw unsupported("image", `${model} changes no pictures`);
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  if (request.asUrl) report.adapt("response_format", "url", "b64_json");
  const isPredict = drawing.variant === PREDICT;
  const body = isPredict ? predictBody(request, drawing, report) : contentBody(request, drawing, report);
  const { dropped, adapted } = report;
  const unmet = request.asUrl ? ["response_format"] : [];
  return { path: pathOf(model, isPredict ? PREDICT : CONTENT), body, dropped, adapted, unmet };
}

function predictBody(request: ImageRequest, drawing: DrawingFacts, report: Report): JsonObject {
  const { prompt, count, format, compression } = request;
  // A blocked picture is then known from one that failed.
  const parameters: MutableJson = { sampleCount: count ?? 1, includeRaiReason: true };
  const { ratio, length } = sizeFor(request, drawing, report);
  if (ratio !== null) parameters["aspectRatio"] = ratio;
  if (length !== null) parameters["sampleImageSize"] = length;
  const isTaken = format !== null && drawing.formats?.includes(format) === true;
  if (isTaken) {
    const quality = format === "jpeg" && compression !== null ? { compressionQuality: compression } : {};
    parameters["outputOptions"] = { mimeType: `image/${format}`, ...quality };
  } else if (format !== null && format !== "png") report.drop("output_format");
  if (compression !== null && !(isTaken && format === "jpeg")) report.drop("output_compression");
  return { instances: [{ prompt }], parameters };
}

function contentBody(request: ImageRequest, drawing: DrawingFacts, report: Report): JsonObject {
  const { prompt, images: pictures, format, compression } = request;
  if (format !== null) report.drop("output_format");
  if (compression !== null) report.drop("output_compression");
  const inline = pictures.map((picture) => {
    const type = pictureType(picture);
    if (type === null) throw unsupported("image", `this target does not take ${picture.type || "such pictures"}`);
    return { inlineData: { mimeType: type, data: mediumBase64(picture) } };
  });
  checkInlineSize(
    "image",
    inline.reduce((sum, one) => sum + one.inlineData.data.length, prompt.length),
  );
  const generationConfig: MutableJson = { responseModalities: ["TEXT", "IMAGE"] };
  const { ratio, length } = sizeFor(request, drawing, report);
  if (ratio !== null || length !== null)
    generationConfig["imageConfig"] = {
      ...(ratio === null ? {} : { aspectRatio: ratio }),
      ...(length === null ? {} : { imageSize: length }),
    };
  return { contents: [{ role: "user", parts: [...inline, { text: prompt }] }], generationConfig };
}

interface ChosenSize {
  readonly ratio: string | null;
  readonly length: string | null;
}

/** Exact is only a square of 1024 pixels, at every model; the others draw sizes near to the ratio. */
function sizeFor({ size }: ImageRequest, { sizes, lengths = [] }: DrawingFacts, report: Report): ChosenSize {
  if (size === null) return { ratio: null, length: null };
  const ratio = nearestSize(size, sizes ?? usualRatios);
  const { longest } = size;
  const entry = longest === null ? undefined : lengthFor(size, longest, lengths);
  const [length = null] = entry !== undefined && entry[1] > 1024 ? entry : [];
  const isExact = ratio === size.words && (longest === null || longest === 1024 || length !== null);
  const isSquare = size.width === size.height && longest === 1024;
  const words = length === null ? ratio : `${ratio} ${length}`;
  if (!isExact && !isSquare) report.adapt("size", size.words, words);
  return { ratio, length };
}

/** A name is for the side of a square of the same area. This much less than that is still enough. */
const ENOUGH = 1.25;

/** The first that is long enough, or the longest. */
function lengthFor(
  size: ImageSize,
  longest: number,
  lengths: NonNullable<DrawingFacts["lengths"]>,
): (typeof lengths)[number] | undefined {
  const ratio = ratioOf(size);
  const side = longest / Math.sqrt(Math.max(ratio, 1 / ratio));
  return lengths.find(([, pixels]) => pixels * ENOUGH >= side) ?? lengths.at(-1);
}

function decodeAnswer(body: Json): ImageResult | WireFailure {
  if (isObject(body) && body["error"] !== undefined) return inBandFailure(body);
  return isObject(body) && (body["predictions"] !== undefined || Object.keys(body).length === 0)
    ? decodePredictions(body)
    : decodeContent(body);
}

function decodePredictions(body: JsonObject): ImageResult | WireFailure {
  const images: DrawnImage[] = [];
  let blockReason: string | null = null;
  for (const prediction of objectsInMembers(body["predictions"])) {
    const { bytesBase64Encoded: data, mimeType, prompt, raiFilteredReason } = prediction;
    if (typeof data === "string" && data !== "")
      images.push({
        data,
        type: stringOr(mimeType, null) ?? pictureType({ data }) ?? "",
        revisedPrompt: stringOr(prompt, null),
      });
    else blockReason ??= stringOr(raiFilteredReason, null);
  }
  if (images.length > 0) return { model: "", images, usage: null };
  return blockReason === null
    ? plainFailure("empty", "the answer has no pictures")
    : plainFailure("policy_blocked", blockReason);
}

function decodeContent(body: Json): ImageResult | WireFailure {
  const answer = readMediaAnswer(body);
  if ("verdict" in answer) return answer;
  const { model, media, text, usage } = answer;
  const images = media
    .filter(({ type }) => type.startsWith("image/"))
    .map(({ type, data }) => ({ type, data, revisedPrompt: null }));
  if (images.length > 0) return { model, images, usage };
  const words = text === "" ? "" : `: "${text.slice(0, 200)}"`;
  return plainFailure("empty", `the model drew no picture${words}`);
}
