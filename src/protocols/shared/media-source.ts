// The source of an image or a file, by its URL: inline data or an address. It guesses a type only by the file ending,
// and never looks at the bytes or downloads.
import type { MediaSource } from "../../core/chat.ts";
import { parseDataUrl } from "./data-url.ts";

/** An address or a `data:` URL; the type of an address is guessed from its ending, null if unknown. */
export function mediaSource(url: string, filename: string | null = null): MediaSource {
  const inline = parseDataUrl(url);
  if (inline !== null) return { kind: "data", ...inline };
  return { kind: "url", url, mediaType: typeOfName(filename) ?? typeOfName(url) };
}

/** A document's name with the ending from which vendors derive its type: titles often have none. */
export function withEnding(name: string, mediaType: string): string {
  return mediaType !== "application/pdf" || /\.pdf$/iu.test(name) ? name : `${name}.pdf`;
}

const typesByEnding: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  json: "application/json",
  html: "text/html",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  mp4: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
  wav: "audio/wav",
  mp3: "audio/mpeg",
};

/** The media type for the ending of a name or an address; null if unknown. */
export function typeOfName(name: string | null): string | null {
  const ending = name === null ? undefined : /\.([A-Za-z0-9]{2,5})(?:[?#]|$)/.exec(name.slice(0, 4096))?.[1];
  return ending === undefined ? null : (typesByEnding[ending.toLowerCase()] ?? null);
}
