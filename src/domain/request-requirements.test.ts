import { describe, expect, test } from "vitest";
import { plainCall } from "../../test/support/exchange.ts";
import type { ChatRequest, Part, Sampling } from "../core/chat.ts";
import type { Call } from "../core/exchange.ts";
import { type Medium, RequestRequirements } from "./request-requirements.ts";

interface Said {
  readonly parts?: readonly Part[];
  readonly tools?: readonly object[];
  readonly sampling?: Partial<Sampling>;
}

/** A call with this body and conversation; `decoded` counts how often the conversation was read. */
function callOf(body: object, said: Said = {}): { readonly call: Call; readonly decoded: () => number } {
  const bytes = Buffer.from(JSON.stringify(body));
  const fields = new Map<string, { start: number; end: number }>();
  for (const [name, value] of Object.entries(body)) {
    const text = JSON.stringify(value);
    const start = bytes.indexOf(text, bytes.indexOf(JSON.stringify(name)) + name.length + 2);
    fields.set(name, { start, end: start + Buffer.byteLength(text) });
  }
  let decoded = 0;
  const chat = (): ChatRequest => {
    decoded += 1;
    const { parts = [], tools = [], sampling = {} } = said;
    const messages = [{ role: "user", name: null, parts }];
    return { messages, tools, sampling, output: null } as unknown as ChatRequest;
  };
  return { call: plainCall({ body: bytes, fields, chat }), decoded: () => decoded };
}

const image: Part = { type: "image", detail: null, source: { kind: "url", url: "u", mediaType: null } };
const file = (mediaType: string): Part => ({
  type: "file",
  filename: null,
  source: { kind: "data", mediaType, data: "AAAA" },
});

describe("media", () => {
  const long = "word ".repeat(2_000);
  const spellings: readonly (readonly [Medium, object, Part])[] = [
    ["images", { type: "image_url", image_url: { url: "u" } }, image],
    ["images", { type: "input_image", image_url: "data:image/png;base64,AA" }, image],
    ["images", { type: "image", source: { type: "base64" } }, image],
    ["images", { inlineData: { mimeType: "image/png", data: "AA" } }, image],
    ["pdf", { type: "file", file: { file_data: "data:application/pdf;base64,AA" } }, file("application/pdf")],
    ["pdf", { type: "document", source: { media_type: "application/pdf" } }, file("application/pdf")],
    ["pdf", { inline_data: { mime_type: "application/pdf" } }, file("application/pdf")],
    ["audio", { type: "input_audio", input_audio: { data: "AA", format: "mp3" } }, file("audio/mpeg")],
    ["audio", { inlineData: { mimeType: "audio/wav" } }, file("audio/wav")],
  ];

  test.each(spellings)("%s in %j is seen, in a short body and in a long one", (medium, part, read) => {
    for (const text of ["Hi", long]) {
      const { call } = callOf(
        { messages: [{ role: "user", content: [{ type: "text", text }, part] }] },
        { parts: [read] },
      );
      expect(new RequestRequirements(call).has(medium)).toBe(true);
    }
  });

  test("words that only speak of media are looked at again, and are none", () => {
    for (const text of ["an image, a pdf, some audio", `"image" "document" "audio" ${long}`]) {
      const { call } = callOf({ messages: [{ role: "user", content: text }] }, { parts: [{ type: "text", text }] });
      const needs = new RequestRequirements(call);
      expect([needs.has("images"), needs.has("pdf"), needs.has("audio")]).toEqual([false, false, false]);
    }
  });

  test("a body without such words is not decoded", () => {
    for (const text of ["Hi", long]) {
      const { call, decoded } = callOf({ messages: [{ role: "user", content: text }] });
      const needs = new RequestRequirements(call);
      expect([needs.has("images"), needs.has("pdf"), needs.has("audio"), needs.tools]).toEqual(Array(4).fill(false));
      expect([needs.logprobs({}), needs.choices({}), needs.answerTokens({})]).toEqual([false, 1, 0]);
      expect(decoded()).toBe(0);
    }
  });

  test("a text file is no document that has to be seen", () => {
    const { call } = callOf({ messages: [{ type: "document" }] }, { parts: [file("text/plain")] });
    expect(new RequestRequirements(call).has("pdf")).toBe(false);
  });
});

test("tools, log probabilities, choices and the answer's limit come from the body, or from the route", () => {
  const said = { tools: [{ name: "look" }], sampling: { logprobs: true, n: 3, maxTokens: 77 } };
  const needs = new RequestRequirements(callOf({ tools: [{}], logprobs: true, n: 3, max_tokens: 50 }, said).call);
  expect([needs.tools, needs.logprobs({}), needs.choices({}), needs.answerTokens({})]).toEqual([true, true, 3, 50]);
  const params = { logprobs: false, n: 1, max_completion_tokens: 9 };
  expect([needs.logprobs(params), needs.choices(params), needs.answerTokens(params)]).toEqual([false, 1, 9]);
  expect(new RequestRequirements(callOf({ generationConfig: {} }, said).call).answerTokens({})).toBe(77);
  expect(new RequestRequirements(callOf({ max_tokens: "many" }, said).call).answerTokens({})).toBe(0);
});

test("what cannot be read needs nothing: its vendor says what is wrong", () => {
  const call = plainCall({
    body: Buffer.from('{"messages":["image"],"tools":1}'),
    fields: new Map([["tools", { start: 0, end: 1 }]]),
  });
  const needs = new RequestRequirements(call);
  expect([needs.has("images"), needs.tools, needs.tokens]).toEqual([false, false, 0]);
});
