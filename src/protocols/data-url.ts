// `data:` URLs, in which clients send images and files. Values may be megabytes: nothing here may run a pattern over
// the whole of one, or copy it more often than needed.

/** The media type (`text/plain` where none is given, without parameters) and the bytes in base64. */
export interface InlineData {
  readonly mediaType: string;
  readonly data: string;
}

/** Null where it is no `data:` URL (then it is an address). */
export function parseDataUrl(url: string): InlineData | null {
  if (url.slice(0, 5).toLowerCase() !== "data:") return null;
  const comma = url.indexOf(",");
  if (comma < 0) return null;
  const [type = "", ...parameters] = url.slice(5, comma).split(";");
  const mediaType = type.trim().toLowerCase() || "text/plain";
  const payload = url.slice(comma + 1);
  if (parameters.some((parameter) => parameter.trim().toLowerCase() === "base64")) return { mediaType, data: payload };
  return { mediaType, data: textToBase64(decodePercent(payload)) };
}

export function toDataUrl(mediaType: string, data: string): string {
  return `data:${registeredType(mediaType)};base64,${data}`;
}

/** UTF-8 bytes of the text, in base64. */
export function textToBase64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text whose UTF-8 bytes these are; null where it is not base64 or not UTF-8. */
export function base64ToText(data: string): string | null {
  try {
    const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Clients call one type by two names, and vendors take the registered one alone. */
export function registeredType(mediaType: string): string {
  return mediaType.toLowerCase() === "image/jpg" ? "image/jpeg" : mediaType;
}
