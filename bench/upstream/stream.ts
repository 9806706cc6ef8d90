// A vendor that only streams: a raw TCP server that sends prepared events over thousands of connections from one timer.
// It must stay cheap, since it shares a core with the load; it understands only the HTTP of the rig's servers. Usage:
// stream.ts [--events 100] [--interval 20]; it prints `listening PORT`.
import { createServer, type AddressInfo, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { anthropicFrames, geminiFrames, openAiFrames, responsesFrames, type StreamFrames } from "./frames.ts";

/** An open stream: its frames, and how many were sent. */
interface Sending {
  readonly socket: Socket;
  readonly frames: StreamFrames;
  next: number;
}

const { values } = parseArgs({
  options: { events: { type: "string", default: "100" }, interval: { type: "string", default: "20" } },
});
const openAi = openAiFrames(Number(values.events));
const gemini = geminiFrames(Number(values.events));
const anthropic = anthropicFrames(Number(values.events));
const responses = responsesFrames(Number(values.events));
const interval = Number(values.interval);

// A wheel of slots turns once per interval, so streams keep their phase instead of all firing at once.
const slotCount = 20;
const slotMilliseconds = interval / slotCount;
const slots: Set<Sending>[] = Array.from({ length: slotCount }, () => new Set());
const started = performance.now();
let turned = 0;

function turn(): void {
  const due = Math.floor((performance.now() - started) / slotMilliseconds);
  for (; turned < due; turned++) {
    const slot = slots[turned % slotCount]!;
    for (const sending of slot) if (!sendNext(sending)) slot.delete(sending);
  }
}

function sendNext(sending: Sending): boolean {
  const event = sending.frames.events[sending.next];
  if (event === undefined || sending.socket.destroyed) return false;
  sending.next += 1;
  sending.socket.write(event);
  return sending.next < sending.frames.events.length;
}

function begin(socket: Socket, frames: StreamFrames): void {
  const sending: Sending = { socket, frames, next: 1 };
  socket.write(Buffer.concat([frames.head, frames.events[0]!]));
  if (frames.events.length > 1) slots[turned % slotCount]!.add(sending);
}

/** The length of a whole request at the start of `bytes`, or 0 while it is incomplete. */
function requestLength(bytes: Buffer): number {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return 0;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  if (head.includes("transfer-encoding: chunked")) {
    const bodyEnd = bytes.indexOf("0\r\n\r\n", headEnd + 4);
    return bodyEnd < 0 ? 0 : bodyEnd + 5;
  }
  const whole = headEnd + 4 + Number(/content-length: *(\d+)/.exec(head)?.[1] ?? 0);
  return bytes.length >= whole ? whole : 0;
}

function framesFor(request: Buffer): StreamFrames | undefined {
  const path = request.toString("latin1", 0, request.indexOf("\r\n")).split(" ")[1] ?? "";
  if (path.endsWith("/chat/completions")) return openAi;
  if (path.endsWith("/messages")) return anthropic;
  if (path.endsWith("/responses")) return responses;
  return path.includes(":streamGenerateContent") ? gemini : undefined;
}

const server = createServer({ noDelay: true }, (socket) => {
  let pending: Buffer = Buffer.alloc(0);
  socket.on("error", () => socket.destroy());
  socket.on("data", (bytes: Buffer) => {
    pending = pending.length === 0 ? bytes : Buffer.concat([pending, bytes]);
    const length = requestLength(pending);
    if (length === 0) return;
    const frames = framesFor(pending);
    pending = pending.subarray(length);
    if (frames === undefined) socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    else begin(socket, frames);
  });
});

setInterval(turn, Math.max(1, slotMilliseconds));
server.listen({ port: 0, host: "127.0.0.1", backlog: 4_096 }, () => {
  console.log(`listening ${(server.address() as AddressInfo).port}`);
});
