// The media that a target takes as bytes only, though the request has them by URL.
import type { FilePart, ImagePart } from "../../../core/chat.ts";
import type { TargetFacts } from "../../../core/protocol.ts";

/** It fetches images and PDF files from https addresses. */
export function needsBytes({ type, source }: ImagePart | FilePart, { facts }: TargetFacts, native: boolean): boolean {
  if (source.kind !== "url" || native) return false;
  const mediaType = source.mediaType ?? (type === "image" ? "image/" : "application/pdf");
  if (type === "image" || mediaType.startsWith("image/"))
    return facts.images !== false && (facts.imageUrls === false || !isFetched(source.url));
  if (mediaType === "application/pdf") return facts.pdf !== false && !isFetched(source.url);
  return /^(?:text\/|application\/(?:json|xml)$)/u.test(mediaType);
}

function isFetched(url: string): boolean {
  return /^https:/iu.test(url);
}
