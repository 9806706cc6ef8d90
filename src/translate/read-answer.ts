// Reads a conversation's answer with a good status: whole or streamed, as it was asked for, or as the vendor sent it. A
// good answer in the other form is paid for, so it is taken and told in the form that was asked for. What is cut is never
// an answer (F1).
import type { Answer, Asking, Call, ExplainsEmpty, StreamedAnswer, WholeAnswer } from "../core/exchange.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Framing, TargetProtocol } from "../core/protocol.ts";
import type { InboundResponse } from "../core/transport.ts";
import { CUT_IN_CALL, isCutInCall } from "../domain/cut-in-call.ts";
import { readableChat } from "../domain/readable-chat.ts";
import { modelOf } from "../domain/model-of.ts";
import { MOST_ANSWER } from "../domain/read-all.ts";
import type { SseParser } from "../domain/sse.ts";
import type { AnswerWords } from "./answer-words.ts";
import { AnswerGatherer, eventsOf, pieceSourceOf } from "./answer-events.ts";
import { readAnswerForm, type AnswerForm } from "./answer-form.ts";
import { type AnswerReading, ownBytes, readStream, readWhole } from "./answer-reader.ts";
import { eventStreamType } from "./event-stream-parser.ts";
import { DecodedStream, parsers } from "./decoded-stream.ts";
import { plainFailure } from "./failures.ts";
import { fillModelName } from "./fill-model-name.ts";
import type { PauseDetector } from "./pause-detector.ts";
import { wrongType } from "./read-error.ts";
import { mediaTypeOf, type ReadJson, readJson } from "./read-json.ts";
import type { TranslateParts } from "./translate-parts.ts";

export interface Received {
  readonly protocol: TargetProtocol;
  readonly response: InboundResponse;
  /** The answer's bytes can be passed on. */
  readonly raw: boolean;
  /** Gets the answer's id, if the vendor stores it. Absent: it does not. */
  readonly onStored?: ((id: string) => void) | undefined;
  readonly reading: AnswerReading;
  /** For a client of another protocol. */
  readonly words: AnswerWords | null;
  readonly watch: PauseDetector | null;
  readonly hidesUsage: boolean;
}

/** How long a gathered stream may stay open after its answer is complete: usage may still come. */
const LATE_USAGE = 2_000;

/** One promise for a whole answer's bytes, form and meaning: it runs on every call. */
export async function readAnswer(
  parts: TranslateParts,
  asking: Asking,
  received: Received,
): Promise<Answer | WireFailure> {
  const { status, headers, body } = received.response;
  const answerForm = await readAnswerForm(body);
  const formed = { received, answerForm, response: { status, headers, body: answerForm.body } };
  if (answerForm.form !== "document") return await readEvents(parts, asking, formed);
  if (asking.call.stream) return await wholeAsStream(parts, asking, formed);
  const json = await readDocument(parts, asking, formed);
  return "verdict" in json ? json : decodeWhole(asking, received, json);
}

/** An answer whose form is known. */
interface Formed {
  readonly received: Received;
  readonly answerForm: AnswerForm;
  /** With the whole body. */
  readonly response: InboundResponse;
}

/** An answer that does not begin as a document. */
async function readEvents(parts: TranslateParts, asking: Asking, formed: Formed): Promise<Answer | WireFailure> {
  const { received, answerForm, response } = formed;
  const framing = framingOf(received.protocol, response, answerForm.form);
  const isEvents = answerForm.form === "events" || framing !== "sse";
  const opened = parsers[framing](received.protocol);
  const parser = opened instanceof Promise ? await opened : opened;
  if ("verdict" in parser) {
    response.body.cancel();
    return { ...parser, status: response.status };
  }
  const readable = { ...received, response, parser };
  if (asking.call.stream) return await readStreamed(parts, asking, { ...readable, isEvents });
  if (isEvents) return await streamAsWhole(parts, asking, { ...readable, raw: false, hidesUsage: false });
  const json = await readDocument(parts, asking, formed);
  return "verdict" in json ? json : decodeWhole(asking, received, json);
}

/** By its media type: at some hosts a protocol's streams have another framing than at its own vendor. */
function framingOf({ egress }: TargetProtocol, response: InboundResponse, form: AnswerForm["form"]): Framing {
  if (form !== "other") return "sse";
  const type = mediaTypeOf(response);
  if (type.startsWith(eventStreamType)) return "aws-event-stream";
  return type === "" ? egress.framing : "sse";
}

/** The caller's stop sequences are looked for only when an answer is empty. */
function explainerOf({ chat: { endings } }: TargetProtocol, call: Call): ExplainsEmpty {
  return (raw) => endings.explainsEmpty(raw, () => (readableChat(call)?.sampling.stop.length ?? 0) > 0);
}

type Parsed = Received & { readonly parser: SseParser };

function readStreamed(
  parts: TranslateParts,
  asking: Asking,
  received: Parsed & { readonly isEvents: boolean },
): StreamedAnswer | Promise<WireFailure> {
  const { protocol, response, raw, isEvents } = received;
  const type = mediaTypeOf(response);
  if (!isEvents && type !== "" && !type.startsWith("text/event-stream"))
    return wrongType(parts, response, { type, codec: protocol.chat.response });
  const { attempt, target, call } = asking;
  return {
    kind: "stream",
    pieces: openPieces(parts, asking, received),
    explainsEmpty: explainerOf(protocol, call),
    raw,
    headers: response.headers,
    target,
    attempt,
  };
}

function openPieces(parts: TranslateParts, { attempt, call, target }: Asking, received: Parsed): DecodedStream {
  const { protocol, response, raw, reading, words, watch, hidesUsage, parser, onStored } = received;
  const plain = protocol.chat.stream.decoder();
  const watched = watch?.follow(plain) ?? plain;
  const plainDecoder = readStream(words?.follow(watched) ?? watched, reading);
  return new DecodedStream({
    bytes: response.body,
    parser,
    decoder: raw ? plainDecoder : fillModelName(plainDecoder, modelOf(target, call)),
    clock: parts.clock,
    raw,
    hidesUsage,
    attempt,
    onStored,
  });
}

function readDocument(parts: TranslateParts, asking: Asking, formed: Formed): Promise<ReadJson | WireFailure> {
  const { received, response, answerForm } = formed;
  const { attempt } = asking;
  const codec = received.protocol.chat.response;
  return readJson(parts, response, { attempt, codec, form: answerForm.form });
}

function decodeWhole(asking: Asking, received: Received, { bytes, body }: ReadJson): WholeAnswer | WireFailure {
  const { protocol, response, raw, reading, words, watch, onStored } = received;
  const { attempt, call, target } = asking;
  watch?.see(body);
  const decoded = protocol.chat.response.decode(body);
  if ("verdict" in decoded) return decoded.status === null ? { ...decoded, status: response.status } : decoded;
  onStored?.(decoded.id);
  const answer = readWhole(words?.whole(decoded) ?? decoded, reading);
  return {
    kind: "whole",
    response: answer.model === "" ? { ...answer, model: modelOf(target, call) } : answer,
    explainsEmpty: explainerOf(protocol, call),
    raw: raw ? ownBytes(bytes, protocol.chat.response.mend?.(body)) : null,
    headers: response.headers,
    target,
    attempt,
  };
}

async function wholeAsStream(
  parts: TranslateParts,
  asking: Asking,
  formed: Formed,
): Promise<StreamedAnswer | WireFailure> {
  const json = await readDocument(parts, asking, formed);
  if ("verdict" in json) return json;
  const whole = decodeWhole(asking, { ...formed.received, raw: false }, json);
  if ("verdict" in whole) return whole;
  const { response, explainsEmpty, headers, target, attempt } = whole;
  if (response.choices.some(({ finish }) => finish === null))
    return plainFailure("cut", "the answer is incomplete: it has no finish reason");
  if (response.choices.some(isCutInCall)) return plainFailure("cut", CUT_IN_CALL);
  const pieces = pieceSourceOf(eventsOf(response));
  return { kind: "stream", pieces, explainsEmpty, raw: false, headers, target, attempt };
}

async function streamAsWhole(
  parts: TranslateParts,
  asking: Asking,
  received: Parsed,
): Promise<WholeAnswer | WireFailure> {
  const { attempt, target, call } = asking;
  const { protocol, response } = received;
  const pieces = openPieces(parts, asking, received);
  const gatherer = new AnswerGatherer();
  let stop: (() => void) | null = null;
  for (let piece = await pieces.next(); piece !== null; piece = await pieces.next()) {
    for (const event of piece.events) {
      if (event.type === "failure") return event.failure;
      gatherer.take(event);
    }
    if (attempt.bytesIn > MOST_ANSWER) {
      pieces.cancel();
      return plainFailure("malformed", `the answer is too large: more than ${MOST_ANSWER} bytes`, response.status);
    }
    if (pieces.complete) stop ??= parts.clock.after(LATE_USAGE, () => response.body.cancel());
  }
  stop?.();
  const answer = gatherer.answer(protocol.name);
  const explainsEmpty = explainerOf(protocol, call);
  return { kind: "whole", response: answer, explainsEmpty, raw: null, headers: response.headers, target, attempt };
}
