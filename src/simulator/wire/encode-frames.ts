// Frames as text on the wire: Server-Sent Events or a JSON array, with the framing faults that a correct reader must
// accept.
import type { FaultScript } from "../faults/fault-script.ts";
import { TokenThreshold } from "../faults/frame-faults.ts";
import type { Random } from "../random.ts";
import type { Dialect, Frame, Framing } from "../vocabulary.ts";
import { encodeBinaryMessage } from "./binary-message.ts";

/** A piece of the body that belongs together: usually one event. */
export interface Piece {
  readonly content: string | Uint8Array;
  readonly part: Frame["part"];
  readonly tokens: number;
}

export interface EncodingContext {
  readonly dialect: Dialect;
  readonly framing: Framing;
  readonly random: Random;
  readonly script: FaultScript | undefined;
}

export function encodeFrames(frames: Iterable<Frame>, context: EncodingContext): Iterable<Piece> {
  const pieces = encoders[context.framing](frames, context);
  return context.script?.fault === "coalesced" ? coalesce(pieces, context.script.events ?? 5) : pieces;
}

const encoders: Readonly<Record<Framing, (frames: Iterable<Frame>, context: EncodingContext) => Iterable<Piece>>> = {
  sse: encodeEvents,
  "json-array": encodeArray,
  "aws-event-stream": encodeMessages,
};

/** Binary frames have no comments, line ends or blank lines. */
function* encodeMessages(frames: Iterable<Frame>, context: EncodingContext): Generator<Piece> {
  const print = printer(context);
  for (const frame of frames) {
    const message = context.dialect.wrapFrame?.(frame, print(frame));
    if (message === undefined) throw new Error(`${context.dialect.vendor} has no binary frames`);
    yield { content: encodeBinaryMessage(message), part: frame.part, tokens: frame.tokens };
  }
}

function* encodeEvents(frames: Iterable<Frame>, context: EncodingContext): Generator<Piece> {
  const { dialect, script } = context;
  const fault = script?.fault;
  const other = dialect.newline === "\n" ? "\r\n" : "\n";
  const newline = fault === "crlf" ? other : dialect.newline;
  const prefix = fault === "no-space-after-data" ? "data:" : "data: ";
  const print = printer(context);
  const isUnterminated = fault === "no-done";
  let heldPiece: (Piece & { readonly content: string }) | undefined;
  for (const frame of frames) {
    if (heldPiece !== undefined) yield heldPiece;
    const comment = fault === "comments" ? `: keep-alive${newline}${newline}${newline}:${newline}` : "";
    const event = frame.event === undefined ? "" : `event: ${frame.event}${newline}`;
    const json = frame.bare === true ? dialect.printDocument(asDocument(frame)) : print(frame);
    const body = frame.bare === true ? `${json}${newline}` : `${event}${prefix}${json}${newline}${newline}`;
    heldPiece = { content: comment + body, part: frame.part, tokens: frame.tokens };
    if (!isUnterminated) {
      yield heldPiece;
      heldPiece = undefined;
    }
  }
  // a vendor without an end marker can only leave out its last blank line
  if (heldPiece !== undefined)
    yield !dialect.hasEndMarker ? { ...heldPiece, content: heldPiece.content.slice(0, -newline.length) } : heldPiece;
}

function* encodeArray(frames: Iterable<Frame>, { dialect, script }: EncodingContext): Generator<Piece> {
  let before = "[";
  for (const frame of frames) {
    yield { content: before + dialect.printDocument(asDocument(frame)), part: frame.part, tokens: frame.tokens };
    before = ",\r\n";
  }
  if (script?.fault === "no-done" || script?.fault === "clean-end-without-finish") return;
  yield { content: before === "[" ? "[]" : "]", part: "end", tokens: 0 };
}

function asDocument({ data }: Frame): Exclude<Frame["data"], string> {
  return typeof data === "string" ? {} : data;
}

/** Prints the data of a frame, with the faults inside one event. */
function printer({ dialect, random, script }: EncodingContext): (frame: Frame) => string {
  const plain = ({ data }: Frame): string => (typeof data === "string" ? data : dialect.printFrame(data, random));
  if (script?.fault !== "malformed-event" && script?.fault !== "huge-event") return plain;
  const threshold = new TokenThreshold(script.fault === "malformed-event" ? (script.afterTokens ?? 3) : 1);
  let isDone = false;
  return (frame) => {
    const json = plain(frame);
    if (isDone || !threshold.isReachedBefore(frame)) return json;
    isDone = true;
    return script.fault === "malformed-event" ? brokenJson(json) : hugeJson(json, script.bytes ?? 1_048_576);
  };
}

/** A JSON text without its end. */
export function brokenJson(json: string): string {
  return json.slice(0, Math.max(1, Math.floor(json.length * 0.6)));
}

/** The same JSON with so many bytes: whitespace before its last brace. */
export function hugeJson(json: string, bytes: number): string {
  const missing = bytes - Buffer.byteLength(json);
  const end = json.trimEnd();
  return missing <= 0 ? json : `${end.slice(0, -1)}${" ".repeat(missing)}${end.slice(-1)}`;
}

function* coalesce(pieces: Iterable<Piece>, events: number): Generator<Piece> {
  let group: Piece[] = [];
  const joined = (): Piece => ({
    content: joinContents(group.map(({ content }) => content)),
    part: group.at(-1)?.part ?? "text",
    tokens: group.reduce((sum, piece) => sum + piece.tokens, 0),
  });
  for (const piece of pieces) {
    group.push(piece);
    if (group.length < events) continue;
    yield joined();
    group = [];
  }
  if (group.length > 0) yield joined();
}

/** As bytes, if one of them is bytes. */
export function joinContents(contents: readonly (string | Uint8Array)[]): string | Uint8Array {
  if (contents.every((content) => typeof content === "string")) return contents.join("");
  return Buffer.concat(contents.map((content) => (typeof content === "string" ? Buffer.from(content) : content)));
}
