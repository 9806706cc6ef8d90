// Speech through generateContent: the modality AUDIO, with a voice by its name. The answer is raw samples (mono, 16 bit,
// little-endian, despite the name of its type). Source: "Speech generation" on ai.google.dev.
import type { SpeechRequest, SpeechResult } from "../../../core/speech.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { EncodedOperation, Operation } from "../../../core/operation.ts";
import type { OperationFacts } from "../../../core/operation-facts.ts";
import { mediumBase64 } from "../../shared/medium-bytes.ts";
import { badRequest, isObject, membersOf, optionalString } from "../../shared/read.ts";
import { createReport } from "../../shared/report.ts";
import { unsupported } from "../../shared/unsupported.ts";
import { voiceFor, voiceIn } from "../../shared/voices.ts";
import { plainFailure } from "../failure/decode.ts";
import { CONTENT } from "./images-client.ts";
import { readMediaAnswer, writeMediaAnswer } from "./media-answer.ts";
import { escaped, resourceOf } from "./resource.ts";
import { asksFor, readSingleTurn, restOf } from "./single-turn.ts";
import { withCamelSpelling } from "./spelling.ts";
import { voices } from "./voices.ts";

const RATE = 24_000;

export const speech: Operation<SpeechRequest, SpeechResult> = {
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

function decodeRequest(body: JsonObject): SpeechRequest {
  const { text, instruction, media, config, others } = readSingleTurn(body);
  if (asksFor(config, "AUDIO") !== true)
    throw unsupported("generationConfig.responseModalities", "this target answers with speech only");
  if (media.length > 0) throw unsupported("contents", "this target reads texts only");
  if (text === "") throw badRequest("contents", "expected a text, got none");
  const settings = withCamelSpelling(membersOf(config["speechConfig"]));
  const { voiceConfig, multiSpeakerVoiceConfig, ...rest } = settings;
  if (multiSpeakerVoiceConfig !== undefined)
    throw unsupported(
      "generationConfig.speechConfig.multiSpeakerVoiceConfig",
      "this target has one voice in an answer",
    );
  const extras: MutableJson = { ...restOf(config, others, ["responseModalities", "speechConfig"]) };
  for (const [name, value] of Object.entries(rest)) extras[`generationConfig.speechConfig.${name}`] = value;
  const name = voiceName(voiceConfig);
  return {
    text,
    voice: name === null ? null : voiceIn(voices, name),
    instructions: instruction === "" ? null : instruction,
    format: "pcm",
    speed: null,
    stream: false,
    extras,
  };
}

function voiceName(value: Json | undefined): string | null {
  const { prebuiltVoiceConfig, ...others } = withCamelSpelling(membersOf(value));
  const [other] = Object.keys(others);
  const place = "generationConfig.speechConfig.voiceConfig";
  if (other !== undefined) throw unsupported(`${place}.${other}`, "this target does not have the caller's own voice");
  return optionalString(withCamelSpelling(membersOf(prebuiltVoiceConfig)), "voiceName", `${place}.prebuiltVoiceConfig`);
}

function encodeRequest(request: SpeechRequest, model: string, facts?: OperationFacts): EncodedOperation {
  if (facts?.tasks?.includes("speech") === false) throw unsupported("model", `${model} does not speak`);
  const { text, voice, instructions, format, speed } = request;
  const report = createReport();
  for (const name of Object.keys(request.extras)) report.drop(name);
  if (speed !== null && speed !== 1) report.drop("speed");
  const isKept = format === "wav" || format === "pcm";
  if (!isKept) report.adapt("response_format", format, "wav");
  const generationConfig: MutableJson = { responseModalities: ["AUDIO"] };
  const voiceOf = voice === null ? null : voiceFor(voices, voice, report);
  if (voiceOf !== null)
    generationConfig["speechConfig"] = { voiceConfig: { prebuiltVoiceConfig: { voiceName: voiceOf } } };
  // How to read is said in front of what to read.
  if (instructions !== null) report.adapt("instructions", "instructions", "contents");
  const words = instructions === null ? text : `${instructions}\n\nRead this aloud, word for word:\n${text}`;
  const body = { contents: [{ role: "user", parts: [{ text: words }] }], generationConfig };
  const { dropped, adapted } = report;
  return { path: pathOf(model), body, dropped, adapted, unmet: isKept ? [] : ["response_format"] };
}

function decodeAnswer(body: Json, request: SpeechRequest | null): SpeechResult | WireFailure {
  if (!isObject(body)) return plainFailure("malformed", "the answer is no answer of this protocol");
  const answer = readMediaAnswer(body);
  if ("verdict" in answer) return answer;
  const { model, usage } = answer;
  const sounds = answer.media.filter(({ type }) => type.startsWith("audio/"));
  const [first] = sounds;
  if (first === undefined) return plainFailure("empty", "the answer has no sound");
  if (!/^audio\/(?:l16|pcm)\b/iu.test(first.type))
    return plainFailure("malformed", `the answer's sound is ${first.type}, not raw samples`);
  const rate = Number(/rate=(\d{4,6})/iu.exec(first.type)?.[1] ?? RATE);
  if (request?.format === "pcm" && rate !== RATE)
    return plainFailure("unsupported", `the answer has ${rate} samples per second, not ${RATE}`);
  const sound = Buffer.concat(sounds.map(({ data }) => Buffer.from(data, "base64")));
  if (sound.byteLength === 0) return plainFailure("empty", "the answer has no sound");
  return { model, sound, format: "pcm", rate, usage };
}

function encodeAnswer({ model, sound, format, rate, usage }: SpeechResult): JsonObject {
  const mimeType = format === "pcm" ? `audio/L16;codec=pcm;rate=${rate}` : `audio/${format}`;
  return writeMediaAnswer([{ inlineData: { mimeType, data: mediumBase64({ data: sound }) } }], model, usage);
}
