// OpenAI's speech and transcripts, whole or as events. Answers as in the API reference.
import type { JsonRecord } from "../json-record.ts";
import type { BytesReply } from "../vocabulary.ts";
import { checkSpeech, checkTranscript, soundTypes } from "./check-speech.ts";
import {
  bytesReply,
  eventsReply,
  requireFile,
  requireMember,
  requireModel,
  type ServiceRequest,
} from "./service-request.ts";

const speechModels = ["gpt-4o-mini-tts", "tts-1", "tts-1-hd"];
const listeningModels = ["whisper-1", "gpt-4o-transcribe", "gpt-4o-mini-transcribe"];

export function speech(call: ServiceRequest): BytesReply {
  const model = requireModel(call, speechModels);
  requireMember(call, "voice");
  const input = requireMember(call, "input");
  const format = checkSpeech(call.members, model);
  const start = format === "mp3" ? Buffer.from([0xff, 0xf3, 0x64, 0xc4]) : Buffer.alloc(0);
  const sound = Buffer.concat([start, Buffer.from(input.repeat(100))]);
  if (call.members["stream_format"] !== "sse") return bytesReply(call.world, soundTypes[format] ?? "", sound);
  const usage = { input_tokens: 14, output_tokens: 101, total_tokens: 115 };
  return eventsReply(call, [
    { type: "speech.audio.delta", audio: sound.toString("base64") },
    { type: "speech.audio.done", usage },
  ]);
}

export function transcript(call: ServiceRequest): JsonRecord | BytesReply {
  const model = requireModel(call, listeningModels);
  const { bytes, name } = requireFile(call, "file");
  const format = checkTranscript(call.members, model, name);
  const text = `A recording of ${bytes.length} bytes.`;
  const usage = { type: "tokens", input_tokens: 14, output_tokens: 9, total_tokens: 23 };
  if (String(call.members["stream"]) === "true" && model !== "whisper-1")
    return eventsReply(call, [
      { type: "transcript.text.delta", delta: text },
      { type: "transcript.text.done", text, usage },
    ]);
  if (format === "text") return bytesReply(call.world, "text/plain; charset=utf-8", Buffer.from(`${text}\n`));
  return model === "whisper-1" ? { text, usage: { type: "duration", seconds: 2 } } : { text, usage };
}
