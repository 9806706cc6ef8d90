// The media that a target takes as bytes only, though the request has them by URL.
import type { FilePart, ImagePart } from "../../../core/chat.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import { isExact } from "./strangers.ts";

/** A host takes addresses in requests that were written for it. OpenAI fetches images only. */
export function needsBytes(
  { type, source }: ImagePart | FilePart,
  { facts, isStandIn = false }: TargetFacts,
  native: boolean,
): boolean {
  const family = type === "image" ? "image" : source.mediaType?.split("/", 1)[0];
  if (family === "image") return facts.images !== false && facts.imageUrls === false;
  const isOwn = native && !isExact(facts);
  if (family === "audio") return facts.audio !== false && !(isOwn && !isStandIn);
  return family !== "video" && facts.pdf !== false && !isOwn;
}
