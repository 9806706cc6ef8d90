// Downloads images that a target cannot fetch, and puts them into the request. The address comes from a stranger: only
// public hosts, one request, no redirect, a maximum size, and the type comes from the bytes, not from the header.
import { childOf } from "../domain/cancellation.ts";
import { readAll } from "../domain/read-all.ts";
import type { ChatRequest, ImagePart, Message, Part } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Asking, Call } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { type Cancellation, TransportFailure, type Transport } from "../core/transport.ts";

export interface MediaParts {
  readonly transport: Transport;
  readonly clock: Clock;
}

const MOST_BYTES = 20 * 1024 * 1024;
/** The most bytes of a request's images: they stay in memory until it is sent. */
const MOST_TOGETHER = 64 * 1024 * 1024;
const MOST_IMAGES = 32;
/** The time limit of one image, in milliseconds. */
const LONGEST = 10_000;

interface Media {
  readonly mediaType: string;
  readonly data: string;
}
type Fetched = ReadonlyMap<string, Media>;

/** Throws GatewayFailure(`unsupported`) if an image cannot be downloaded: another target may be able to fetch it. */
export function inlineMedia(parts: MediaParts): (request: ChatRequest, asking: Asking) => Promise<ChatRequest> {
  // The next attempt of the same call uses the downloads again.
  const mediaByCall = new WeakMap<Call, Map<string, Media>>();
  return async (request, asking) => {
    const urls = new Set<string>();
    for (const message of request.messages) collect(message.parts, urls);
    if (urls.size === 0) return request;
    if (urls.size > MOST_IMAGES) throw unsupported(`the request has more than ${MOST_IMAGES} images by URL`);
    const fetched = mediaByCall.get(asking.call) ?? new Map<string, Media>();
    mediaByCall.set(asking.call, fetched);
    asking.onPreparing();
    await fetchAll(parts, { urls, fetched, asking });
    asking.onPrepared();
    return { ...request, messages: request.messages.map((message) => withMedia(message, fetched)) };
  };
}

interface Errand {
  readonly urls: ReadonlySet<string>;
  readonly fetched: Map<string, Media>;
  readonly asking: Asking;
}

/** The first failed image cancels all downloads. */
async function fetchAll(parts: MediaParts, { urls, fetched, asking }: Errand): Promise<void> {
  const { canceller, detach } = childOf(asking.cancellation);
  let remainingBytes = MOST_TOGETHER;
  try {
    await Promise.all(
      [...urls].map(async (url) => {
        if (fetched.has(url)) return;
        const media = await fetchImage(parts, url, canceller);
        remainingBytes -= media.data.length;
        if (remainingBytes < 0)
          throw unsupported(`the images of the request are larger than ${MOST_TOGETHER} bytes in total`);
        fetched.set(url, media);
      }),
    );
  } finally {
    detach();
    canceller.cancel();
  }
}

function collect(parts: readonly Part[], urls: Set<string>): void {
  for (const part of parts) {
    if (part.type === "image" && part.source.kind === "url") urls.add(part.source.url);
    if (part.type === "tool-result") collect(part.parts, urls);
    // The replacement of a foreign block may contain images too.
    if (part.type === "foreign" && part.instead !== undefined) collect(part.instead, urls);
  }
}

function withMedia(message: Message, fetched: Fetched): Message {
  return { ...message, parts: message.parts.map((part) => replace(part, fetched)) };
}

function replace(part: Part, fetched: Fetched): Part {
  if (part.type !== "tool-result") return replaceContent(part, fetched);
  return { ...part, parts: part.parts.map((inner) => replaceContent(inner, fetched)) };
}

function replaceContent<One extends Part>(part: One, fetched: Fetched): One {
  if (part.type === "image") return replaceImage(part, fetched) as typeof part;
  if (part.type !== "foreign" || part.instead === undefined) return part;
  return { ...part, instead: part.instead.map((inner) => replaceContent(inner, fetched)) };
}

function replaceImage(part: ImagePart, fetched: Fetched): ImagePart {
  const media = part.source.kind === "url" ? fetched.get(part.source.url) : undefined;
  return media ? { ...part, source: { kind: "data", ...media } } : part;
}

async function fetchImage(parts: MediaParts, address: string, cancellation: Cancellation): Promise<Media> {
  const url = readAddress(address);
  const { canceller, detach } = childOf(cancellation);
  const stop = parts.clock.after(LONGEST, () => canceller.cancel());
  try {
    const bytes = await download(parts, url, canceller);
    const mediaType = sniff(bytes);
    if (mediaType === null)
      throw unsupported(`the image at ${url.host} is not a PNG, JPEG, GIF, WebP, HEIC or BMP image`);
    return { mediaType, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
  } catch (error) {
    if (error instanceof RangeError) throw unsupported(`the image at ${url.host} is larger than ${MOST_BYTES} bytes`);
    if (!(error instanceof TransportFailure)) throw error;
    if (error.wire.code !== "cancelled")
      throw unsupported(`the image at ${url.host} could not be fetched (${error.wire.code})`);
    if (cancellation.cancelled) throw error;
    throw unsupported(`the image at ${url.host} did not arrive within ${LONGEST / 1000} s`);
  } finally {
    stop();
    detach();
  }
}

async function download(parts: MediaParts, url: URL, cancellation: Cancellation): Promise<Uint8Array> {
  const response = await parts.transport.send({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "GET",
    headers: { accept: "image/*", "user-agent": "understudy-gateway" },
    body: null,
    guarded: true,
    cancellation,
    onSent: () => {},
  });
  if (response.status !== 200) {
    response.body.cancel();
    throw unsupported(`the image at ${url.host} could not be fetched (status ${response.status})`);
  }
  return readAll(response.body, MOST_BYTES);
}

function readAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (
    url === null ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.username !== "" ||
    url.password !== ""
  ) {
    throw unsupported("an image URL must be an http or https URL without credentials, or a data URL");
  }
  return url;
}

function sniff(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (/^....ftyp(heic|heix|mif1|hevc)/su.test(head)) return "image/heic";
  if (head.startsWith("BM")) return "image/bmp";
  return null;
}

function unsupported(message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "unsupported", status: 400, param: "messages" });
}
