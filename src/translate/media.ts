// Downloads images, sounds and documents that a target takes as bytes only, and puts them into the request. The address
// comes from a stranger: only public hosts, one request, no redirect, a maximum size, and the type comes from the bytes,
// not from the header.
import { childOf } from "../domain/cancellation.ts";
import { readAll } from "../domain/read-all.ts";
import type { ChatRequest, FilePart, ImagePart, Message, Part } from "../core/chat.ts";
import type { Clock } from "../core/clock.ts";
import type { Asking, Call } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { isTextual, mediaTypeOf } from "./media-type.ts";
import { type Cancellation, TransportFailure, type Transport } from "../core/transport.ts";

export interface MediaParts {
  readonly transport: Transport;
  readonly clock: Clock;
}

const MOST_BYTES = 20 * 1024 * 1024;
/** The most bytes of a request's media: they stay in memory until it is sent. */
const MOST_TOGETHER = 64 * 1024 * 1024;
const MOST_MEDIA = 32;
/** The time limit of one medium, in milliseconds. */
const LONGEST = 10_000;

/** An image or a file in a conversation. */
type Medium = ImagePart | FilePart;
/** Whether the target takes it as bytes only. */
export type NeedsBytes = (part: Medium) => boolean;
export type InlineMedia = (
  request: ChatRequest,
  asking: Asking,
  needsBytes: NeedsBytes,
) => Promise<ChatRequest> | ChatRequest;

interface Bytes {
  readonly mediaType: string;
  readonly data: string;
}
/** By the kind of medium and its URL. */
type Downloads = ReadonlyMap<string, Bytes>;

/** Throws GatewayFailure(`unsupported`) if one cannot be downloaded: another target may be able to fetch it. */
export function inlineMedia(parts: MediaParts): InlineMedia {
  // The next attempt of the same call uses the downloads again.
  const mediaByCall = new WeakMap<Call, Map<string, Bytes>>();
  return (request, asking, needsBytes) => {
    let media: Map<string, Medium> | null = null;
    const collect = (part: Medium): void => {
      if (part.source.kind === "url" && needsBytes(part)) (media ??= new Map()).set(keyOf(part, part.source.url), part);
    };
    for (const message of request.messages) eachMedium(message.parts, collect);
    // Almost every request: no promise.
    return media === null ? request : download(request, asking, media);
  };

  async function download(
    request: ChatRequest,
    asking: Asking,
    media: ReadonlyMap<string, Medium>,
  ): Promise<ChatRequest> {
    if (media.size > MOST_MEDIA) throw unsupported(`the request has more than ${MOST_MEDIA} images and files by URL`);
    const downloads = mediaByCall.get(asking.call) ?? new Map<string, Bytes>();
    mediaByCall.set(asking.call, downloads);
    asking.onPreparing();
    await fetchAll(parts, { media, downloads, asking });
    asking.onPrepared();
    const ofTarget = new Map([...media.keys()].map((key) => [key, downloads.get(key)!] as const));
    return { ...request, messages: request.messages.map((message) => withMedia(message, ofTarget)) };
  }
}

/** An image must be one, a text must be one, and any other file may have any known type. */
function keyOf({ type, source }: Medium, url: string): string {
  const kind = type === "image" ? "image" : isTextual(source.mediaType) ? (source.mediaType ?? "") : "file";
  return `${kind} ${url}`;
}

interface Errand {
  readonly media: ReadonlyMap<string, Medium>;
  readonly downloads: Map<string, Bytes>;
  readonly asking: Asking;
}

/** The first failure cancels all downloads. */
async function fetchAll(parts: MediaParts, { media, downloads, asking }: Errand): Promise<void> {
  const { canceller, detach } = childOf(asking.cancellation);
  let remainingBytes = MOST_TOGETHER;
  try {
    await Promise.all(
      [...media].map(async ([key, part]) => {
        if (downloads.has(key)) return;
        const bytes = await fetchMedium(parts, part, canceller);
        remainingBytes -= bytes.data.length;
        if (remainingBytes < 0)
          throw unsupported(`the images and files of the request are larger than ${MOST_TOGETHER} bytes in total`);
        downloads.set(key, bytes);
      }),
    );
  } finally {
    detach();
    canceller.cancel();
  }
}

function eachMedium(parts: readonly Part[], collect: (part: Medium) => void): void {
  for (const part of parts) {
    if (part.type === "image" || part.type === "file") collect(part);
    if (part.type === "tool-result") eachMedium(part.parts, collect);
    // The replacement of a foreign block may contain media too.
    if (part.type === "foreign" && part.instead !== undefined) eachMedium(part.instead, collect);
  }
}

function withMedia(message: Message, downloads: Downloads): Message {
  return { ...message, parts: message.parts.map((part) => replace(part, downloads)) };
}

function replace(part: Part, downloads: Downloads): Part {
  if (part.type !== "tool-result") return replaceContent(part, downloads);
  return { ...part, parts: part.parts.map((inner) => replaceContent(inner, downloads)) };
}

function replaceContent<One extends Part>(part: One, downloads: Downloads): One {
  if (part.type === "image" || part.type === "file") return withBytes(part, downloads) as typeof part;
  if (part.type !== "foreign" || part.instead === undefined) return part;
  return { ...part, instead: part.instead.map((inner) => replaceContent(inner, downloads)) };
}

function withBytes(part: Medium, downloads: Downloads): Medium {
  const bytes = part.source.kind === "url" ? downloads.get(keyOf(part, part.source.url)) : undefined;
  return bytes ? { ...part, source: { kind: "data", ...bytes } } : part;
}

async function fetchMedium(parts: MediaParts, part: Medium, cancellation: Cancellation): Promise<Bytes> {
  const what = part.type === "image" ? "image" : "file";
  const url = readAddress(part.source.kind === "url" ? part.source.url : "", what);
  const { canceller, detach } = childOf(cancellation);
  const stop = parts.clock.after(LONGEST, () => canceller.cancel());
  try {
    const bytes = await download(parts, { url, what }, canceller);
    const mediaType = mediaTypeOf(bytes, part);
    if (mediaType === null) throw unsupported(unknownType(part, url));
    return { mediaType, data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64") };
  } catch (error) {
    if (error instanceof RangeError) throw unsupported(`the ${what} at ${url.host} is larger than ${MOST_BYTES} bytes`);
    if (!(error instanceof TransportFailure)) throw error;
    if (error.wire.code !== "cancelled")
      throw unsupported(`the ${what} at ${url.host} could not be fetched (${error.wire.code})`);
    if (cancellation.cancelled) throw error;
    throw unsupported(`the ${what} at ${url.host} did not arrive within ${LONGEST / 1000} s`);
  } finally {
    stop();
    detach();
  }
}

function unknownType({ type, source }: Medium, { host }: URL): string {
  if (type === "image") return `the image at ${host} is not a PNG, JPEG, GIF, WebP, HEIC or BMP image`;
  return `the file at ${host} is not a file of the type ${source.mediaType ?? "application/pdf"}, or of another known type`;
}

async function download(
  parts: MediaParts,
  { url, what }: { readonly url: URL; readonly what: "image" | "file" },
  cancellation: Cancellation,
): Promise<Uint8Array> {
  const response = await parts.transport.send({
    origin: url.origin,
    path: url.pathname + url.search,
    method: "GET",
    headers: { accept: what === "image" ? "image/*" : "*/*", "user-agent": "understudy-gateway" },
    body: null,
    guarded: true,
    cancellation,
    onSent: () => {},
  });
  if (response.status !== 200) {
    response.body.cancel();
    throw unsupported(`the ${what} at ${url.host} could not be fetched (status ${response.status})`);
  }
  return readAll(response.body, MOST_BYTES);
}

function readAddress(address: string, what: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (
    url === null ||
    (url.protocol !== "http:" && url.protocol !== "https:") ||
    url.username !== "" ||
    url.password !== ""
  ) {
    throw unsupported(
      `the URL of ${what === "image" ? "an image" : "a file"} must be an http or https URL without credentials, or a data URL`,
    );
  }
  return url;
}

function unsupported(message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "unsupported", status: 400, param: "messages" });
}
