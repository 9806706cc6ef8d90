// Recorded traffic of this protocol: OpenAI's own, and that of the hosts that copied it, each with its dialect.
import { describe, expect, test } from "vitest";
import type { ChatResponse, Part } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { openapiMissing, openSchemas } from "../../../test/support/openapi.ts";
import {
  bodyText,
  framesOf,
  readRecordings,
  type Recording,
  recordingsMissing,
} from "../../../test/support/recordings.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "../shared/read.ts";
import { openaiResponses } from "./protocol.ts";

const all = readRecordings("openai-responses");
const requests = all.filter((one) => one.request.body !== null && one.request.body["input"] !== undefined);
const errors = all.filter((one) => one.response.status >= 300);
const streams = all.filter((one) => one.response.status < 300 && one.response.bodyText !== undefined);
const answers = all.filter((one) => one.response.status < 300 && one.response.bodyText === undefined);
const missing = recordingsMissing || openapiMissing;
const options = { id: "resp_own", created: 1, includeUsage: true };
const hint = { model: null, stream: false };

function cases(list: readonly Recording[]): [string, Recording][] {
  return list.map((one) => [one.id, one]);
}

function decodeFrames(text: string): StreamEvent[] {
  const decoder = openaiResponses.chat.stream.decoder();
  const events = framesOf(text).flatMap((frame) => [...decoder.step(frame)]);
  return [...events, ...decoder.end()];
}

function decodeAnswer(body: Json): ChatResponse {
  const response = openaiResponses.chat.response.decode(body);
  if ("verdict" in response) throw new Error(response.message);
  return response;
}

function encodeStream(events: readonly StreamEvent[], echo?: JsonObject): string {
  const encoder = openaiResponses.chat.stream.encoder({ ...options, echo });
  return encoder.step(events) + encoder.end();
}

/** The whole response at the end of a recorded stream. */
function lastResponse(recording: Recording): JsonObject {
  for (const { data } of framesOf(bodyText(recording)).toReversed()) {
    if (data === "[DONE]") continue;
    const { response } = JSON.parse(data) as JsonObject;
    if (isObject(response)) return response;
  }
  return {};
}

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  test("all of it is here", () => {
    expect(all).toHaveLength(50);
    expect([requests, errors, streams, answers].map((list) => list.length)).toEqual([48, 3, 26, 21]);
  });

  describe("requests come out as they went in", () => {
    test.each(cases(requests))("%s", (_id, { request: { body } }) => {
      const sent = body ?? {};
      const request = openaiResponses.chat.request.decode(sent, hint);
      const target = { model: request.model, facts: unknownFacts };
      const encoded = openaiResponses.chat.request.encode(request, target);
      expect(normalRequest(encoded.body)).toEqual(normalRequest(sent));
      expect([encoded.dropped, encoded.adapted]).toEqual([[], []]);
    });
  });

  describe("whole answers", () => {
    test.each(cases(answers))("%s comes out as it went in", (_id, recording) => {
      const body = membersOf(recording.response.body);
      const response = decodeAnswer(body);
      expect(response.choices[0]?.finish).not.toBeNull();
      expect(openaiResponses.chat.response.encode(response, options)).toMatchObject(body);
    });
  });

  describe("streams", () => {
    const failed = "openai-responses.openai.openai-error-1-chunks.45626660";

    test.each(cases(streams))("%s is a proper sequence", (id, recording) => {
      const events = decodeFrames(bodyText(recording));
      expect(events.findIndex((event) => event.type === "start")).toBe(0);
      expect(events.filter((event) => event.type === "start")).toHaveLength(1);
      expect(events.filter((event) => event.type === "finish")).toHaveLength(id === failed ? 0 : 1);
      expect(events.filter((event) => event.type === "failure")).toHaveLength(id === failed ? 1 : 0);
      checkCalls(events);
    });

    test.each(cases(streams.filter(({ id }) => id !== failed)))("%s says what its last word says", (_id, recording) => {
      const events = decodeFrames(bodyText(recording));
      const whole = decodeAnswer(lastResponse(recording));
      const [choice] = whole.choices;
      expect(saidIn(events)).toEqual(saidBy(choice?.parts ?? []));
      expect(events.find((event) => event.type === "finish")).toMatchObject({
        reason: choice?.finish,
        raw: choice?.rawFinish,
      });
      expect(events.findLast((event) => event.type === "usage")?.usage).toEqual(whole.usage);
    });

    test.each(cases(streams.filter(({ id }) => id !== failed)))(
      "%s is read again as it was written",
      (_id, recording) => {
        const events = decodeFrames(bodyText(recording));
        expect(comparable(decodeFrames(encodeStream(events)))).toEqual(comparable(events));
      },
    );

    test("the one that ends in an error says which", () => {
      const recording = streams.find(({ id }) => id === failed);
      const events = recording === undefined ? [] : decodeFrames(bodyText(recording));
      expect(events.at(-1)).toMatchObject({ type: "failure", failure: { verdict: "quota_exhausted", status: null } });
    });
  });

  test("errors are judged", () => {
    const verdicts = errors.map((one) => [
      one.id,
      openaiResponses.failure.decode(one.response.status, one.response.headers, bodyText(one)).verdict,
    ]);
    expect(Object.fromEntries(verdicts)).toEqual({
      "openai-responses.openai.ol-return-content-url-audio-openai-responses.fce99fb5": "unsupported",
      "openai-responses.openai.openai-error-1.27d905b7": "quota_exhausted",
      "openai-responses.openai.response-error.84da920f": "bad_key",
    });
  });
});

describe.skipIf(missing !== "")(`schemas of OpenAI ${missing}`, () => {
  const schemas = missing === "" ? openSchemas() : null;
  const openai = (list: readonly Recording[]): [string, Recording][] =>
    cases(list.filter((one) => one.provider === "openai"));

  /** The answer as another protocol would have it. */
  function foreign(response: ChatResponse): ChatResponse {
    const parts = response.choices[0]?.parts.filter((part) => part.type !== "foreign").map(withoutState) ?? [];
    const choices = response.choices.map((choice) => ({ ...choice, parts }));
    return { ...response, choices, extras: { protocol: "openai-chat", fields: {} } };
  }

  test.each(openai(answers))("%s, encoded as a foreign answer", (_id, recording) => {
    const echo = recording.request.body ?? undefined;
    const response = foreign(decodeAnswer(recording.response.body ?? null));
    expect(schemas?.faults("Response", openaiResponses.chat.response.encode(response, { ...options, echo }))).toEqual(
      [],
    );
  });

  test.each(openai(streams))("%s, encoded again", (_id, recording) => {
    const events = decodeFrames(bodyText(recording)).filter(
      (event) => event.type !== "failure" && (event.type !== "part" || event.part.type !== "foreign"),
    );
    for (const { event, data } of framesOf(encodeStream(events))) {
      const value = JSON.parse(data) as JsonObject;
      expect(value["type"]).toBe(event);
      expect([event, schemas?.faults(schemaOf(event ?? ""), value)]).toEqual([event, []]);
    }
  });
});

/** `response.output_text.delta` is described as ResponseTextDeltaEvent. */
function schemaOf(event: string): string {
  const words = event.replace("response.", "").replace("output_text", "text").split(/[._]/);
  return `Response${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")}Event`;
}

function withoutState(part: Part): Part {
  if (part.type === "refusal" || part.type === "foreign") return part;
  const { state: _state, ...rest } = part;
  return rest;
}

/** Makes equal spellings of the same request identical. */
function normalRequest(body: JsonObject): unknown {
  const { input, stream, user, safety_identifier, tools, include, ...rest } = body;
  const items =
    typeof input === "string" ? [{ role: "user", content: input }] : arrayOr(input, []).map((item) => membersOf(item));
  return withoutNothing({
    ...rest,
    input: items.map(normalItem),
    stream: stream === true ? true : undefined,
    user: user ?? safety_identifier,
    tools: tools === undefined ? undefined : byText(arrayOr(tools, []).map((tool) => withoutNothing(membersOf(tool)))),
    include: include === undefined || arrayOr(include, []).length === 0 ? undefined : byText([...arrayOr(include, [])]),
    text: isObject(body["text"]) ? withoutNothing(body["text"]) : undefined,
  });
}

function byText(list: unknown[]): unknown[] {
  const nameOf = (value: unknown): string => {
    const { name, type } = membersOf(value as Json);
    return stringOr(name, stringOr(type, JSON.stringify(value)));
  };
  return list.toSorted((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
}

function normalItem(item: JsonObject): Record<string, unknown> {
  const { content, output, ...rest } = item;
  const message = item["role"] !== undefined;
  return withoutNothing({
    ...rest,
    type: message ? "message" : item["type"],
    content: message ? normalContent(content) : content,
    output: output === undefined ? undefined : normalContent(output),
  });
}

/** One text in parts is that text; an empty list of annotations does not count. */
function normalContent(value: Json | undefined): unknown {
  if (!isArray(value)) return value;
  const parts = value.map((part) => {
    const { annotations, ...other } = membersOf(part);
    return withoutNothing({ ...other, annotations: arrayOr(annotations, []).length > 0 ? annotations : undefined });
  });
  const [first] = parts;
  return parts.length === 1 && first !== undefined && Object.keys(first).length === 2 && "text" in first
    ? first["text"]
    : parts;
}

function withoutNothing(object: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries);
}

interface Said {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly calls: { id: string; name: string; arguments: string }[];
  readonly foreign: unknown[];
}

function saidIn(events: readonly StreamEvent[]): Said {
  const said = { text: "", refusal: "", reasoning: "" };
  const calls: Said["calls"] = [];
  const foreign: unknown[] = [];
  for (const event of events) {
    if (event.type === "text-delta") said.text += event.text;
    if (event.type === "refusal-delta") said.refusal += event.text;
    if (event.type === "reasoning-delta") said.reasoning += event.text;
    if (event.type === "tool-start") calls.push({ id: event.id, name: event.name, arguments: "" });
    if (event.type === "tool-delta") {
      const call = calls[event.tool];
      if (call !== undefined) call.arguments += event.arguments;
    }
    if (event.type === "part") foreign.push(event.part);
  }
  return { ...said, calls, foreign };
}

function saidBy(parts: readonly Part[]): Said {
  const textOf = (type: "text" | "refusal" | "reasoning"): string =>
    parts.map((part) => (part.type === type ? part.text : "")).join("");
  const calls = parts.filter((part) => part.type === "tool-call");
  return {
    text: textOf("text"),
    refusal: textOf("refusal"),
    reasoning: textOf("reasoning"),
    calls: calls.map((call) => ({ id: call.id, name: call.name, arguments: call.arguments })),
    foreign: parts.filter((part) => part.type === "foreign" || part.type === "image"),
  };
}

/** A call begins before its deltas, ends once, and contains JSON unless the answer was cut. */
function checkCalls(events: readonly StreamEvent[]): void {
  const texts = new Map<number, string>();
  const cut = events.some((event) => event.type === "finish" && event.reason === "length");
  for (const event of events) {
    if (event.type === "tool-start") texts.set(event.tool, "");
    if (event.type !== "tool-delta") continue;
    expect(texts.has(event.tool)).toBe(true);
    texts.set(event.tool, (texts.get(event.tool) ?? "") + event.arguments);
  }
  expect(events.filter((event) => event.type === "tool-end")).toHaveLength(texts.size);
  if (!cut) for (const text of texts.values()) expect(typeof JSON.parse(text || "{}")).toBe("object");
}

/** The fields that the second reading must find again: without ids of items, which are ours then, and our envelope. */
function comparable(events: readonly StreamEvent[]): unknown {
  return events
    .filter((event) => event.type !== "start" && event.type !== "failure")
    .map((event) => {
      // Clients read every count: one that the vendor does not report is written as 0.
      if (event.type === "usage")
        return { ...event, usage: { ...event.usage, cacheWrite: event.usage.cacheWrite ?? 0 } };
      if (event.type !== "text-delta" && event.type !== "reasoning-delta") return event;
      const item = membersOf(membersOf(event.state?.value)["item"]);
      const part = membersOf(membersOf(event.state?.value)["part"]);
      const kept = {
        phase: item["phase"],
        sealed: stringOr(item["encrypted_content"], ""),
        annotations: part["annotations"],
      };
      return { ...event, state: event.state === undefined ? undefined : kept };
    });
}
