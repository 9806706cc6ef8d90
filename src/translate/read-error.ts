// Reads the body of an error response, as far as it arrives, for a short time. If it breaks off, never ends or stalls,
// the status alone is enough: the next target must not wait for it.
import type { Clock } from "../core/clock.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { ByteCollector } from "../domain/byte-collector.ts";
import { clockHint } from "../domain/clock-hint.ts";
import { dateMs } from "../domain/date-ms.ts";
import { parseJson } from "../domain/parse-body.ts";
import { asServiceException, serviceExceptionName } from "../domain/service-exception.ts";
import { viewBytes } from "../domain/view-bytes.ts";
import type { TargetProtocol } from "../core/protocol.ts";
import { type InboundResponse, type Source, TransportFailure } from "../core/transport.ts";

import { plainFailure } from "./failures.ts";

const MOST_BYTES = 256 * 1024;
const LONGEST = 2_000;

export interface ErrorReader {
  readonly clock: Clock;
}

/** Distinguishes an answer from an error in its place. */
export interface AnswerCodec {
  decode(body: Json): { readonly model: string } | WireFailure;
}

/** The text, cut at 256 KiB or after two seconds. Throws TransportFailure if the caller has left. */
export async function readErrorText({ clock }: ErrorReader, source: Source<Uint8Array>): Promise<string> {
  const collector = new ByteCollector();
  let timeIsUp = false;
  const stop = clock.after(LONGEST, () => {
    timeIsUp = true;
    source.cancel();
  });
  try {
    for (let chunk = await source.next(); chunk !== null; chunk = await source.next()) {
      collector.add(chunk);
      if (collector.size > MOST_BYTES) {
        source.cancel();
        break;
      }
    }
  } catch (error) {
    if (!(error instanceof TransportFailure)) throw error;
    if (error.wire.code === "cancelled" && !timeIsUp) throw error;
  } finally {
    stop();
  }
  return viewBytes(collector.bytes()).toString("utf8", 0, MOST_BYTES);
}

/** Decodes an answer with an error status. */
export async function readFailure(
  reader: ErrorReader,
  protocol: TargetProtocol,
  { status, headers, body }: InboundResponse,
): Promise<WireFailure> {
  const text = await readErrorText(reader, body);
  const decodedFailure = protocol.failure.decode(status, dated(headers, reader.clock), text);
  const failure =
    headers["x-amzn-errortype"] === undefined && !text.includes('"__type"')
      ? decodedFailure
      : withException(decodedFailure, headers, text);
  if (failure.verdict !== "bad_key") return failure;
  const { message } = failure;
  const hint = clockHint({ message, date: headers["date"], wall: reader.clock.wall() });
  return hint === "" ? failure : { ...failure, message: message + hint };
}

/** AWS answers the same errors for every protocol. */
function withException(failure: WireFailure, headers: Readonly<Record<string, string>>, text: string): WireFailure {
  const json = parseJson(text);
  const name = serviceExceptionName(headers, typeof json === "object" && json !== null ? (json as JsonObject) : {});
  return name === null ? failure : asServiceException(failure, name);
}

/**
 * Waits may be dates, which count from the response's own `date`, or from its arrival if that header is missing or
 * invalid.
 */
function dated(headers: Readonly<Record<string, string>>, clock: Clock): Readonly<Record<string, string>> {
  if (dateMs(headers["date"]) !== null) return headers;
  return { ...headers, date: new Date(clock.wall()).toISOString() };
}

/** A 200 that is not an answer: a JSON error where a stream was expected, or an HTML page. */
export async function wrongType(
  reader: ErrorReader,
  response: InboundResponse,
  { type, codec }: { readonly type: string; readonly codec: AnswerCodec },
): Promise<WireFailure> {
  const text = await readErrorText(reader, response.body);
  const body = parseJson(text);
  if (body !== undefined && body !== null && typeof body === "object") {
    const decoded = codec.decode(body);
    if ("verdict" in decoded && decoded.verdict !== "malformed")
      return { ...decoded, status: decoded.status ?? response.status };
  }
  return plainFailure(
    "malformed",
    `the provider answered ${response.status} with content-type "${type.slice(0, 80)}"`,
    response.status,
  );
}
