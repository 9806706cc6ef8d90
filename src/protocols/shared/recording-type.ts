// The type of a recording by its first bytes: clients send none, or a wrong one. Signatures from the formats' own standards.
import { viewBytes } from "../../domain/view-bytes.ts";

/** The media type of a recording; null if its beginning is none of these. */
export function recordingType(bytes: Uint8Array): string | null {
  const start = viewBytes(bytes).toString("latin1", 0, 12);
  if (start.startsWith("RIFF") && start.endsWith("WAVE")) return "audio/wav";
  if (start.startsWith("fLaC")) return "audio/flac";
  if (start.startsWith("OggS")) return "audio/ogg";
  if (start.startsWith("FORM") && start.endsWith("AIFF")) return "audio/aiff";
  if (start.startsWith("ftyp", 4)) return "audio/mp4";
  if (start.startsWith("\u001aE\u00df\u00a3")) return "audio/webm";
  const [first = 0, second = 0] = bytes;
  if (start.startsWith("ID3")) return "audio/mpeg";
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  // A layer of 0 is AAC's own framing.
  return (second & 0x06) === 0 ? "audio/aac" : "audio/mpeg";
}

/** The end of a recording's file name: some vendors go by it. */
export function recordingEnding(type: string): string {
  const name = type.replace(/^(?:audio|video)\//u, "").replace(/;.*$/u, "");
  return endings[name] ?? name.replace(/^x-/u, "");
}

const endings: Readonly<Record<string, string>> = {
  mpeg: "mp3",
  mp4: "m4a",
  "x-m4a": "m4a",
  wave: "wav",
  "x-wav": "wav",
};
