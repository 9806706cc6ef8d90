// Amazon's event stream: binary frames with two checksums each (docs.aws.amazon.com/AmazonS3/latest/API, "Appendix: event
// stream encoding"), as frames and bytes of server-sent events, so that all later code reads one form. It takes bytes
// sliced anywhere, copies each a few times at most, and never holds more than one unfinished frame. Amazon's own library
// checks and reads a frame; it is loaded with the first such stream.
import type { EventStreamCodec, Message } from "@smithy/eventstream-codec";
import type { WireFailure } from "../core/failure.ts";
import type { FailureCodec } from "../core/protocol.ts";
import { ByteCollector } from "../domain/byte-collector.ts";
import { holdsLongInteger } from "../domain/long-integer.ts";
import { MOST_ANSWER } from "../domain/read-all.ts";
import { asServiceException } from "../domain/service-exception.ts";
import type { FrameBatch, PlacedFrame, SseParser } from "../domain/sse.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import { plainFailure } from "./failures.ts";

/** The media type of such an answer. */
export const eventStreamType = "application/vnd.amazon.eventstream";

/** Lengths and checksums of a frame without headers and payload. */
const SHORTEST = 16;
const LENGTH_BYTES = 4;
const NOTHING = Buffer.alloc(0);

/** The parser, or why there is none. `codec`: of the target's protocol, for errors. `limit`: the most bytes of one frame. */
export async function openEventStreamParser(
  codec: Pick<FailureCodec, "decode">,
  limit: number = MOST_ANSWER,
): Promise<SseParser | WireFailure> {
  try {
    const { EventStreamCodec } = await import("@smithy/eventstream-codec");
    return new Parser({ frames: new EventStreamCodec(textOf, (text) => Buffer.from(text)), errors: codec }, limit);
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    const remedy = "npm install @smithy/eventstream-codec";
    return plainFailure("malformed", `Amazon's streams need the package @smithy/eventstream-codec: ${remedy}`);
  }
}

function textOf(bytes: Uint8Array): string {
  return viewBytes(bytes).toString("utf8");
}

interface Codecs {
  readonly frames: EventStreamCodec;
  readonly errors: Pick<FailureCodec, "decode">;
}

class Parser implements SseParser {
  readonly #codecs: Codecs;
  readonly #limit: number;
  /** The bytes of the unfinished frame. */
  #collector = new ByteCollector();
  /** The bytes that complete it, or its length. */
  #needed = LENGTH_BYTES;

  constructor(codecs: Codecs, limit: number) {
    this.#codecs = codecs;
    this.#limit = limit;
  }

  push(chunk: Uint8Array): FrameBatch {
    // A copy: the caller's chunk must not change while it waits here.
    this.#collector.add(Buffer.from(chunk));
    if (this.#collector.size < this.#needed) return batchOf([], null);
    const bytes = viewBytes(this.#collector.bytes());
    const events: NamedEvent[] = [];
    let failure: WireFailure | null = null;
    let at = 0;
    while (failure === null && bytes.length - at >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(at);
      if (length > this.#limit) throw new RangeError(`a stream event is larger than ${this.#limit} bytes`);
      if (bytes.length - at < Math.max(length, SHORTEST)) break;
      const result = this.#read(bytes.subarray(at, at + length));
      if (result === null || !("verdict" in result)) events.push(...(result === null ? [] : [result]));
      else failure = result;
      at += length;
    }
    this.#keep(bytes.subarray(at));
    return batchOf(events, failure);
  }

  end(): FrameBatch {
    const isCut = this.#collector.size > 0;
    this.#keep(NOTHING);
    return batchOf([], isCut ? plainFailure("cut", "the stream ended inside an event") : null);
  }

  #keep(rest: Buffer): void {
    this.#collector = new ByteCollector();
    this.#collector.add(rest);
    this.#needed = rest.length < LENGTH_BYTES ? LENGTH_BYTES : Math.max(rest.readUInt32BE(0), SHORTEST);
  }

  /** Null: a frame that says nothing. */
  #read(frame: Buffer): NamedEvent | WireFailure | null {
    let message: Message;
    try {
      message = this.#codecs.frames.decode(frame);
    } catch (error) {
      const reason = error instanceof Error ? error.message : "unknown error";
      return plainFailure("malformed", `a frame of the stream cannot be read: ${reason}`);
    }
    const header = (name: string): string => String(message.headers[name]?.value ?? "");
    switch (header(":message-type")) {
      case "event":
        return eventOf(header(":event-type"), message.body);
      case "exception":
        return this.#exception(header(":exception-type"), textOf(message.body));
      case "error":
        return this.#exception(header(":error-code"), JSON.stringify({ message: header(":error-message") }));
      default:
        return null;
    }
  }

  /** `throttlingException` and its message: as if it were an answer of its own, without the status. */
  #exception(name: string, text: string): WireFailure {
    const status = /^validation/iu.test(name) ? 400 : 500;
    return { ...asServiceException(this.#codecs.errors.decode(status, {}, text), name), status: null };
  }
}

interface NamedEvent {
  readonly event: string;
  readonly data: string;
  readonly isLong: boolean;
}

/** A `chunk` has the event of the model's own protocol inside it; other events are the service's. */
function eventOf(type: string, body: Uint8Array): NamedEvent | WireFailure | null {
  const text = textOf(body);
  if (type !== "chunk") return { event: type, data: text, isLong: isLong(body) };
  const base64 = memberOf(text, "bytes");
  if (base64 === null) return plainFailure("malformed", "a chunk of the stream has no bytes");
  const inner = Buffer.from(base64, "base64");
  const data = inner.toString("utf8");
  // The model's own name of the event is its first member; a frame without one only keeps the connection open.
  const event = /^\s*\{\s*"type"\s*:\s*"(\w+)"/u.exec(data)?.[1] ?? memberOf(data, "type");
  return event === null ? null : { event, data, isLong: isLong(inner) };
}

function isLong(bytes: Uint8Array): boolean {
  return holdsLongInteger(viewBytes(bytes), 0, bytes.byteLength);
}

/** A text member of a JSON object; null if there is none. */
function memberOf(text: string, name: string): string | null {
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[name];
    return typeof value === "string" ? value : null;
  } catch {
    return null;
  }
}

/** The events as server-sent events, in one buffer. */
function batchOf(events: readonly NamedEvent[], failure: WireFailure | null): FrameBatch {
  const frames: PlacedFrame[] = [];
  let text = "";
  let at = 0;
  for (const { event, data, isLong: long } of events) {
    const lines = `event: ${event}\ndata: ${data.replaceAll(/\r\n|\r|\n/gu, "\ndata: ")}\n\n`;
    const end = at + Buffer.byteLength(lines);
    frames.push({ event, data, isLong: long, start: at, end });
    text += lines;
    at = end;
  }
  const bytes = text === "" ? NOTHING : Buffer.from(text);
  return failure === null ? { frames, bytes, aside: null } : { frames, bytes, aside: null, failure };
}
