// Writes a reply to node:http: whole bodies in one write with their length, streams with one write per piece, never
// faster than the client reads. A stream that breaks off after its headers were sent ends in a destroyed socket: a
// clean end would look like a complete answer.
import { viewBytes } from "../domain/view-bytes.ts";
import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Reply } from "../core/exchange.ts";
import { BrokenAnswer } from "../core/failure.ts";
import type { Source } from "../core/transport.ts";

const NO_BODY = new Set([204, 205, 304]);

/** Writes a reply with a whole body; for a HEAD request only the headers. */
export function writeWholeReply(response: ServerResponse, reply: Reply, body: Uint8Array | string | null): void {
  const { status, headers } = reply;
  if (NO_BODY.has(status)) {
    delete headers["content-length"];
    response.writeHead(status, headers).end();
    return;
  }
  const length = body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
  headers["content-length"] = String(length);
  response.writeHead(status, headers);
  if (length === 0 || response.req.method === "HEAD") response.end();
  else if (body instanceof Uint8Array && length <= SMALL) response.end(latin1(body), "latin1");
  else response.end(body);
}

/** Up to this many bytes go out as a latin1 string: Node then joins them with the headers in one plain write. */
const SMALL = 4 * 1024;

function latin1(bytes: Uint8Array): string {
  return viewBytes(bytes).toString("latin1");
}

/** How a stream ended. `failed` carries the source's error. */
export type StreamEnding =
  | { readonly kind: "whole" }
  | { readonly kind: "client-left" }
  /** Its error was written; the connection must not end cleanly. */
  | { readonly kind: "broken" }
  /** If the headers were not sent, another reply is still possible. */
  | { readonly kind: "failed"; readonly headSent: boolean; readonly error: unknown };

const WHOLE: StreamEnding = { kind: "whole" };
const CLIENT_LEFT: StreamEnding = { kind: "client-left" };
const BROKEN: StreamEnding = { kind: "broken" };

/**
 * Pulls `source` into the response. The headers travel with the first piece if that comes at once, otherwise alone.
 * Never rejects.
 */
export async function writeReplyStream(
  response: ServerResponse,
  reply: Reply,
  source: Source<Uint8Array | string>,
): Promise<StreamEnding> {
  const late = setImmediate(sendHead, response, reply);
  const { silence } = reply;
  // Also until the first piece: content may have come that this client cannot get yet, like half of a call.
  silence?.attach((sign) => writeSign(response, reply, sign));
  silence?.waits();
  try {
    let piece = await source.next();
    silence?.recordSign();
    clearImmediate(late);
    if (response.destroyed) return CLIENT_LEFT;
    const { write, keepsUp } = writeFirst(response, reply, piece);
    if (!keepsUp) await drained(response);
    silence?.attach(write);
    while (piece !== null) {
      silence?.waits();
      piece = await source.next();
      silence?.recordSign();
      if (response.destroyed) return CLIENT_LEFT;
      if (piece !== null && !write(piece)) await drained(response);
    }
    if (response.destroyed) return CLIENT_LEFT;
    response.end();
    return WHOLE;
  } catch (error) {
    clearImmediate(late);
    if (response.destroyed) return CLIENT_LEFT;
    if (error instanceof BrokenAnswer) return BROKEN;
    return { kind: "failed", headSent: response.headersSent, error };
  } finally {
    silence?.end();
  }
}

function writeSign(response: ServerResponse, reply: Reply, sign: string): void {
  if (!response.destroyed) writeFirst(response, reply, sign);
}

/** Writes one piece; false if the client is slow. */
type WritePiece = (piece: Uint8Array | string) => boolean;

/** The headers and the first piece in one system call, and the writer of all further pieces. */
function writeFirst(
  response: ServerResponse,
  reply: Reply,
  piece: Uint8Array | string | null,
): { readonly write: WritePiece; readonly keepsUp: boolean } {
  const { socket } = response;
  socket?.cork();
  try {
    sendHead(response, reply);
    const write = chooseWriter(response);
    return { write, keepsUp: piece === null || write(piece) };
  } finally {
    socket?.uncork();
  }
}

function sendHead(response: ServerResponse, reply: Reply): void {
  if (response.destroyed || response.headersSent) return;
  response.writeHead(reply.status, reply.headers);
  response.flushHeaders();
}

/**
 * One writer for all pieces of an answer. Node's `write` may hold a piece back inside the message, so that a later
 * piece written directly to the socket would overtake it.
 */
function chooseWriter(response: ServerResponse): WritePiece {
  const { socket } = response;
  // Without a socket, the answer waits for an earlier request's.
  if (response.chunkedEncoding && socket !== null) return (piece) => writeChunk(socket, piece);
  return (piece) => piece.length === 0 || response.write(piece);
}

/** Above this, copying a piece costs more than a gathered write. */
const LARGE = 16 * 1024;

/**
 * Node frames a chunk as four writes in one system call; framed here, a chunk is one write, which saves a fifth of the
 * cost of a streamed event.
 */
function writeChunk(socket: Socket, piece: Uint8Array | string): boolean {
  if (piece.length === 0) return true;
  if (typeof piece === "string") return socket.write(`${Buffer.byteLength(piece).toString(16)}\r\n${piece}\r\n`);
  const size = `${piece.byteLength.toString(16)}\r\n`;
  // As a latin1 string: framing bytes would allocate a slab of memory that lives longer.
  if (piece.byteLength <= LARGE) return socket.write(`${size}${latin1(piece)}\r\n`, "latin1");
  socket.cork();
  socket.write(size, "latin1");
  socket.write(piece);
  const keepsUp = socket.write("\r\n", "latin1");
  socket.uncork();
  return keepsUp;
}

/** Resolves when the client has caught up, or has left. */
function drained(response: ServerResponse): Promise<void> {
  const { socket } = response;
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      socket?.off("drain", settle);
      resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
    socket?.on("drain", settle);
  });
}
