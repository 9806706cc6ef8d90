// How the endpoints of tokens and keys are asked: by the gateway's transport, in the form of `fetch` that the clouds' libraries
// take. So the proxy's rules apply, no redirect is followed, and an answer has a limit. Services of the machine itself are
// asked directly.
import type { Clock } from "../../core/clock.ts";
import { type InboundResponse, type Method, methods, type Transport, TransportFailure } from "../../core/transport.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { clockHint } from "../../domain/clock-hint.ts";
import { readAll } from "../../domain/read-all.ts";

export type Fetch = typeof globalThis.fetch;

/** A machine without its metadata service does not answer at all. */
const TIMEOUT = 10_000;
/** No token is as long. */
const MOST_ANSWER = 1_048_576;

/** `fetch` over the transport. `direct`: never through a proxy. */
export function fetchOver(transport: Transport, { direct = false }: { readonly direct?: boolean } = {}): Fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const canceller = new Canceller();
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT)]);
    const onAbort = (): void => canceller.cancel();
    signal.addEventListener("abort", onAbort);
    try {
      const response = await transport.send({
        origin: url.origin,
        path: url.pathname + url.search,
        method: methodOf(request),
        headers: Object.fromEntries(request.headers),
        body: body.byteLength === 0 ? null : body,
        guarded: false,
        ...(direct ? { direct } : {}),
        cancellation: canceller,
        onSent: () => {},
      });
      return await wholeResponse(response);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  };
}

function methodOf({ method }: Request): Method {
  return methods.find((one) => one === method) ?? "GET";
}

async function wholeResponse({ status, headers, body }: InboundResponse): Promise<Response> {
  const bytes = await readAll(body, MOST_ANSWER);
  const isBare = status === 204 || status === 205 || status === 304;
  return new Response(isBare ? null : new Uint8Array(bytes), { status, headers });
}

/** The endpoint did not answer, also if a library has wrapped the error. */
export function isUnanswered(error: unknown): boolean {
  let at = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1, at = at.cause)
    if (at instanceof TransportFailure || at.name === "TimeoutError" || isNetworkCode(at)) return true;
  return false;
}

/** Not those of a file. */
function isNetworkCode({ code }: Error & { readonly code?: unknown }): boolean {
  return (
    typeof code === "string" && /^(?:E[A-Z]+|UND_ERR_\w+)$/u.test(code) && !/^E(?:NOENT|ACCES|ISDIR|PERM)$/u.test(code)
  );
}

/** A `fetch` that remembers the date of its latest answer. */
export interface EndpointFetch {
  readonly fetch: Fetch;
  /** For the end of a refusal's message: whether this machine's clock is off, and by how much. */
  readonly hint: (message: string, clock: Clock) => string;
}

export function watchDates(fetch: Fetch): EndpointFetch {
  let date: string | undefined;
  return {
    async fetch(input, init) {
      date = undefined;
      const response = await fetch(input, init);
      date = response.headers.get("date") ?? undefined;
      return response;
    },
    hint: (message, clock) => clockHint({ message, date, wall: clock.wall() }),
  };
}
