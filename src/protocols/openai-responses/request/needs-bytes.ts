// The media that a target takes as bytes only, though the request has them by URL.
import type { FilePart, ImagePart } from "../../../core/chat.ts";
import type { TargetFacts } from "../../../core/protocol.ts";

/** It fetches documents itself (`file_url`). */
export function needsBytes({ type, source }: ImagePart | FilePart, { facts }: TargetFacts): boolean {
  const isImage = type === "image" || source.mediaType?.startsWith("image/") === true;
  return isImage && facts.images !== false && facts.imageUrls === false;
}
