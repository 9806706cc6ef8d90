// The media that a target takes as bytes only, though the request has them by URL.
import type { FilePart, ImagePart } from "../../../core/chat.ts";
import type { TargetFacts } from "../../../core/protocol.ts";

/** A caller of its own knows which addresses it can reach. */
export function needsBytes({ type, source }: ImagePart | FilePart, { facts }: TargetFacts, native: boolean): boolean {
  if (type === "image") return facts.images !== false && facts.imageUrls === false;
  const mediaType = source.mediaType ?? "";
  if (mediaType === "application/pdf" && facts.pdf === false) return false;
  if (mediaType.startsWith("audio/") && facts.audio === false) return false;
  return !native;
}
