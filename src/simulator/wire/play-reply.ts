// Plays a reply to the client: at the vendor's pace, with the faults in time and in the transport. Without pace and
// fault a whole stream goes out at once, without timers.
import { setImmediate as nextTurn } from "node:timers/promises";

import type { FaultScript, PlayedFault } from "../faults/fault-script.ts";
import { TokenThreshold } from "../faults/frame-faults.ts";
import type { Random } from "../random.ts";
import type { BytesReply, Dialect, DocumentReply, Pace, Reply, StreamReply } from "../vocabulary.ts";
import { brokenJson, encodeFrames, hugeJson, type Piece } from "./encode-frames.ts";
import type { BodyFraming, Exchange } from "./exchange.ts";
import { sendWholeBody } from "./send-whole-body.ts";

export interface PlayContext {
  readonly dialect: Dialect;
  readonly random: Random;
  readonly pace: Pace;
  readonly played: PlayedFault | undefined;
}

/** Settles when the answer is over, in any way. */
export async function playReply(exchange: Exchange, reply: Reply, context: PlayContext): Promise<void> {
  if (!(await waitForHead(exchange, reply, context))) return;
  const script = context.played?.script;
  const pieces = reply.kind === "stream" ? piecesOfStream(reply, context) : piecesOfDocument(reply, context);
  if (script !== undefined && (await sendWholeBody(exchange, { head: reply.head, pieces, script }))) return;
  exchange.sendHead(reply.head, framingOf(reply, pieces));
  if (script?.fault === "reset-after-headers") {
    if (await exchange.sleep(script.delayMs ?? 5)) exchange.reset();
    return;
  }
  if (script?.fault === "slow-first-token" && !(await exchange.sleep(script.delayMs ?? 1000))) return;
  const generates = reply.kind === "stream" || reply.tokens > 0;
  if (script === undefined && context.pace.tokensPerSecond === 0) await playAtOnce(exchange, pieces, generates);
  else await playPaced(exchange, pieces, { ...context, generates });
}

/** Bytes with their length, at the client's pace. */
export async function playBytes(exchange: Exchange, { head, body }: BytesReply): Promise<void> {
  exchange.sendHead(head, { announced: body.length });
  if (await exchange.send(body)) exchange.finish();
}

async function waitForHead(exchange: Exchange, reply: Reply, { pace, played }: PlayContext): Promise<boolean> {
  const fault = played?.script.fault;
  const extra = fault === "slow-headers" || fault === "slow-ramp" ? (played?.delayMs ?? 0) : 0;
  const generates = reply.kind === "stream" || reply.tokens > 0;
  const whole =
    reply.kind === "document" && pace.tokensPerSecond > 0 ? (reply.tokens / pace.tokensPerSecond) * 1000 : 0;
  const delay = extra + (generates ? pace.firstTokenMs : 0) + whole;
  return delay === 0 ? !exchange.over : exchange.sleep(delay);
}

/** Answers come in chunks like the real ones; errors with their length. */
function framingOf(reply: Reply, pieces: Iterable<Piece>): BodyFraming {
  if (reply.kind === "stream" || reply.head.status === 200) return "chunked";
  let announced = 0;
  for (const { content } of pieces) announced += Buffer.byteLength(content);
  return { announced };
}

function piecesOfStream(reply: StreamReply, { dialect, random, played }: PlayContext): Iterable<Piece> {
  return encodeFrames(reply.frames, { dialect, framing: reply.framing, random, script: played?.script });
}

function piecesOfDocument({ body, tokens }: DocumentReply, { dialect, played }: PlayContext): Piece[] {
  const script = played?.script;
  const text = typeof body === "string" ? body : dialect.printDocument(body as Record<string, unknown>);
  switch (script?.fault) {
    case "malformed-event":
    case "clean-end-without-finish":
      return [{ content: brokenJson(text), part: "text", tokens }];
    case "huge-event":
      return [{ content: hugeJson(text, script.bytes ?? 1_048_576), part: "text", tokens }];
    case "drip":
      return inSlices(text, 16, tokens);
    case "stall-mid-stream":
    case "fin-without-terminator":
      return inSlices(text, Math.max(1, text.length >> 1), (script.afterTokens ?? 3) * 2);
    default:
      return [{ content: text, part: "text", tokens }];
  }
}

function inSlices(text: string, size: number, tokens: number): Piece[] {
  const count = Math.ceil(text.length / size);
  return Array.from({ length: count }, (_, index) => ({
    content: text.slice(index * size, (index + 1) * size),
    part: "text",
    tokens: tokens / count,
  }));
}

const batchLength = 16_384;

/** No pace, no fault: as few writes as the answer's length allows. */
async function playAtOnce(exchange: Exchange, pieces: Iterable<Piece>, generates: boolean): Promise<void> {
  let batch: Piece[] = [];
  let length = 0;
  let hasBegun = !generates;
  for (const piece of pieces) {
    batch.push(piece);
    length += piece.content.length;
    if (length < batchLength) continue;
    const sent = exchange.sendPieces(batch.map(({ content }) => content));
    if (!hasBegun) exchange.note("first-token");
    [batch, length, hasBegun] = [[], 0, true];
    if (sent !== true && !(await sent)) return;
  }
  const sent = exchange.sendPieces(batch.map(({ content }) => content));
  if (!hasBegun) exchange.note("first-token");
  if (sent !== true && !(await sent)) return;
  exchange.finish();
}

async function playPaced(
  exchange: Exchange,
  pieces: Iterable<Piece>,
  context: PlayContext & { readonly generates: boolean },
): Promise<void> {
  const { pace } = context;
  const script = context.played?.script;
  const breaking = breakOf(script);
  const threshold = new TokenThreshold(breaking === null ? Number.POSITIVE_INFINITY : (breaking.afterTokens ?? 3));
  const start = performance.now();
  let due = 0;
  let hasBegun = !context.generates;
  let isBroken = false;
  for (const piece of pieces) {
    if (breaking !== null && !isBroken && threshold.isReachedBefore(piece)) {
      isBroken = true;
      if (!(await playBreak(exchange, piece, breaking))) return;
    }
    if (!(await waitForTurn(exchange, script))) return;
    const sent = sendPiece(exchange, piece, script);
    if (!hasBegun && isContent(piece)) {
      hasBegun = true;
      exchange.note("first-token");
    }
    if (sent !== true && !(await sent)) return;
    if (isCommentedAfter(piece, script)) return commentOn(exchange, script);
    if (pace.tokensPerSecond === 0 || piece.tokens === 0) continue;
    due += (piece.tokens / pace.tokensPerSecond) * 1000;
    if (!(await exchange.sleep(start + due - performance.now()))) return;
  }
  exchange.finish();
}

function waitForTurn(exchange: Exchange, script: FaultScript | undefined): boolean | Promise<boolean> {
  return script?.fault !== "drip" || exchange.sleep(script.everyMs ?? 50);
}

function isCommentedAfter({ part }: Piece, script: FaultScript | undefined): boolean {
  return script?.fault === "comments-after-finish" && part === "finish";
}

/** Comments until the client leaves. */
async function commentOn(
  exchange: Exchange,
  { everyMs = 500 }: FaultScript = { fault: "comments-after-finish" },
): Promise<void> {
  while (await exchange.sleep(everyMs)) if (!(await exchange.send(": keep-alive\n\n"))) return;
}

/** The script, if its fault stops the stream in the middle. */
function breakOf(script: FaultScript | undefined): FaultScript | null {
  return script?.fault === "stall-mid-stream" || script?.fault === "fin-without-terminator" ? script : null;
}

function sendPiece(exchange: Exchange, piece: Piece, script: FaultScript | undefined): boolean | Promise<boolean> {
  if (script?.fault === "split-bytes") return sendInBytes(exchange, piece.content, script.every ?? 1);
  return exchange.send(piece.content);
}

function isContent({ part }: Piece): boolean {
  return part !== "open" && part !== "ping";
}

/** True if the answer continues after it. */
async function playBreak(exchange: Exchange, piece: Piece, script: FaultScript): Promise<boolean> {
  if (script.fault === "fin-without-terminator") {
    exchange.sendHalfChunk(piece.content);
    exchange.cut();
    return false;
  }
  if (script.stallMs !== undefined) return exchange.sleep(script.stallMs);
  await exchange.hang();
  return false;
}

/** Each write waits for the next turn, so that the reader gets separate pieces. */
async function sendInBytes(exchange: Exchange, content: string | Uint8Array, every: number): Promise<boolean> {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  for (let at = 0; at < bytes.length; at += every) {
    if (!(await exchange.send(bytes.subarray(at, at + every)))) return false;
    await nextTurn();
  }
  return true;
}
