// The reader counts every event for any slicing of the bytes, and tells a broken stream from a complete one.
import { describe, expect, test } from "vitest";
import { openAiFrames } from "../upstream/frames.ts";
import { StreamReader } from "./stream-reader.ts";

const frames = openAiFrames(5);
const ending = "data: [DONE]";
const whole = Buffer.concat([frames.head, ...frames.events]);

describe("StreamReader", () => {
  test.each([1, 7, 64, whole.length])("counts and ends a stream read in slices of %i bytes", (slice) => {
    const reader = new StreamReader(5, ending);
    let events = 0;
    let endings = 0;
    for (let at = 0; at < whole.length; at += slice) {
      const result = reader.read(whole.subarray(at, at + slice));
      events += result.events;
      endings += result.ended ? 1 : 0;
      expect(result.problem).toBeUndefined();
    }
    expect({ events, endings }).toEqual({ events: 5, endings: 1 });
  });
  test("reads the next stream on the same connection", () => {
    const reader = new StreamReader(5, ending);
    for (let round = 0; round < 3; round++)
      expect(reader.read(whole)).toEqual({ events: 5, ended: true, problem: undefined });
  });
  test("tells a stream that lost an event", () => {
    const reader = new StreamReader(5, ending);
    const lost = Buffer.concat([frames.head, ...frames.events.slice(1)]);
    expect(reader.read(lost).problem).toBe("a stream ended after 4 of 5 events");
  });
  test("tells a stream that ended in silence", () => {
    const reader = new StreamReader(1, ending);
    const silent = Buffer.concat([frames.head, Buffer.from("8\r\ndata: ~\n\r\n0\r\n\r\n")]);
    expect(reader.read(silent).problem).toContain("without data: [DONE]");
  });
  test("tells an answer that is not a stream", () => {
    const reader = new StreamReader(5, ending);
    const result = reader.read(Buffer.from("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 2\r\n\r\nno"));
    expect(result.problem).toContain("502 Bad Gateway");
  });
  test("knows whether it is in the middle of an answer", () => {
    const reader = new StreamReader(5, ending);
    expect(reader.reading).toBe(false);
    reader.read(whole.subarray(0, 10));
    expect(reader.reading).toBe(true);
    reader.read(whole.subarray(10));
    expect(reader.reading).toBe(false);
  });
});
