// Recorded traffic of this protocol: OpenAI's own, and that of the hosts that copied it, each with its dialect.
import { describe, expect, test } from "vitest";
import type { ChatResponse, Part, Tool } from "../../core/chat.ts";
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
import { openaiChat } from "./protocol.ts";

const all = [...readRecordings("openai-chat"), ...readRecordings("gemini-openai-compat")];
const requests = all.filter((one) => one.request.body !== null);
const errors = all.filter((one) => one.response.status >= 300);
const streams = all.filter((one) => one.response.status < 300 && one.response.bodyText !== undefined);
const answers = all.filter((one) => one.response.status < 300 && one.response.bodyText === undefined);
const missing = recordingsMissing || openapiMissing;
const options = { id: "chatcmpl-own", created: 1, includeUsage: true };

function cases(list: readonly Recording[]): [string, Recording][] {
  return list.map((one) => [one.id, one]);
}

function decodeStream(recording: Recording): StreamEvent[] {
  const decoder = openaiChat.chat.stream.decoder();
  const events = framesOf(bodyText(recording)).flatMap((frame) => [...decoder.step(frame)]);
  return [...events, ...decoder.end()];
}

function decodeAnswer(recording: Recording): ChatResponse {
  const response = openaiChat.chat.response.decode(recording.response.body ?? null);
  if ("verdict" in response) throw new Error(`${recording.id}: ${response.message}`);
  return response;
}

describe.skipIf(recordingsMissing !== "")(`recorded traffic ${recordingsMissing}`, () => {
  test("all of it is here", () => {
    expect(all).toHaveLength(119);
    expect(requests.length + errors.length + streams.length + answers.length).toBeGreaterThan(200);
  });

  describe("requests come out as they went in", () => {
    test.each(cases(requests))("%s", (_id, { request: { body } }) => {
      const sent = body ?? {};
      const request = openaiChat.chat.request.decode(sent, { model: null, stream: false });
      const efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
      const facts = { ...unknownFacts, systemMessages: "anywhere", reasoning: { style: "effort", efforts } } as const;
      const target = { model: request.model, facts };
      expect(request.messages).toHaveLength(arrayOr(sent["messages"], []).length);
      expect(normalRequest(openaiChat.chat.request.encode(request, target).body)).toEqual(normalRequest(sent));
    });
  });

  describe("whole answers", () => {
    test.each(cases(answers))("%s comes out as it went in", (_id, recording) => {
      const body = membersOf(recording.response.body);
      const response = decodeAnswer(recording);
      for (const choice of response.choices) {
        expect(choice.finish).not.toBeNull();
        expect(choice.parts.length).toBeGreaterThan(0);
      }
      expect(response.usage).toMatchObject({
        input: expect.any(Number) as number,
        output: expect.any(Number) as number,
      });
      const encoded = openaiChat.chat.response.encode(response, { ...options, tools: freeToolsOf(recording) });
      expect(normalAnswer(encoded)).toEqual(normalAnswer(body));
    });
  });

  describe("streams", () => {
    /** Streams that ended without a finish reason at the source, or in an error. */
    const unfinished = new Set([
      "openai-chat.groq.tool-use-failed-error-streaming-with-text.ec8f06b4",
      "openai-chat.groq.tool-use-failed-error-streaming.a01b408b",
    ]);

    test.each(cases(streams))("%s is a proper sequence", (id, recording) => {
      const events = decodeStream(recording);
      expect(events.findIndex((event) => event.type === "start")).toBe(0);
      expect(events.filter((event) => event.type === "start")).toHaveLength(1);
      expect(events.some((event) => event.type === "finish")).toBe(!unfinished.has(id));
      expect(textOf(events)).toBe(rawText(recording));
      checkCalls(events);
    });

    test.each(cases(streams))("%s is read again as it was written", (_id, recording) => {
      const events = decodeStream(recording).filter((event) => event.type !== "failure");
      const encoder = openaiChat.chat.stream.encoder(options);
      const wire = encoder.step(events) + encoder.end();
      const decoder = openaiChat.chat.stream.decoder();
      const again = [...framesOf(wire).flatMap((frame) => [...decoder.step(frame)]), ...decoder.end()];
      expect(comparable(again)).toEqual(comparable(events));
    });

    test("those that end in an error say which", () => {
      const failures = streams.flatMap((one) =>
        decodeStream(one).flatMap((event) => (event.type === "failure" ? [[one.id, event.failure.verdict]] : [])),
      );
      expect(Object.fromEntries(failures)).toEqual({
        "openai-chat.groq.tool-use-failed-error-streaming-with-text.ec8f06b4": "malformed",
        "openai-chat.groq.tool-use-failed-error-streaming.a01b408b": "malformed",
        "openai-chat.openrouter.openrouter-stream-error.d4f77038": "bad_request",
      });
    });
  });

  test("errors are judged", () => {
    const verdicts = errors.map((one) => [
      one.id,
      openaiChat.failure.decode(one.response.status, one.response.headers, bodyText(one)).verdict,
    ]);
    expect(Object.fromEntries(verdicts)).toEqual({
      "openai-chat.deepseek.n-rejects-a-bogus-key-with-the-provider-body.8152ba19": "bad_key",
      "openai-chat.deepseek.streaming-image-part-reaches-the-wire.34f45e1c": "unsupported",
      "openai-chat.groq.auth-rejection-classifies-with-contract.c18de7d1": "bad_key",
      "openai-chat.groq.provider-error-response-carries-request-id.74b35d92": "unknown_model",
      "openai-chat.groq.tool-use-failed-error-with-text.f6ca3b92": "malformed",
      "openai-chat.llamacpp.unfetchable-image-url.0b2b49b6": "server_error",
      "openai-chat.openai.chat-completion-error.70fc0dd6": "bad_key",
      "openai-chat.openai.chat-unknown-model.86477088": "unknown_model",
      "openai-chat.openai.chat-with-model-not-found.75dbacf0": "unknown_model",
      "openai-chat.openai.ng-test-input-value-hides-regular-url-images.1620b61c": "bad_request",
      "openai-chat.openai.openai-web-search-tool-model-not-supported.f2064f95": "unsupported",
      "openai-chat.openrouter.openrouter-errors-raised.6629bb6a": "rate_limited",
    });
  });
});

describe.skipIf(missing !== "")(`schemas of OpenAI ${missing}`, () => {
  const schemas = missing === "" ? openSchemas() : null;
  const openai = (list: readonly Recording[]): [string, Recording][] =>
    cases(list.filter((one) => one.provider === "openai"));

  test.each(openai(answers))("%s, encoded again", (_id, recording) => {
    const tools = freeToolsOf(recording);
    const body = openaiChat.chat.response.encode(decodeAnswer(recording), { ...options, tools });
    expect(schemas?.faults("CreateChatCompletionResponse", body)).toEqual([]);
  });

  test.each(openai(streams))("%s, encoded again", (_id, recording) => {
    const encoder = openaiChat.chat.stream.encoder(options);
    const frames = framesOf(encoder.step(decodeStream(recording)) + encoder.end());
    expect(frames.at(-1)?.data).toBe("[DONE]");
    for (const { data } of frames.slice(0, -1)) {
      expect(schemas?.faults("CreateChatCompletionStreamResponse", JSON.parse(data))).toEqual([]);
    }
  });
});

/** The request's tools beside functions. */
function freeToolsOf({ request }: Recording): readonly Tool[] {
  const tools = arrayOr(membersOf(request.body)["tools"], []).filter((tool) => membersOf(tool)["type"] === "custom");
  const body = { messages: [{ role: "user", content: "any" }], tools };
  return openaiChat.chat.request.decode(body, { model: null, stream: false }).tools;
}

/** Makes both spellings of the same request equal. */
function normalRequest(body: JsonObject): unknown {
  const { reasoning, max_completion_tokens, functions, function_call, stream, stream_options, ...rest } = body;
  const effort = membersOf(reasoning)["effort"];
  const tools = [...arrayOr(body["tools"], []).map(normalTool), ...arrayOr(functions, []).map(asTool)];
  return withoutNothing({
    ...rest,
    messages: arrayOr(body["messages"], []).map(normalMessage),
    tools: tools.length > 0 ? tools : undefined,
    tool_choice:
      tools.length === 0
        ? undefined
        : body["tool_choice"] === "any"
          ? "required"
          : (body["tool_choice"] ?? function_call),
    parallel_tool_calls: tools.length > 0 ? body["parallel_tool_calls"] : undefined,
    response_format: normalFormat(body["response_format"]),
    reasoning_effort: body["reasoning_effort"] ?? effort,
    max_tokens: body["max_tokens"] ?? max_completion_tokens,
    stop: typeof body["stop"] === "string" ? [body["stop"]] : body["stop"],
    stream: stream === true ? true : undefined,
    stream_options: stream === true ? { ...membersOf(stream_options), include_usage: true } : undefined,
  });
}

/** A schema has a name. */
function normalFormat(value: Json | undefined): Json | undefined {
  const schema = membersOf(value)["json_schema"];
  return isObject(schema) ? { ...membersOf(value), json_schema: { name: "answer", ...schema } } : value;
}

function asTool(value: Json): Json {
  return { type: "function", function: value };
}

/** A tool without a type is a function; members beside it have no meaning. */
function normalTool(value: Json): Json {
  const tool = membersOf(value);
  return isObject(tool["function"]) ? asTool(tool["function"]) : tool;
}

function normalMessage(value: Json): Json {
  const { function_call, role, content, name, ...rest } = membersOf(value);
  const calls = [
    ...arrayOr(rest["tool_calls"], []).map(normalCall),
    ...(isObject(function_call) ? [{ function: function_call, type: "function", id: "" }] : []),
  ];
  const only = isArray(content) && content.length === 1 ? membersOf(content[0]) : {};
  const text = only["type"] === "text" && Object.keys(only).length === 2 ? only["text"] : content;
  const legacy = role === "function";
  return withoutNothing({
    ...rest,
    role: role === "developer" ? "system" : legacy ? "tool" : role,
    name: legacy ? undefined : name,
    tool_call_id: legacy || stringOr(rest["tool_call_id"], "").startsWith("call_") ? undefined : rest["tool_call_id"],
    content: (isArray(text) ? (text.length === 0 ? undefined : text.map(normalPart)) : text) || undefined,
    tool_calls: calls.length > 0 ? calls : undefined,
    reasoning: undefined,
    reasoning_content: rest["reasoning_content"] ?? rest["reasoning"],
  }) as Json;
}

/** A document is a file in either spelling, and has a name. */
function normalPart(value: Json): Json {
  const part = membersOf(value);
  const data = part["type"] === "document_url" ? part["document_url"] : membersOf(part["file"])["file_data"];
  return data === undefined ? value : { type: "file", data };
}

/** Created ids, and the indexes that some clients echo, do not count. */
function normalCall(value: Json): Json {
  const { index: _index, id, ...call } = membersOf(value);
  return { ...call, id: typeof id === "string" && !id.startsWith("call_") ? id : "" };
}

function withoutNothing(object: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(entries);
}

/**
 * The fields that must be equal in the vendor's answer and ours: text, calls, reasons, counts, and the vendor's own
 * fields.
 */
function normalAnswer(body: JsonObject): unknown {
  const { choices, usage: _usage, object: _object, ...fields } = body;
  return {
    fields: withoutNothing(fields),
    counts: membersOf(body["usage"])["prompt_tokens"],
    choices: arrayOr(choices, []).map((value) => {
      const choice = membersOf(value);
      const message = membersOf(choice["message"]);
      const {
        reasoning,
        reasoning_content,
        content,
        thought_signature: _s,
        tool_calls,
        annotations,
        extra_content,
        ...rest
      } = message;
      const parts = isArray(content) ? content.map(membersOf) : [];
      return {
        finish: choice["finish_reason"],
        index: choice["index"],
        text: isArray(content) ? parts.map((part) => stringOr(part["text"], "")).join("") : content || "",
        reasoning:
          reasoning_content || reasoning || (parts.some((part) => part["type"] === "thinking") ? thoughts(parts) : ""),
        calls: arrayOr(tool_calls, []).map((call) => {
          const { index: _index, id, extra_content: _extra, ...inner } = membersOf(call);
          return { id: stringOr(id, "").startsWith("call_") ? "" : id, ...inner };
        }),
        signed:
          isObject(extra_content) || arrayOr(tool_calls, []).some((call) => isObject(membersOf(call)["extra_content"])),
        annotations: arrayOr(annotations, []),
        rest: withoutNothing(rest),
      };
    }),
  };
}

function thoughts(parts: readonly JsonObject[]): string {
  const pieces = parts.flatMap((part) => arrayOr(part["thinking"], []).map(membersOf));
  return pieces.map((piece) => stringOr(piece["text"], "")).join("");
}

/** All text of the stream, by choice, straight from the chunks. */
function rawText(recording: Recording): string {
  let text = "";
  for (const { data } of framesOf(bodyText(recording))) {
    if (data === "[DONE]") continue;
    const chunk = JSON.parse(data) as { choices?: { delta?: { content?: unknown } }[] };
    for (const { delta } of chunk.choices ?? []) if (typeof delta?.content === "string") text += delta.content;
  }
  return text;
}

function textOf(events: readonly StreamEvent[]): string {
  return events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
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

/** The fields that the second reading must find again: without usage events, ids and own extensions of the envelope. */
function comparable(events: readonly StreamEvent[]): unknown {
  const parts: Part[] = [];
  const usage = events.findLast((event) => event.type === "usage");
  const rest = events.filter((event) => {
    if (event.type === "part") parts.push(event.part);
    return !["start", "part", "usage", "end"].includes(event.type);
  });
  const words = rest.map((event) => {
    if (event.type === "finish") return { ...event, raw: null };
    return event.type === "reasoning-delta" ? { ...event, state: undefined } : event;
  });
  return { words, parts, usage: usage?.usage };
}
