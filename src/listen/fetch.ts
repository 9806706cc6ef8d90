// The library's entrance: the gateway as a `fetch`, for SDKs that accept one. It converts web Requests and Responses to
// the gateway's own types, in the process and without a socket. The URL's path decides; its host does not matter.
import { Canceller } from "../domain/cancellation.ts";
import type { ClientRequest, Reply, SilenceLimit } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Source } from "../core/transport.ts";
import { decodeBody, tooLarge } from "./decode-body.ts";
import type { ListenOptions } from "./options.ts";
import { spoolBody, type SpooledBody, type SpoolLimits } from "./spool-body.ts";

/** Like the global `fetch`, and as SDKs declare theirs. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

export type FetchOptions = Pick<ListenOptions, "maxBody" | "spool" | "refuse" | "onError">;

const NO_BODY = new Set([204, 205, 304]);

/**
 * A `fetch` that `handle` answers. Rejects only as fetch does: for an invalid request, and with the signal's reason.
 */
export function createFetch(handle: ListenOptions["handle"], options: FetchOptions): Fetch {
  return async (input, init) => {
    const signal = signalOf(input, init);
    if (signal?.aborted) throw reasonOf(signal);
    const request = toRequest(input, init);
    const canceller = new Canceller();
    const departure = signal === null ? null : leaving(signal, canceller);
    try {
      const answer = answerOne(request, { handle, options, canceller, departure });
      return await (departure === null ? answer : Promise.race([answer, departure.promise]));
    } catch (error) {
      departure?.stop();
      throw error;
    }
  };
}

interface Way {
  readonly handle: ListenOptions["handle"];
  readonly options: FetchOptions;
  readonly canceller: Canceller;
  readonly departure: Leaving | null;
}

async function answerOne(request: Request, way: Way): Promise<Response> {
  const { handle, options, canceller } = way;
  const url = new URL(request.url);
  const head = { method: request.method, path: url.pathname, headers: Object.fromEntries(request.headers) };
  let reply: Reply;
  try {
    if (head.headers["upgrade"]?.toLowerCase() === "websocket") throw noWebSocket();
    const unread = { ...head, query: url.search.slice(1) };
    const spool = options.spool?.(unread) ?? null;
    const body = spool === null ? { body: await readBody(request, options.maxBody()) } : await spoolOf(request, spool);
    reply = await handle({ ...unread, ...body } satisfies ClientRequest, canceller);
  } catch (error) {
    if (!(error instanceof GatewayFailure)) options.onError?.(error);
    reply = options.refuse(error instanceof GatewayFailure ? error : internalError(error), head);
  }
  return toResponse(reply, request, way);
}

function noWebSocket(): GatewayFailure {
  const message = "fetch opens no WebSockets: start the server with gateway.listen(), and connect to its address";
  return new GatewayFailure(message, { code: "unsupported", status: 501, shouldRetry: false });
}

async function readBody(request: Request, limit: number): Promise<Uint8Array> {
  if (request.body === null) return new Uint8Array(0);
  const body = new Uint8Array(await request.arrayBuffer());
  if (body.byteLength > limit) throw tooLarge(limit);
  const encoding = request.headers.get("content-encoding");
  return encoding === null ? body : decodeBody(body, encoding, limit);
}

/** The library holds no share of other requests' bodies. */
async function spoolOf(request: Request, limits: SpoolLimits): Promise<SpooledBody> {
  if (request.body === null) return { body: new Uint8Array(0) };
  const length = request.headers.get("content-length");
  const announced = length === null ? null : Number(length);
  const spooled = await spoolBody(sourceOf(request.body), { ...limits, announced, take: () => true });
  if (spooled === "too-many") throw new Error("a body was refused that nobody counted");
  return spooled;
}

function sourceOf(stream: ReadableStream<Uint8Array>): Source<Uint8Array> {
  const reader = stream.getReader();
  return {
    next: async () => (await reader.read()).value ?? null,
    cancel: () => void reader.cancel().catch(() => {}),
  };
}

function toResponse(reply: Reply, request: Request, way: Way): Response {
  const { departure } = way;
  const { status, headers, body } = reply;
  const isSource = body !== null && typeof body === "object" && "next" in body;
  const bodiless = request.method === "HEAD" || NO_BODY.has(status);
  if (isSource && (bodiless || departure?.hasHappened)) body.cancel();
  if (!isSource || bodiless) departure?.stop();
  const content = bodiless ? null : isSource ? toStream(body, way, reply.silence) : (body as BodyInit | null);
  const response = new Response(content, { status, headers });
  // Only the network's own fetch can set it; SDKs use it in their logs and errors.
  Object.defineProperty(response, "url", { value: request.url });
  return response;
}

/** Pulled by the reader of the response, and never ahead of it. */
function toStream(
  source: Source<Uint8Array | string>,
  { canceller, departure }: Pick<Way, "canceller" | "departure">,
  silence: SilenceLimit | undefined,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        // Not behind a sign that was not read yet.
        silence?.attach((sign) => {
          if (controller.desiredSize === 0) controller.enqueue(encoder.encode(sign));
        });
        departure?.onLeave((reason) => {
          silence?.end();
          source.cancel();
          controller.error(reason);
        });
      },
      async pull(controller) {
        try {
          silence?.waits();
          let piece = await source.next();
          while (piece !== null && piece.length === 0) piece = await source.next();
          silence?.recordSign();
          if (departure?.hasHappened) return;
          if (piece !== null) {
            controller.enqueue(typeof piece === "string" ? encoder.encode(piece) : piece);
            return;
          }
          departure?.stop();
          silence?.end();
          controller.close();
        } catch (error) {
          silence?.end();
          if (departure?.hasHappened) return;
          departure?.stop();
          source.cancel();
          controller.error(new TypeError("terminated", { cause: error }));
        }
      },
      cancel() {
        departure?.stop();
        silence?.end();
        source.cancel();
        // A stream whose head was sent early has no source yet.
        canceller.cancel();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The effect of a caller's signal: the request is cancelled, and waiting reads of the answer or body reject. */
interface Leaving {
  readonly hasHappened: boolean;
  /** Rejects with the signal's reason. */
  readonly promise: Promise<never>;
  /** Calls `act`, at once if the signal has fired. */
  onLeave(act: (reason: unknown) => void): void;
  /** The answer is over: the signal, which may live on, must hold no reference to it. */
  stop(): void;
}

function leaving(signal: AbortSignal, canceller: Canceller): Leaving {
  const { promise, reject } = Promise.withResolvers<never>();
  // An abort after the headers affects only the body.
  promise.catch(() => {});
  let act: ((reason: unknown) => void) | null = null;
  let hasHappened = false;
  const abort = (): void => {
    hasHappened = true;
    canceller.cancel();
    const reason = reasonOf(signal);
    reject(reason as Error);
    act?.(reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  return {
    promise,
    get hasHappened() {
      return hasHappened;
    },
    onLeave(listener) {
      if (hasHappened) listener(reasonOf(signal));
      else act = listener;
    },
    stop: () => signal.removeEventListener("abort", abort),
  };
}

function reasonOf(signal: AbortSignal): unknown {
  return (signal.reason as unknown) ?? new DOMException("This operation was aborted", "AbortError");
}

function signalOf(input: string | URL | Request, init: RequestInit | undefined): AbortSignal | null {
  if (init?.signal !== undefined) return init.signal;
  return typeof input === "object" && "signal" in input ? input.signal : null;
}

/**
 * A Request of this process. One from another implementation is taken apart, because the constructor knows only its
 * own; for the same reason the signal is left out.
 */
function toRequest(input: string | URL | Request, init: RequestInit | undefined): Request {
  // The constructor requires `duplex` for streaming bodies; for others it changes nothing.
  const settings = { ...init, signal: null, duplex: "half" };
  if (typeof input === "string" && input.startsWith("/")) return new Request(`http://gateway${input}`, settings);
  if (isForeign(input)) {
    const { url, method, headers, body } = input;
    return new Request(url, { method, headers: [...headers], body, ...settings });
  }
  return new Request(input, settings);
}

function isForeign(input: string | URL | Request): input is Request {
  return typeof input === "object" && !(input instanceof URL) && !(input instanceof Request);
}

function internalError(cause: unknown): GatewayFailure {
  return new GatewayFailure("internal error in the gateway; its log has the cause", {
    code: "internal_error",
    status: 500,
    shouldRetry: true,
    cause,
  });
}
