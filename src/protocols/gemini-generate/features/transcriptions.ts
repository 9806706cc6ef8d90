// Transcripts through generateContent: a recording inside the request, and the instruction to write down what is said. Such
// a model does not measure times, so a format with times is refused. Source: "Audio understanding" on ai.google.dev.
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import type { TranscriptionRequest, TranscriptionResult } from "../../../core/transcription.ts";
import { mediumBase64, mediumBytes } from "../../shared/medium-bytes.ts";
import { optionalNumber } from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { recordingEnding, recordingType } from "../../shared/recording-type.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { plainFailure } from "../failure/decode.ts";
import { CONTENT } from "./images-client.ts";
import { checkInlineSize } from "./inline-size.ts";
import { readMediaAnswer, writeMediaAnswer } from "./media-answer.ts";
import { escaped, resourceOf } from "./resource.ts";
import { asksFor, readSingleTurn, restOf } from "./single-turn.ts";

export const transcription: Operation<TranscriptionRequest, TranscriptionResult> = {
  request: {
    decode: decodeRequest,
    encode: encodeRequest,
    path: pathOf,
    place: (_params, model, own) => (own.has("model") ? { model: resourceOf(model) } : {}),
  },
  response: { decode: decodeAnswer, encode: encodeAnswer },
  inChat: CONTENT,
};

function pathOf(model: string): string {
  return `/${escaped(resourceOf(model))}:generateContent`;
}

/** Only such an instruction asks for what a model of transcripts does. */
const asksToTranscribe = /transcri|verbatim|word for word|speech.to.text|write (?:down )?what/iu;
/** Of a text in another language, or of times: a transcript alone would be another answer. */
const asksForMore = /summar|translat|timestamp|time ?stamp|speaker|json|describe|analy[sz]e/iu;

function decodeRequest(body: JsonObject): TranscriptionRequest {
  const { text, instruction, media, config, others } = readSingleTurn(body);
  const [recording, second] = media;
  if (recording === undefined || second !== undefined || !/^(?:audio|video)\//u.test(recording.type))
    throw unsupported("contents", "this target takes one recording");
  const wish = `${instruction}\n${text}`;
  if (!asksToTranscribe.test(wish) || asksForMore.test(wish))
    throw unsupported("contents", "this target writes a transcript, which is not what the text asks for");
  if (asksFor(config, "TEXT") === false || config["responseMimeType"] === "application/json")
    throw unsupported("generationConfig", "this target answers with plain text only");
  const extras: MutableJson = { ...restOf(config, others, ["responseModalities", "temperature", "responseMimeType"]) };
  return {
    recording: { name: `recording.${recordingEnding(recording.type)}`, ...recording },
    translates: false,
    language: null,
    prompt: null,
    temperature: optionalNumber(config, "temperature", "generationConfig"),
    format: "text",
    stream: false,
    extras,
  };
}

function encodeRequest(request: TranscriptionRequest, model: string, facts?: OperationFacts): EncodedOperation {
  const { recording, format, temperature } = request;
  if (facts?.audio === false || facts?.tasks?.includes("transcription") === false)
    throw unsupported("model", `${model} does not listen`);
  if (format !== "json" && format !== "text")
    throw unsupported("response_format", `${model} does not measure times, which ${format.slice(0, 40)} needs`);
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  const type = recordingType(mediumBytes(recording)) ?? recording.type;
  if (!/^(?:audio|video)\//u.test(type))
    throw unsupported(
      "file",
      `this target does not know the format of ${recording.name.slice(0, 64) || "the recording"}`,
    );
  const data = mediumBase64(recording);
  checkInlineSize("file", data.length);
  const parts = [{ inlineData: { mimeType: type, data } }, { text: instructionFor(request) }];
  const body: MutableJson = { contents: [{ role: "user", parts }] };
  if (temperature !== null) body["generationConfig"] = { temperature };
  return { path: pathOf(model), body, dropped: report.dropped, adapted: report.adapted };
}

function instructionFor({ translates, language, prompt }: TranscriptionRequest): string {
  const what = translates
    ? "Translate what is said in this recording into English."
    : "Transcribe what is said in this recording, word for word, in the language that is spoken.";
  const lines = [what, "Answer with that text only: no introduction, no times, no names of speakers, no markup."];
  if (language !== null) lines.push(`The language that is spoken: ${language.slice(0, 64)}.`);
  if (prompt !== null)
    lines.push(`This came before, or shows how names are spelled; do not repeat it: ${JSON.stringify(prompt)}`);
  return lines.join("\n");
}

function decodeAnswer(body: Json): TranscriptionResult | WireFailure {
  const answer = readMediaAnswer(body);
  if ("verdict" in answer) return answer;
  const { model, usage } = answer;
  const text = answer.text.trim();
  return text === "" ? plainFailure("empty", "the answer has no transcript") : { model, text, usage };
}

function encodeAnswer({ model, text, usage }: TranscriptionResult): JsonObject {
  return writeMediaAnswer([{ text }], model, usage);
}
