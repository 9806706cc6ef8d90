// Recorded traffic of Converse, where present: the strict simulator takes each recorded request, and each answer decodes
// without a loss, whole and streamed.
import { describe, expect, test } from "vitest";
import { bodyText, framesOf, readRecordings, recordingsMissing } from "../../../test/support/recordings.ts";
import { checkConverseRequest } from "../../simulator/clouds/converse-request.ts";
import type { ChatResponse } from "../../core/chat.ts";
import { isObject, membersOf, stringOr } from "../shared/read.ts";
import { objectsOf } from "./features/own.ts";
import { bedrockConverse } from "./protocol.ts";

const wholes = readRecordings("bedrock-converse");
const streams = readRecordings("bedrock-converse-stream");

describe.skipIf(recordingsMissing !== "")("recorded traffic (skipped where no recordings are present)", () => {
  test.each([...wholes, ...streams].map((one) => [one.id, one] as const))(
    "%s: the request is taken",
    (_id, recording) => {
      expect(() => checkConverseRequest(recording.request.body, recording.model ?? "")).not.toThrow();
    },
  );

  test.each(wholes.map((one) => [one.id, one] as const))("%s: the answer", (_id, { response }) => {
    const body = membersOf(response.body);
    const decoded = bedrockConverse.chat.response.decode(body) as ChatResponse;
    const content = objectsOf(membersOf(membersOf(body["output"])["message"])["content"]);
    const [choice] = decoded.choices;
    expect(choice?.rawFinish).toBe(body["stopReason"]);
    expect(choice?.parts.length).toBe(content.length);
    for (const [index, block] of content.entries()) {
      const part = choice?.parts[index];
      if (typeof block["text"] === "string") expect(part).toEqual({ type: "text", text: block["text"] });
      if (isObject(block["reasoningContent"]))
        expect(part).toMatchObject({ type: "reasoning", state: { protocol: "bedrock-converse" } });
      if (isObject(block["toolUse"])) expect(["tool-call", "foreign"]).toContain(part?.type);
    }
    const usage = membersOf(body["usage"]);
    expect((decoded.usage?.input ?? 0) + (decoded.usage?.output ?? 0)).toBe(usage["totalTokens"]);
  });

  test.each(streams.map((one) => [one.id, one] as const))("%s: the stream", (_id, recording) => {
    const decoder = bedrockConverse.chat.stream.decoder();
    const frames = framesOf(bodyText(recording));
    const events = frames.flatMap((frame) => decoder.step(frame));
    expect([events[0]?.type, events.at(-1)?.type, events.at(-3)?.type]).toEqual(["start", "end", "finish"]);
    const deltas = frames.map(({ data }) => membersOf(membersOf(JSON.parse(data) as object as never)["delta"]));
    const text = deltas.map((delta) => (typeof delta["text"] === "string" ? delta["text"] : "")).join("");
    expect(events.map((event) => (event.type === "text-delta" ? event.text : "")).join("")).toBe(text);
    const input = deltas.map((delta) => stringOr(membersOf(delta["toolUse"])["input"], "")).join("");
    expect(events.map((event) => (event.type === "tool-delta" ? event.arguments : "")).join("")).toBe(input);
  });
});
