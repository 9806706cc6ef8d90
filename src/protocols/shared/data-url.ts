// `data:` URLs, in which clients send images and files. Values may be megabytes: never run a pattern over a whole
// value, nor copy it without need.

/** The media type (default `text/plain`, without parameters) and the bytes in base64. */
export interface InlineData {
  readonly mediaType: string;
  readonly data: string;
}

/** Null if it is not a `data:` URL (then it is an address). */
export function parseDataUrl(url: string): InlineData | null {
  if (url.slice(0, 5).toLowerCase() !== "data:") return null;
  const comma = url.indexOf(",");
  if (comma < 0) return null;
  const [type = "", ...parameters] = url.slice(5, comma).split(";");
  const mediaType = type.trim().toLowerCase() || "text/plain";
  const payload = url.slice(comma + 1);
  if (parameters.some((parameter) => parameter.trim().toLowerCase() === "base64"))
    return inlineData(mediaType, payload);
  return { mediaType, data: textToBase64(decodePercent(payload)) };
}

export function isAddress(text: string): boolean {
  return /^https?:/iu.test(text.slice(0, 8));
}

export function toDataUrl(mediaType: string, data: string): string {
  return `data:${typeByBytes(mediaType, data)};base64,${data}`;
}

/**
 * Base64 that every vendor reads. Gemini takes the URL alphabet, which its Python SDK writes, and mail programs break
 * lines; Anthropic and OpenAI refuse both. An image without a specific type gets the type of its first bytes.
 */
export function inlineData(mediaType: string, data: string): InlineData {
  const isOpen = mediaType === "text/plain" || mediaType === "application/octet-stream";
  return { mediaType: isOpen ? (imageType(data) ?? mediaType) : mediaType, data: plainBase64(data) };
}

function plainBase64(data: string): string {
  const text = ["\n", "\r", " "].some((blank) => data.includes(blank)) ? data.replaceAll(/\s+/gu, "") : data;
  if (!text.includes("-") && !text.includes("_")) return text;
  const plain = text.replaceAll("-", "+").replaceAll("_", "/");
  const rest = plain.length % 4;
  return rest < 2 ? plain : plain.padEnd(plain.length + 4 - rest, "=");
}

/** One of the four types that all vendors take; null if the bytes are none of these. */
export function imageType(data: string): string | null {
  if (data.startsWith("iVBORw0KGgo")) return "image/png";
  if (data.startsWith("/9j/") || data.startsWith("_9j_")) return "image/jpeg";
  if (data.startsWith("R0lGOD")) return "image/gif";
  return /^UklGR.{6}XRUJQ/u.test(data.slice(0, 16)) ? "image/webp" : null;
}

/** By the first bytes; by default MP3, which all vendors take. */
export function audioType(data: string): string {
  if (data.startsWith("UklGR")) return "audio/wav";
  if (data.startsWith("ZkxhQ")) return "audio/flac";
  return data.startsWith("T2dnUw") ? "audio/ogg" : "audio/mpeg";
}

/** An image's type comes from its bytes: clients use older names (`image/x-png`, `image/pjpeg`) or the wrong type. */
export function typeByBytes(mediaType: string, data: string): string {
  return (/^image\//iu.test(mediaType) ? imageType(data) : null) ?? registeredType(mediaType);
}

/** Whether an image can keep its type name and its encoding if only these types are accepted. */
export function isPlainImage(mediaType: string, data: string, types: readonly string[]): boolean {
  return types.includes(mediaType) && typeByBytes(mediaType, data) === mediaType && plainBase64(data) === data;
}

/** The text's UTF-8 bytes, in base64. */
export function textToBase64(text: string): string {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** The text of these UTF-8 bytes; null if it is not base64 or not UTF-8. */
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

/** Clients use two names for some types; vendors take only the registered one. */
export function registeredType(mediaType: string): string {
  return mediaType.toLowerCase() === "image/jpg" ? "image/jpeg" : mediaType;
}
