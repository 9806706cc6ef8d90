// Where an image or a file comes from, by its address: inline data or a place elsewhere. Guesses a type by the ending
// only; never looks at the bytes and never fetches.
import type { MediaSource } from "../../core/chat.ts";
import { parseDataUrl } from "./data-url.ts";

/** An address or a `data:` URL; the type of an address is guessed from its ending, null where that says nothing. */
export function mediaSource(url: string, filename: string | null = null): MediaSource {
  const inline = parseDataUrl(url);
  if (inline !== null) return { kind: "data", ...inline };
  return { kind: "url", url, mediaType: typeOfName(filename) ?? typeOfName(url) };
}

/** A document's name with the ending by which vendors know its type: a title mostly has none. */
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

/** The media type that a name or an address says by its ending; null where it says none. */
export function typeOfName(name: string | null): string | null {
  const ending = name === null ? undefined : /\.([A-Za-z0-9]{2,5})(?:[?#]|$)/.exec(name.slice(0, 4096))?.[1];
  return ending === undefined ? null : (typesByEnding[ending.toLowerCase()] ?? null);
}
