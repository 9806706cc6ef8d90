// Transcripts in OpenAI's format: a form with a recording in, JSON or plain text out, or events. Members as in the API
// reference and the types of `openai` 7.57.
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation, OperationBytes, OperationHint } from "../../../core/operation.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import type { TranscriptionRequest, TranscriptionResult } from "../../../core/transcription.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { mediumBytes } from "../../shared/medium-bytes.ts";
import { badRequest, isObject, optionalString } from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { recordingEnding, recordingType } from "../../shared/recording-type.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { formNumber } from "./form-number.ts";
import { readServiceUsage, writeServiceUsage } from "./service-usage.ts";

/** Of `PassedOperation.variant`. */
export const INTO_ENGLISH = "translations";

const mappedNames: ReadonlySet<string> = new Set(
  "model file language prompt response_format temperature stream".split(" "),
);
/** "Files are currently limited to 25 MB": the guide "Speech to text". */
const MOST_BYTES = 25 * 1024 * 1024;

export const transcription: Operation<TranscriptionRequest, TranscriptionResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    path: (_model, variant) => pathOf(variant === INTO_ENGLISH),
    place: (_params, model) => ({ model }),
  },
  response: { decode: decodeAnswer, encode: encodeAnswer, encodeBytes },
};

function pathOf(translates: boolean): string {
  return translates ? "/audio/translations" : "/audio/transcriptions";
}

function decodeRequest(body: JsonObject, { variant, files }: OperationHint): TranscriptionRequest {
  const file = files?.find(({ field }) => field === "file");
  if (file === undefined) throw badRequest("file", "expected a file in a form, got none");
  const { stream } = body;
  const extras: MutableJson = {};
  for (const [name, value] of Object.entries(body)) if (!mappedNames.has(name) && value !== "") extras[name] = value;
  return {
    recording: { name: file.name, type: file.type, data: file.bytes },
    translates: variant === INTO_ENGLISH,
    language: optionalString(body, "language", "") || null,
    prompt: optionalString(body, "prompt", "") || null,
    temperature: formNumber(body, "temperature"),
    format: optionalString(body, "response_format", "") || "json",
    stream: stream === true || stream === "true",
    extras,
  };
}

function encodeRequest(request: TranscriptionRequest, model: string, facts?: OperationFacts): EncodedOperation {
  if (facts?.tasks?.includes("transcription") === false) throw unsupported("model", `${model} writes no transcripts`);
  const { recording, translates, language, prompt, temperature } = request;
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  const bytes = mediumBytes(recording);
  if (bytes.byteLength > MOST_BYTES)
    throw unsupported("file", `this target takes at most 25 MB, got ${(bytes.byteLength / 1024 / 1024).toFixed(1)} MB`);
  const type = recordingType(bytes) ?? recording.type;
  const body: MutableJson = { model, response_format: "json" };
  if (language !== null && !translates) body["language"] = language;
  if (prompt !== null) body["prompt"] = prompt;
  if (temperature !== null) body["temperature"] = temperature;
  const name = recording.name || `recording.${recordingEnding(type)}`;
  const files = [{ field: "file", name, type, bytes }];
  return { path: pathOf(translates), body, files, dropped: report.dropped, adapted: report.adapted };
}

function decodeAnswer(body: Json): TranscriptionResult | WireFailure {
  const inBand = inBandFailure(body);
  if (inBand !== null) return inBand;
  if (!isObject(body) || typeof body["text"] !== "string")
    return plainFailure("malformed", "the answer has no transcript");
  const { text, usage } = body;
  return { model: "", text, usage: readServiceUsage(usage) };
}

function encodeAnswer({ text, usage: counts }: TranscriptionResult): JsonObject {
  const usage = usageOf(counts);
  return { text, ...(usage === null ? {} : { usage }) };
}

function usageOf(usage: TranscriptionResult["usage"]): JsonObject | null {
  const counts = writeServiceUsage(usage, "audio");
  return counts === null ? null : { type: "tokens", ...counts };
}

function encodeBytes(
  { text, usage: counts }: TranscriptionResult,
  request: TranscriptionRequest,
): OperationBytes | null {
  if (request.stream) {
    const usage = usageOf(counts);
    const delta = { type: "transcript.text.delta", delta: text };
    const done = { type: "transcript.text.done", text, ...(usage === null ? {} : { usage }) };
    const events = sseTextFrame(delta.type, delta) + sseTextFrame(done.type, done);
    return { type: "text/event-stream; charset=utf-8", bytes: events };
  }
  return request.format === "text" ? { type: "text/plain; charset=utf-8", bytes: `${text}\n` } : null;
}
