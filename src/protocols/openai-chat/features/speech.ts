// Speech in OpenAI's format: JSON in, a sound file out, or events with the same in base64. Members as in the API reference
// and the types of `openai` 7.57.
import type { SoundFormat, SpeechRequest, SpeechResult } from "../../../core/speech.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation, OperationBytes } from "../../../core/operation.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import { inBandFailure, plainFailure } from "../../shared/error-answer.ts";
import { mediumBase64 } from "../../shared/medium-bytes.ts";
import { badRequest, isObject, optionalNumber, optionalString, parseJson, requiredString } from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { wavOf } from "../../shared/wav.ts";
import { sseTextFrame } from "../../shared/sse-text.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { voiceFor, voiceIn } from "../../shared/voices.ts";
import { writeServiceUsage } from "./service-usage.ts";
import { voices } from "./voices.ts";

const path = "/audio/speech";
const mappedNames: ReadonlySet<string> = new Set(
  "model input voice instructions response_format speed stream_format".split(" "),
);
/** "The maximum length is 4096 characters." */
const MOST_TEXT = 4096;
/** Samples per second of the vendor's `pcm`. */
const RATE = 24_000;

const types: Readonly<Record<SoundFormat, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
};

export const speech: Operation<SpeechRequest, SpeechResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    path: () => path,
    place: (_params, model) => ({ model }),
  },
  response: {
    decode: () => plainFailure("malformed", "the answer is no sound"),
    decodeBytes: decodeAnswer,
    encode: () => ({}),
    encodeBytes,
  },
};

function decodeRequest(body: JsonObject): SpeechRequest {
  const text = requiredString(body, "input", "");
  if (text === "") throw badRequest("input", "expected a text, got an empty one");
  if (isObject(body["voice"])) throw unsupported("voice", "this target does not have the caller's own voice");
  const voice = optionalString(body, "voice", "");
  const extras: MutableJson = {};
  for (const [name, value] of Object.entries(body)) if (!mappedNames.has(name) && value !== null) extras[name] = value;
  return {
    text,
    voice: voice === null ? null : voiceIn(voices, voice),
    instructions: optionalString(body, "instructions", "") || null,
    format: readFormat(body),
    speed: optionalNumber(body, "speed", ""),
    stream: optionalString(body, "stream_format", "") === "sse",
    extras,
  };
}

function readFormat(body: JsonObject): SoundFormat {
  const words = optionalString(body, "response_format", "") ?? "mp3";
  const format = (Object.keys(types) as SoundFormat[]).find((one) => one === words);
  if (format !== undefined) return format;
  throw badRequest("response_format", `expected ${Object.keys(types).join(", ")}, got "${words.slice(0, 40)}"`);
}

function encodeRequest(request: SpeechRequest, model: string, facts?: OperationFacts): EncodedOperation {
  if (facts?.tasks?.includes("speech") === false) throw unsupported("model", `${model} does not speak`);
  const { text, voice, instructions, format, speed } = request;
  if (text.length > MOST_TEXT)
    throw unsupported("input", `this target takes at most ${MOST_TEXT} characters, got ${text.length}`);
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  const body: MutableJson = { model, input: text, response_format: format };
  body["voice"] = voice === null ? (voices[0]?.[0] ?? "") : voiceFor(voices, voice, report);
  if (speed !== null) body["speed"] = speed;
  // "Does not work with `tts-1` or `tts-1-hd`."
  if (instructions !== null && model.startsWith("tts-1")) report.drop("instructions");
  else if (instructions !== null) body["instructions"] = instructions;
  return { path, body, dropped: report.dropped, adapted: report.adapted };
}

function decodeAnswer(
  { type, bytes }: OperationBytes & { readonly bytes: Uint8Array },
  request: SpeechRequest | null,
): SpeechResult | WireFailure {
  if (/\bjson\b|^text\//u.test(type)) {
    const body: Json | undefined = parseJson(Buffer.from(bytes).toString("utf8"));
    return inBandFailure(body ?? null) ?? plainFailure("malformed", `the answer is no sound but ${type}`);
  }
  if (bytes.byteLength === 0) return plainFailure("empty", "the answer has no sound");
  const ownFormat = (Object.keys(types) as SoundFormat[]).find((one) => type.startsWith(types[one]));
  return { model: "", sound: bytes, format: ownFormat ?? request?.format ?? "mp3", rate: RATE, usage: null };
}

/** Raw samples become the file that was asked for, or a WAV file: nothing else can be made of them here. */
function encodeBytes({ sound, format, rate, usage }: SpeechResult, request: SpeechRequest): OperationBytes {
  const isRaw = format === "pcm" && request.format !== "pcm";
  const bytes = isRaw ? wavOf(sound, rate) : sound;
  if (!request.stream) return { type: types[isRaw ? "wav" : format], bytes };
  const counts = writeServiceUsage(usage, "audio");
  const delta = { type: "speech.audio.delta", audio: mediumBase64({ data: bytes }) };
  const done = { type: "speech.audio.done", ...(counts === null ? {} : { usage: counts }) };
  const text = sseTextFrame(delta.type, delta) + sseTextFrame(done.type, done);
  return { type: "text/event-stream; charset=utf-8", bytes: text };
}
