// OpenAI's checks of requests for speech and for transcripts: members, voices and formats, with its words. Throws a Complaint.
import { asNumber, asText, type JsonRecord } from "../json-record.ts";
import { Complaint } from "./envelope.ts";
import { invalidValue, refuseStrangers } from "./service-request.ts";

export const soundTypes: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/opus",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
};
const voices = "alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar".split(" ");
const MOST_TEXT = 4096;

/** The format of the sound. */
export function checkSpeech(members: JsonRecord, model: string): string {
  refuseStrangers(members, "model input voice instructions response_format speed stream_format".split(" "));
  const voice = asText(members["voice"]) ?? "";
  if (!voices.includes(voice)) throw invalidValue("voice", voice, voices);
  const length = asText(members["input"])?.length ?? 0;
  if (length > MOST_TEXT) {
    const message = `Invalid 'input': string too long. Expected a string with maximum length ${MOST_TEXT}, but got a string with length ${length} instead.`;
    throw new Complaint({ message, param: "input", code: "string_above_max_length" });
  }
  const speed = asNumber(members["speed"]) ?? 1;
  if (speed < 0.25 || speed > 4) {
    const message = `Invalid 'speed': decimal out of range. Expected a value between 0.25 and 4.0, but got ${speed} instead.`;
    throw new Complaint({ message, param: "speed", code: "decimal_out_of_range" });
  }
  const format = asText(members["response_format"]) ?? "mp3";
  if (soundTypes[format] === undefined) throw invalidValue("response_format", format, Object.keys(soundTypes));
  if (members["stream_format"] === "sse" && model.startsWith("tts-1"))
    throw new Complaint({
      message: `stream_format 'sse' is not supported with the model '${model}'.`,
      param: "stream_format",
    });
  return format;
}

const transcriptMembers =
  "model language prompt response_format temperature stream timestamp_granularities include chunking_strategy".split(
    " ",
  );
const recordings = "flac m4a mp3 mp4 mpeg mpga oga ogg wav webm".split(" ");
const transcriptFormats = "json text srt verbose_json vtt".split(" ");

/** The format of the transcript. */
export function checkTranscript(members: JsonRecord, model: string, file: string): string {
  refuseStrangers(members, transcriptMembers);
  const ending = /\.([a-z0-9]+)$/i.exec(file)?.[1]?.toLowerCase() ?? "";
  if (!recordings.includes(ending)) {
    const list = recordings.map((one) => `'${one}'`).join(", ");
    throw new Complaint({ message: `Invalid file format. Supported formats: [${list}]`, param: "file" });
  }
  const format = asText(members["response_format"]) ?? "json";
  if (!transcriptFormats.includes(format)) throw invalidValue("response_format", format, transcriptFormats);
  if (model === "whisper-1" || format === "json" || format === "text") return format;
  const message = `response_format '${format}' is not compatible with model '${model}'. Use 'json' or 'text' instead.`;
  throw new Complaint({ message, param: "response_format", code: "unsupported_value" });
}
