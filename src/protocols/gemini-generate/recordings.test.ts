// Recorded traffic of the Gemini API and of Vertex, where present: answers and streams decode without loss, errors get
// the right verdict, and clients' requests survive the way into the neutral form and back.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { createSseParser } from "../../domain/sse.ts";
import { isObject, membersOf, stringOr } from "../shared/read.ts";
import { objectsInMembers } from "./features/members.ts";
import { geminiGenerate } from "./protocol.ts";
import { factsOf } from "./requests.test-support.ts";
import { lowerParameters, lowerSchema } from "./request/schema.ts";
import { raiseSchema } from "./request/schema-raise.ts";

const folder = join(import.meta.dirname, "../../../../shared/recordings");
const present = existsSync(folder);

interface Recording {
  readonly id: string;
  readonly model: string;
  readonly request: { readonly body: JsonObject | null };
  readonly response: {
    readonly status: number;
    readonly headers: Record<string, string>;
    readonly body?: Json;
    readonly bodyText?: string;
  };
}

function readAll(api: string): Recording[] {
  if (!present) return [];
  return readdirSync(join(folder, api))
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(join(folder, api, name), "utf8")) as Recording);
}

const whole = readAll("gemini-generate");
const streams = readAll("gemini-stream");
const short = (id: string): string => id.split(".").at(-1) ?? id;

function bodyText({ response }: Recording): string {
  return response.bodyText ?? JSON.stringify(response.body);
}

/** All events of a recorded stream, whether framed as events or sent as one array. */
function eventsOf(recording: Recording): StreamEvent[] {
  const decoder = geminiGenerate.chat.stream.decoder();
  const text = bodyText(recording);
  const parser = createSseParser();
  const frames = text.trimStart().startsWith("[")
    ? [{ event: null, data: text }]
    : [...parser.push(Buffer.from(text)).frames, ...parser.end().frames];
  return [...frames.flatMap((frame) => decoder.step(frame)), ...decoder.end()];
}

/** The slices of a recorded stream as JSON. */
function slicesOf(recording: Recording): JsonObject[] {
  const text = bodyText(recording);
  if (text.trimStart().startsWith("[")) return [...objectsInMembers(JSON.parse(text) as Json)];
  const parser = createSseParser();
  return [...parser.push(Buffer.from(text)).frames, ...parser.end().frames].map(
    ({ data }) => JSON.parse(data) as JsonObject,
  );
}

const isPart = (part: JsonObject): boolean => JSON.stringify(part) !== '{"text":""}';

function partsOf(candidate: JsonObject): JsonObject[] {
  return objectsInMembers(membersOf(candidate["content"])["parts"]).filter(isPart);
}

/** The vendor says that the model failed (`OTHER`): a broken answer. */
const broken = "gemini-generate.gemini.unary-failure-with-message-no-content.0285e08b";
const successes = whole.filter(({ id, response }) => response.status === 200 && id !== broken);

describe.skipIf(!present)("recorded answers (skipped where no recordings are present)", () => {
  test.each(successes.map((recording) => [recording.id, recording] as const))("%s", (_, recording) => {
    const body = membersOf(recording.response.body);
    const decoded = geminiGenerate.chat.response.decode(body) as ChatResponse;
    expect(decoded).toHaveProperty("choices");
    const encoded = membersOf(
      geminiGenerate.chat.response.encode(decoded, { id: "none", created: 0, includeUsage: true }),
    );
    for (const [position, candidate] of objectsInMembers(body["candidates"]).entries()) {
      const again = objectsInMembers(encoded["candidates"])[position] ?? {};
      expect(partsOf(again).map(withoutMintedId(candidate))).toEqual(partsOf(candidate));
      expect(wordOf(again["finishReason"])).toBe(wordOf(candidate["finishReason"]));
      for (const key of ["groundingMetadata", "citationMetadata", "safetyRatings", "avgLogprobs", "urlContextMetadata"])
        expect(again[key]).toEqual(candidate[key]);
      expect(decoded.choices[position]?.finish).not.toBeNull();
    }
    if (body["usageMetadata"] !== undefined) {
      expect(encoded["usageMetadata"]).toEqual(body["usageMetadata"]);
      const total = membersOf(body["usageMetadata"])["totalTokenCount"];
      expect((decoded.usage?.input ?? 0) + (decoded.usage?.output ?? 0)).toBe(total);
    }
  });
});

test.skipIf(!present)("F17: a recorded answer that broke is a failure with the vendor's words", () => {
  const body = whole.find(({ id }) => id === broken)?.response.body ?? null;
  expect(geminiGenerate.chat.response.decode(body)).toMatchObject({
    verdict: "cut",
    message: "Model failed to generate content due to internal error.",
  });
});

function wordOf(finish: Json | undefined): Json | undefined {
  return finish === 1 ? "STOP" : finish === 2 ? "MAX_TOKENS" : finish;
}

/** Ids that the vendor did not send are ours. */
function withoutMintedId(candidate: JsonObject): (part: JsonObject) => JsonObject {
  const given = JSON.stringify(candidate);
  return (part) => {
    const call = part["functionCall"];
    if (!isObject(call) || given.includes(JSON.stringify(call["id"]))) return part;
    const { id: _, ...bare } = call;
    return { ...part, functionCall: bare };
  };
}

const brokenStream = "streaming-failure-error-mid-stream";
const wholeStreams = streams
  .filter(({ id, response }) => response.status === 200 && !id.includes(brokenStream))
  .map((one) => [one.id, one] as const);

describe.skipIf(!present)("recorded streams (skipped where no recordings are present)", () => {
  test.each(wholeStreams)("%s", (_, recording) => {
    const events = eventsOf(recording);
    const slices = slicesOf(recording);
    expect(events[0]?.type).toBe("start");
    expect(events.filter(({ type }) => type === "start")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "finish")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "failure")).toEqual([]);
    expect(events.at(-1)?.type).toBe("finish");
    const parts = slices.flatMap((slice) => objectsInMembers(slice["candidates"]).flatMap(partsOf));
    const text = (thought: boolean): string =>
      parts
        .filter((part) => (part["thought"] === true) === thought)
        .map((part) => stringOr(part["text"], ""))
        .join("");
    expect(joined(events, "text-delta")).toBe(text(false));
    expect(joined(events, "reasoning-delta")).toBe(text(true));
    const calls = parts.flatMap((part) => (isObject(part["functionCall"]) ? [part["functionCall"]] : []));
    const starts = events.filter((event) => event.type === "tool-start");
    const deltas = events.filter((event) => event.type === "tool-delta");
    expect(starts.map(({ name, tool }) => [tool, name])).toEqual(calls.map((call, index) => [index, call["name"]]));
    expect(deltas.map((event) => JSON.parse(event.arguments) as Json)).toEqual(calls.map((call) => call["args"] ?? {}));
    const signatures = parts.flatMap((part) => part["thoughtSignature"] ?? []);
    expect(signaturesOf(events)).toEqual(signatures);
    const last = slices.findLast((slice) => membersOf(slice["usageMetadata"])["totalTokenCount"] !== undefined);
    const usage = events.findLast((event) => event.type === "usage")?.usage;
    if (last !== undefined)
      expect((usage?.input ?? 0) + (usage?.output ?? 0)).toBe(membersOf(last["usageMetadata"])["totalTokenCount"]);
  });

  test("one that breaks off with an error says so, though each slice said STOP", () => {
    const events = streams.filter(({ id }) => id.includes(brokenStream)).flatMap(eventsOf);
    expect(events.map(({ type }) => type)).toEqual(["start", "text-delta", "text-delta", "failure"]);
  });

  test.each(wholeStreams)("encoded again: %s", (_, recording) => {
    const encoder = geminiGenerate.chat.stream.encoder({ id: "none", created: 0, includeUsage: true });
    const events = eventsOf(recording);
    const text = encoder.step(events) + encoder.end();
    const again = { ...recording, response: { ...recording.response, bodyText: text } };
    expect(bare(eventsOf(again))).toEqual(bare(events));
    expect(objectsInMembers(slicesOf(again).at(-1)?.["candidates"])[0]?.["finishReason"]).toBeDefined();
  });
});

/** An answer's content, without facts of the wire format. */
function bare(events: readonly StreamEvent[]): unknown {
  return {
    text: joined(events, "text-delta"),
    reasoning: joined(events, "reasoning-delta"),
    signatures: signaturesOf(events),
    calls: events.filter(({ type }) => type.startsWith("tool-")).map((event) => ({ ...event, id: null })),
    finish: events.filter(({ type }) => type === "finish").map((event) => event.type === "finish" && event.reason),
    usage: events.findLast(({ type }) => type === "usage"),
  };
}

function joined(events: readonly StreamEvent[], type: "text-delta" | "reasoning-delta"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}

function signaturesOf(events: readonly StreamEvent[]): Json[] {
  return events.flatMap((event) => {
    if (event.type === "part")
      return event.part.type === "foreign" ? (membersOf(event.part.state.value)["thoughtSignature"] ?? []) : [];
    return "state" in event && event.state !== undefined ? [event.state.value] : [];
  });
}

const verdicts: Readonly<Record<string, string>> = {
  "1e31d188": "bad_key",
  b87c82b6: "rate_limited 34400",
  "8aa0ef6c": "forbidden",
  "58c516d8": "bad_request",
  e508dceb: "unknown_model",
  bc274da1: "quota_exhausted",
  "699153ca": "rate_limited 40000",
  caf7f8d6: "overloaded",
  f254375d: "bad_request",
};

describe.skipIf(!present)("recorded errors (skipped where no recordings are present)", () => {
  test.each(
    [...whole, ...streams].filter(({ response }) => response.status !== 200).map((one) => [one.id, one] as const),
  )("%s", (_, recording) => {
    const { status, headers } = recording.response;
    const failure = geminiGenerate.failure.decode(status, headers, bodyText(recording));
    const found = failure.waitMs === null ? failure.verdict : `${failure.verdict} ${failure.waitMs}`;
    expect([short(recording.id), found]).toEqual([short(recording.id), verdicts[short(recording.id)]]);
    expect(failure.status).toBe(status);
    expect(failure.message).not.toMatch(/<|\d{12}/);
  });
});

const requests = [...whole, ...streams].filter(
  ({ request, response }) => request.body !== null && response.status === 200,
);

describe.skipIf(!present)("recorded requests (skipped where no recordings are present)", () => {
  test.each(requests.map((recording) => [recording.id, recording] as const))("%s", (_, { request, model }) => {
    const body = request.body ?? {};
    const decoded = geminiGenerate.chat.request.decode(body, { model, stream: false });
    const encoded = geminiGenerate.chat.request.encode(decoded, { model, facts: openFacts(body) });
    expect(normal(encoded.body)).toEqual(normal(body));
    expect(encoded.dropped).toEqual([]);
    const lossy = encoded.adapted.filter(
      (entry) => !entry.startsWith("tools.") && !entry.startsWith("response_format"),
    );
    expect(lossy).toEqual([]);
  });
});

/** Facts that exclude nothing and allow the levels and budgets of the recording. */
function openFacts(body: JsonObject): ModelFacts {
  const text = JSON.stringify(body);
  if (/thinking_?Level/i.test(text))
    return factsOf({ reasoning: { style: "level", levels: ["minimal", "low", "medium", "high"] } });
  return factsOf({ reasoning: { style: "budget", minimum: 0, maximum: 32_768, off: 0 }, outputTokens: null });
}

/** One spelling, one schema dialect, one content per adjacent role, no nulls, no generated ids. */
function normal(body: JsonObject): unknown {
  const { contents, tools, generationConfig, systemInstruction, toolConfig, ...rest } = spell(body);
  const { responseSchema, responseJsonSchema, ...config } = spell(membersOf(generationConfig));
  const legacy = isObject(responseSchema) ? raiseSchema(responseSchema) : null;
  const schema = isObject(responseJsonSchema) ? responseJsonSchema : legacy;
  return {
    ...rest,
    toolConfig: deepSpell(toolConfig),
    generationConfig: { ...(deepSpell(config) as object), schema: schema === null ? null : lowerSchema(schema) },
    systemInstruction: objectsInMembers(membersOf(systemInstruction)["parts"]).map((part) => part["text"]),
    contents: mergeContents(objectsInMembers(contents).map(spell)),
    tools: objectsInMembers(tools)
      .map(spell)
      .flatMap(({ functionDeclarations, ...others }) => [
        ...objectsInMembers(functionDeclarations).map(normalDeclaration),
        ...(Object.keys(others).length > 0 ? [others] : []),
      ])
      .toSorted((left, right) => (stringOr(left["name"], "") < stringOr(right["name"], "") ? -1 : 1)),
  };
}

function normalDeclaration(declaration: JsonObject): JsonObject {
  const { parameters, parametersJsonSchema, ...rest } = spell(declaration);
  const schema = isObject(parametersJsonSchema)
    ? parametersJsonSchema
    : isObject(parameters)
      ? raiseSchema(parameters)
      : null;
  return { ...rest, schema: schema === null ? null : ((lowerParameters(schema)?.schema ?? null) as JsonObject | null) };
}

function mergeContents(contents: readonly JsonObject[]): unknown {
  const merged: { role: Json | undefined; parts: unknown[] }[] = [];
  for (const { role, parts } of contents) {
    const normalParts = objectsInMembers(parts).map((part) => dropIds(deepSpell(part)));
    if (merged.at(-1)?.role === role) merged.at(-1)?.parts.push(...normalParts);
    else merged.push({ role, parts: normalParts });
  }
  return merged;
}

function dropIds(value: unknown): unknown {
  const part = value as Record<string, unknown>;
  if (part["thought"] === false) delete part["thought"];
  for (const key of ["functionCall", "functionResponse"]) {
    const inner = part[key] as Record<string, unknown> | undefined;
    if (inner === undefined) continue;
    delete inner["id"];
    if (JSON.stringify(inner["args"]) === "{}") delete inner["args"];
  }
  return part;
}

function spell(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) =>
      value === null || value === undefined
        ? []
        : [[key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()), value]],
    ),
  );
}

function deepSpell(value: Json | undefined): unknown {
  if (Array.isArray(value)) return value.map((one: Json) => deepSpell(one));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(spell(value)).map(([key, inner]) => [
      key,
      key === "args" || key === "response" ? inner : deepSpell(inner),
    ]),
  );
}
