// The type of a downloaded medium, by its first bytes: whatever its server or the request says. Pure.
import type { FilePart, ImagePart } from "../core/chat.ts";

/** Null if it is of no known type. An image must be one; a text has no signature, so its declared type counts. */
export function mediaTypeOf(bytes: Uint8Array, { type, source }: ImagePart | FilePart): string | null {
  const head = Buffer.from(bytes.subarray(0, 64)).toString("latin1");
  const image = imageType(head);
  if (image !== null || type === "image") return image;
  const other = otherType(head);
  if (other !== null) return other;
  return isTextual(source.mediaType) && isUtf8(bytes) ? (source.mediaType ?? null) : null;
}

export function isTextual(mediaType: string | null | undefined): boolean {
  return /^(?:text\/|application\/(?:json|xml)$)/iu.test(mediaType ?? "");
}

function imageType(head: string): string | null {
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (/^....ftyp(heic|heix|mif1|hevc)/su.test(head)) return "image/heic";
  if (head.startsWith("BM")) return "image/bmp";
  return null;
}

const signatures: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/u, "application/pdf"],
  [/^RIFF....WAVE/su, "audio/wav"],
  // An ID3 tag, or the sync bits of a frame of layer III.
  [/^(?:ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb])/u, "audio/mpeg"],
  [/^\xff[\xf0\xf1\xf8\xf9]/u, "audio/aac"],
  [/^fLaC/u, "audio/flac"],
  [/^OggS/u, "audio/ogg"],
  [/^....ftypM4A/su, "audio/mp4"],
  [/^....ftypqt/su, "video/quicktime"],
  [/^....ftyp/su, "video/mp4"],
];
/** The first bytes of a Matroska file; WebM names itself soon after. */
const matroska = "\x1a\x45\xdf\xa3";

function otherType(head: string): string | null {
  if (head.startsWith(matroska)) return head.includes("webm") ? "video/webm" : null;
  return signatures.find(([pattern]) => pattern.test(head))?.[1] ?? null;
}

function isUtf8(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
