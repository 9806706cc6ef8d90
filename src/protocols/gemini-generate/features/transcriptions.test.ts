import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../../core/json.ts";
import type { TranscriptionRequest } from "../../../core/transcription.ts";
import { geminiFacts } from "../../../providers/facts.ts";
import { transcription } from "./transcriptions.ts";

const { request: requests, response: responses } = transcription;
const wav = Buffer.from("RIFF\0\0\0\0WAVE", "latin1");
const asked: TranscriptionRequest = {
  recording: { name: "talk.wav", type: "", data: wav },
  translates: false,
  language: null,
  prompt: null,
  temperature: null,
  format: "json",
  stream: false,
  extras: {},
};
const part = { inlineData: { mimeType: "audio/wav", data: wav.toString("base64") } };
const decode = (text: string, more: JsonObject = {}): TranscriptionRequest =>
  requests.decode({ contents: [{ parts: [part, { text }] }], ...more }, { model: "m", variant: "content" });

describe("a request", () => {
  test("has the recording with its real type, and an instruction", () => {
    const { body } = requests.encode!({ ...asked, prompt: 'a "hen"', language: "de" }, "gemini-2.5-flash");
    const text = JSON.stringify(body);
    expect(text).toContain('"mimeType":"audio/wav"');
    expect(text).toContain("The language that is spoken: de.");
    expect(text).toContain(JSON.stringify(JSON.stringify('a "hen"')).slice(1, -1));
  });

  test.each([
    [{ format: "srt" }, "gemini-2.5-flash", "response_format"],
    [
      { recording: { name: "a.bin", type: "application/octet-stream", data: Buffer.from("?") } },
      "gemini-2.5-flash",
      "file",
    ],
    [
      { recording: { name: "a.wav", type: "", data: Buffer.concat([wav, Buffer.alloc(16 << 20)]) } },
      "gemini-2.5-flash",
      "file",
    ],
    [{}, "gemini-2.5-flash-image", "model"],
    [{}, "gemini-2.5-flash-preview-tts", "model"],
  ])("case %# is refused before it is sent", (more, model, param) =>
    expect(() => requests.encode!({ ...asked, ...more }, model, geminiFacts(model))).toThrow(
      expect.objectContaining({ code: "unsupported", param }) as Error,
    ),
  );
});

describe("a client's request", () => {
  test.each(["Transcribe this.", "Generate a transcript of the speech.", "Write down what is said, word for word."])(
    "%s is one",
    (text) => expect(decode(text)).toMatchObject({ translates: false, format: "text" }),
  );

  test.each(["Summarize this.", "Transcribe and translate it.", "Transcribe with timestamps.", ""])(
    "%j is for a model that converses",
    (text) => expect(() => decode(text)).toThrow(expect.objectContaining({ code: "unsupported" }) as Error),
  );

  test("for JSON is for a model that converses", () => {
    const generationConfig = { responseMimeType: "application/json" };
    expect(() => decode("Transcribe this.", { generationConfig })).toThrow(
      expect.objectContaining({ code: "unsupported" }) as Error,
    );
  });
});

test.each([
  ["STOP", " A hen.\n", { text: "A hen." }],
  ["MAX_TOKENS", "A hen", { verdict: "cut" }],
  ["SAFETY", "", { verdict: "policy_blocked" }],
  ["STOP", "", { verdict: "empty" }],
])("an answer that ends with %s and %j is %j", (finishReason, text, expected) => {
  const body = { candidates: [{ content: { parts: [{ text }] }, finishReason }] };
  expect(responses.decode(body, asked)).toMatchObject(expected);
});
