import { expect, test } from "vitest";
import { recordingEnding, recordingType } from "./recording-type.ts";
import { wavOf } from "./wav.ts";

test("a WAV file is a header of 44 bytes and the samples", () => {
  const samples = Buffer.from([1, 0, 2, 0]);
  const file = Buffer.from(wavOf(samples, 24_000));
  expect(file.toString("hex")).toBe(
    "52494646" +
      "28000000" +
      "57415645" +
      "666d7420" +
      "10000000" +
      "0100" +
      "0100" +
      "c05d0000" +
      "80bb0000" +
      "0200" +
      "1000" +
      "64617461" +
      "04000000" +
      "01000200",
  );
  expect(recordingType(file)).toBe("audio/wav");
});

test.each([
  ["fLaC\0\0\0\0", "audio/flac", "flac"],
  ["OggS\0\0", "audio/ogg", "ogg"],
  ["ID3\u0004", "audio/mpeg", "mp3"],
  ["\u00ff\u00fb\u0090", "audio/mpeg", "mp3"],
  ["\u00ff\u00f1\u0050", "audio/aac", "aac"],
  ["\0\0\0 ftypM4A ", "audio/mp4", "m4a"],
  ["\u001aE\u00df\u00a3", "audio/webm", "webm"],
  ["FORM\0\0\0\0AIFF", "audio/aiff", "aiff"],
] as const)("%j is %s", (start, type, ending) => {
  expect(recordingType(Buffer.from(start, "latin1"))).toBe(type);
  expect(recordingEnding(type)).toBe(ending);
});

test("other bytes are of no known type", () => {
  expect(recordingType(Buffer.from("hello"))).toBeNull();
  expect(recordingType(new Uint8Array(0))).toBeNull();
});
