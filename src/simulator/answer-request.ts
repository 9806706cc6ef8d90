// From one raw request to its answer: reads it like its vendor, opens the log entry, asks the fault book, and plays the
// reply. One per vendor.
import type { Socket } from "node:net";

import type { AnswerBook } from "./answers/answer-book.ts";
import type { FaultBook } from "./faults/fault-book.ts";
import type { FaultScript, PlayedFault } from "./faults/fault-script.ts";
import { applyFrameFault } from "./faults/frame-faults.ts";
import { inOtherForm, replacementFor, wishFor } from "./faults/reply-faults.ts";
import { loneSurrogateIn } from "./json-record.ts";
import type { LogBook, OpenLogEntry } from "./log-book.ts";
import type {
  BytesReply,
  Dialect,
  Pace,
  Reply,
  RequestTraits,
  SessionPlay,
  VendorRequest,
  World,
} from "./vocabulary.ts";
import type { ConnectionPlace } from "./wire/connection.ts";
import { Exchange } from "./wire/exchange.ts";
import { playBytes, playReply } from "./wire/play-reply.ts";
import { playSession } from "./wire/play-session.ts";
import type { RawRequest } from "./wire/request-parser.ts";

export interface VendorService {
  readonly dialect: Dialect;
  readonly world: World;
  readonly log: LogBook;
  readonly faults: FaultBook;
  readonly answers: AnswerBook;
  pace: Pace;
}

const keyHeaders: readonly string[] = ["authorization", "x-api-key", "x-goog-api-key", "api-key"];
const largestLoggedBody = 1_048_576;

/** Starts the answer; `done` never rejects. */
export function answerRequest(
  service: VendorService,
  raw: RawRequest,
  place: ConnectionPlace,
): { readonly exchange: Exchange; readonly done: Promise<void> } {
  const request = readRequest(raw);
  const dialect = service.dialect.at?.(request) ?? service.dialect;
  const traits = isUpgrade(request) ? sessionTraits(request) : dialect.traits(request);
  const entry = service.log.open(logEntryFor(dialect, { request, traits, place }), raw.body.length);
  const played = service.faults.pick(dialect.vendor, {
    traits,
    requestNumberOnConnection: place.requestNumberOnConnection,
  });
  entry.fault = played?.script.fault ?? null;
  const exchange = new Exchange(place.socket, entry, service.log);
  // an answer to HEAD has no body; a client that gets one must not read it as its next answer
  exchange.closeAfterwards = !raw.keepAlive || raw.method === "HEAD";
  exchange.note("received");
  const { socket } = place;
  const done = play({ ...service, dialect }, { request, exchange, played, socket }).catch((error: unknown) =>
    fail(exchange, error),
  );
  return { exchange, done };
}

/** A bug in the simulator must not look like a vendor's silence. */
function fail(exchange: Exchange, error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  exchange.closeAfterwards = true;
  exchange.sendHead({ status: 500, headers: [["content-type", "text/plain"]] }, "chunked");
  void exchange.send(`the simulator itself failed: ${message}\n`);
  exchange.finish();
}

interface Played {
  readonly request: VendorRequest;
  readonly exchange: Exchange;
  readonly played: PlayedFault | undefined;
  readonly socket: Socket;
}

function isUpgrade({ headers }: VendorRequest): boolean {
  return headers["upgrade"]?.toLowerCase() === "websocket";
}

/** Its model may come later, in a message. */
function sessionTraits({ query }: VendorRequest): RequestTraits {
  const model = query.get("model") ?? query.get("deployment") ?? undefined;
  return { model, stream: true, hasTools: false, generates: true };
}

async function play(service: VendorService, { request, exchange, played, socket }: Played): Promise<void> {
  const { dialect, world, pace } = service;
  const script = played?.script;
  if (
    script !== undefined &&
    (await playOnSocket(exchange, script.fault === "flapping" ? (script.how ?? "status") : script.fault))
  )
    return;
  const replacement = script === undefined ? undefined : replacementFor(script, { dialect, request, world });
  const reply = replacement ?? answerFor(service, request, script);
  if (reply.kind === "session") {
    const delayMs = played?.delayMs ?? 0;
    return playSession(exchange, reply, { socket, request, script, delayMs, dialect });
  }
  if (reply.kind === "bytes") return playBytes(exchange, reply);
  const reshaped = script === undefined || replacement !== undefined ? reply : applyFrameFault(reply, script, dialect);
  const numbered =
    reshaped.kind === "stream" && dialect.number !== undefined
      ? { ...reshaped, frames: dialect.number(reshaped.frames) }
      : reshaped;
  await playReply(exchange, numbered, { dialect, random: world.random, pace, played });
}

function answerFor(
  { dialect, world, answers }: VendorService,
  request: VendorRequest,
  script: FaultScript | undefined,
): Reply | BytesReply | SessionPlay {
  const session = isUpgrade(request) ? dialect.session?.(request, world) : undefined;
  if (session !== undefined) return session;
  const wish = { ...wishFor(script), scripted: answers.matching(request.rawBody) };
  const effective = script?.fault === "other-form" ? inOtherForm(request) : request;
  return dialect.serve?.(effective, world) ?? dialect.reply(effective, world, wish);
}

/** Faults that end an exchange before any byte of an answer. */
async function playOnSocket(exchange: Exchange, fault: string): Promise<boolean> {
  switch (fault) {
    case "accept-and-hang":
    case "hang":
      await exchange.hang();
      return true;
    case "reset-before-headers":
    case "tls-handshake-failure":
    case "reset":
      exchange.reset();
      return true;
    case "keep-alive-close":
      exchange.cut();
      return true;
    default:
      return false;
  }
}

function readRequest({ method, target, headers, body }: RawRequest): VendorRequest {
  const url = URL.parse(target, "http://simulator") ?? new URL("http://simulator/");
  const rawBody = body.toString("utf8");
  const request = { method, path: url.pathname, query: url.searchParams, headers, rawBody, bytes: body };
  const at = loneSurrogateIn(rawBody);
  return at === undefined
    ? { ...request, body: parseJson(rawBody) }
    : { ...request, body: undefined, loneSurrogateAt: at };
}

function parseJson(text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function logEntryFor(
  dialect: Dialect,
  { request, traits, place }: { request: VendorRequest; traits: RequestTraits; place: ConnectionPlace },
): Omit<OpenLogEntry, "id" | "at" | "events" | "bytesSent" | "fault" | "status"> {
  const keys: Record<string, string> = {};
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (keyHeaders.includes(name)) keys[name] = value;
    else headers[name] = value;
  }
  const query = new URLSearchParams(request.query);
  const queryKey = query.get("key");
  if (queryKey !== null) {
    keys["?key"] = queryKey;
    query.delete("key");
  }
  const isLarge = request.rawBody.length > largestLoggedBody;
  return {
    vendor: dialect.vendor,
    connectionId: place.connectionId,
    requestNumberOnConnection: place.requestNumberOnConnection,
    method: request.method,
    path: query.size === 0 ? request.path : `${request.path}?${query.toString()}`,
    headers,
    keys,
    body: isLarge
      ? { truncated: true, bytes: request.rawBody.length }
      : (request.body ?? (request.rawBody === "" ? undefined : request.rawBody)),
    model: traits.model ?? null,
    stream: traits.stream,
  };
}
