// Pictures in OpenAI's answers, whole and as the one event of a stream. What nobody knows (the size, the quality of a
// picture that another vendor drew) is left out.
import type { DrawnImage, ImageRequest, ImageResult } from "../../../core/image.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { OperationBytes } from "../../../core/operation.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { pictureType } from "../../shared/medium-bytes.ts";
import { isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { readServiceUsage, writeServiceUsage } from "./service-usage.ts";

export function decodeImagesAnswer(body: Json): ImageResult | WireFailure {
  const inBand = inBandFailure(body);
  if (inBand !== null) return inBand;
  if (!isObject(body) || !isArray(body["data"])) return plainFailure("malformed", "the answer has no list of pictures");
  const format = stringOr(body["output_format"], null);
  const images: DrawnImage[] = [];
  for (const [index, entry] of body["data"].entries()) {
    const { b64_json: data, revised_prompt: revisedPrompt } = membersOf(entry);
    if (typeof data !== "string" || data === "")
      return plainFailure("malformed", `the answer's data[${index}] has no picture`);
    const type = pictureType({ data }) ?? (format === null ? "" : `image/${format}`);
    images.push({ type, data, revisedPrompt: stringOr(revisedPrompt, "") || null });
  }
  if (images.length === 0) return plainFailure("empty", "the answer has no pictures");
  return { model: "", images, usage: readServiceUsage(body["usage"]) };
}

export function encodeImagesAnswer(
  { images, usage: counts }: ImageResult,
  _request: ImageRequest,
  created?: number,
): JsonObject {
  const body: MutableJson = {
    created: created ?? 0,
    data: images.map(({ data, revisedPrompt }) => ({
      b64_json: data,
      ...(revisedPrompt === null ? {} : { revised_prompt: revisedPrompt }),
    })),
  };
  const format = formatOf(images[0]);
  if (format !== null) body["output_format"] = format;
  const usage = writeServiceUsage(counts, "image");
  if (usage !== null) body["usage"] = usage;
  return body;
}

/** Without the pictures on the way to the last one, which a vendor may also leave out. */
export function encodeImageEvents(
  { images, usage: counts }: ImageResult,
  { variant }: ImageRequest,
  created: number = 0,
): OperationBytes {
  const type = variant === "edits" ? "image_edit.completed" : "image_generation.completed";
  const usage = writeServiceUsage(counts, "image");
  const events = images.map((image) => ({
    type,
    b64_json: image.data,
    created_at: created,
    // Nobody knows more of another vendor's picture, and clients need the members.
    size: "auto",
    quality: "auto",
    background: "auto",
    ...(formatOf(image) === null ? {} : { output_format: formatOf(image) }),
    ...(usage === null ? {} : { usage }),
  }));
  return {
    type: "text/event-stream; charset=utf-8",
    bytes: events.map((event) => sseTextFrame(type, event)).join(""),
  };
}

function formatOf(image: DrawnImage | undefined): string | null {
  return image?.type.startsWith("image/") === true ? image.type.slice("image/".length) : null;
}
