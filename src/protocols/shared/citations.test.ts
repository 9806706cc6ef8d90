// Citations between all protocols: the results of one vendor's search arrive in every client's own format, whole and
// streamed, with offsets in the characters of the answer.
import { describe, expect, test } from "vitest";
import type { ChatResponse, Citation } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { JsonObject } from "../../core/json.ts";
import type { Protocol, SseFrame } from "../../core/protocol.ts";
import { createSseParser } from "../../domain/sse.ts";
import { anthropicMessages } from "../anthropic-messages/protocol.ts";
import { byEnd, foreignCitations, lengthOf, readAnnotations, wantsCitations } from "./citations.ts";
import { geminiGenerate } from "../gemini-generate/protocol.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { openaiResponses } from "../openai-responses/protocol.ts";

const protocols: readonly Protocol[] = [openaiChat, openaiResponses, anthropicMessages, geminiGenerate];
const options = { id: "msg_1", created: 1, includeUsage: false };
/** The wave is two UTF-16 units and four bytes; the second sentence is cited. */
const first = "Waves 🌊 come. ";
const second = "The sea is blüe.";
const page: Citation = { url: "https://sea.example/", title: "Sea", quote: null, start: 14, end: 30 };
const annotation = { start_index: 14, end_index: 30, title: "Sea", url: page.url };
const bytes = { startIndex: 17, endIndex: 34, text: second };
const grounding = {
  groundingChunks: [{ web: { uri: page.url, title: "Sea" } }],
  groundingSupports: [{ segment: bytes, groundingChunkIndices: [0] }],
};
const location = {
  type: "web_search_result_location",
  url: page.url,
  title: "Sea",
  cited_text: "blue sea",
  encrypted_index: "x",
};

const said: Readonly<Record<string, JsonObject>> = {
  "openai-chat": {
    id: "chatcmpl-1",
    model: "m",
    choices: [
      {
        index: 0,
        finish_reason: "stop",
        message: {
          role: "assistant",
          content: first + second,
          annotations: [{ type: "url_citation", url_citation: annotation }],
        },
      },
    ],
  },
  "openai-responses": {
    id: "resp_1",
    model: "m",
    status: "completed",
    output: [
      { id: "ws_1", type: "web_search_call", status: "completed" },
      {
        id: "msg_1",
        type: "message",
        role: "assistant",
        status: "completed",
        content: [
          { type: "output_text", text: first, annotations: [] },
          {
            type: "output_text",
            text: second,
            annotations: [{ type: "url_citation", ...annotation, start_index: 0, end_index: 16 }],
          },
        ],
      },
    ],
  },
  "anthropic-messages": {
    id: "msg_1",
    model: "m",
    content: [
      { type: "text", text: first },
      { type: "text", text: second, citations: [location, { type: "char_location", document_index: 0 }] },
    ],
    stop_reason: "end_turn",
  },
  "gemini-generate": {
    responseId: "r",
    modelVersion: "m",
    candidates: [
      {
        content: { role: "model", parts: [{ text: first + second }] },
        finishReason: "STOP",
        groundingMetadata: grounding,
      },
    ],
  },
};

function answerOf(protocol: Protocol, body: JsonObject): ChatResponse {
  const answer = protocol.chat.response.decode(body);
  if ("verdict" in answer) throw new Error(answer.message);
  return answer;
}

/** In the neutral form. */
function citationsOf({ choices }: ChatResponse): readonly Citation[] {
  return foreignCitations(choices[0]?.parts ?? [], "openai-completions").map((one) => ({ ...one, quote: null }));
}

function eventsOf(protocol: Protocol, text: string): readonly StreamEvent[] {
  const decoder = protocol.chat.stream.decoder();
  const parser = createSseParser();
  const frames: SseFrame[] = [...parser.push(new TextEncoder().encode(text)).frames, ...parser.end().frames];
  return [...frames.flatMap((frame) => decoder.step(frame)), ...decoder.end()];
}

/** The answer as a stream of its own protocol, in small deltas. */
function streamOf(answer: ChatResponse): readonly StreamEvent[] {
  const parts = answer.choices[0]?.parts ?? [];
  return [
    { type: "start", id: "", model: "m", created: 1 },
    ...parts.flatMap((part): StreamEvent[] => {
      if (part.type !== "text") return [{ type: "part", choice: 0, part }];
      const deltas = [part.text.slice(0, 9), part.text.slice(9)].map((text): StreamEvent => ({
        type: "text-delta",
        choice: 0,
        text,
      }));
      const { state, citations } = part;
      return citations === undefined
        ? deltas
        : [...deltas, { type: "text-delta", choice: 0, text: "", state, citations }];
    }),
    { type: "finish", choice: 0, reason: "stop", raw: null },
  ];
}

function citedIn(events: readonly StreamEvent[]): readonly Citation[] {
  return events
    .flatMap((event) => {
      if (event.type === "text-delta") return event.citations ?? [];
      return event.type === "part" && event.part.type === "foreign" ? (event.part.citations ?? []) : [];
    })
    .map((one) => ({ ...one, quote: null }));
}

/** Some protocols can only cite a whole block, and streamed text cannot be split afterwards. */
function expectedIn(to: Protocol, from: Protocol, streamed: boolean): Citation {
  if (to !== anthropicMessages || from === anthropicMessages) return page;
  const whole = { ...page, start: 0 };
  return from === openaiResponses && !streamed ? page : whole;
}

describe.each(protocols)("from $name", (from) => {
  const answer = answerOf(from, said[from.name] ?? {});

  test("read", () => {
    expect(citationsOf(answer)).toEqual([page]);
  });

  test.each(protocols.filter((to) => to !== from))("to $name, whole", (to) => {
    const written = to.chat.response.encode(answer, options);
    expect(citationsOf(answerOf(to, written))).toEqual([expectedIn(to, from, false)]);
  });

  test.each(protocols.filter((to) => to !== from))("to $name, streamed", (to) => {
    const encoder = to.chat.stream.encoder(options);
    const text = encoder.step(streamOf(answer)) + encoder.end();
    expect(citedIn(eventsOf(to, text))).toEqual([expectedIn(to, from, true)]);
  });
});

test("a stream of Gemini's grounds text that came before, in bytes", () => {
  const frames = [
    { candidates: [{ content: { parts: [{ text: first }] } }] },
    { candidates: [{ content: { parts: [{ text: second }] } }] },
    { candidates: [{ content: { parts: [] }, finishReason: "STOP", groundingMetadata: grounding }] },
  ];
  const text = frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("");
  expect(citedIn(eventsOf(geminiGenerate, text))).toEqual([page]);
});

test("a stream of Anthropic's cites the block at its end, and the text before counts", () => {
  const frames = [
    { type: "message_start", message: { id: "msg_1", model: "m" } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: first } },
    { type: "content_block_stop", index: 0 },
    { type: "content_block_start", index: 1, content_block: { type: "text", text: "" } },
    { type: "content_block_delta", index: 1, delta: { type: "citations_delta", citation: location } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: second } },
    { type: "content_block_stop", index: 1 },
  ];
  const text = frames.map((frame) => `event: ${frame.type}\ndata: ${JSON.stringify(frame)}\n\n`).join("");
  expect(citedIn(eventsOf(anthropicMessages, text))).toEqual([page]);
});

test("Gemini's offsets give way to its words where both disagree", () => {
  const wrong = { ...bytes, startIndex: 3, endIndex: 9 };
  const body = {
    candidates: [
      {
        content: { parts: [{ thought: true, text: "hm" }, { text: first + second }] },
        finishReason: "STOP",
        groundingMetadata: { ...grounding, groundingSupports: [{ segment: wrong, groundingChunkIndices: [0, 7] }] },
      },
    ],
  };
  expect(citationsOf(answerOf(geminiGenerate, body))).toEqual([page]);
});

test("another vendor's citations do not go back to Anthropic, its own do", () => {
  const foreign = { ...location, encrypted_index: "" };
  const content = [{ type: "text", text: second, citations: [foreign, location] }];
  const messages = [
    { role: "user", content: "x" },
    { role: "assistant", content },
    { role: "user", content: "y" },
  ];
  const request = anthropicMessages.chat.request.decode(
    { model: "m", max_tokens: 9, messages },
    { model: null, stream: false },
  );
  expect(request.messages[1]?.parts[0]).toMatchObject({ state: { value: { citations: [location] } } });
});

test("small pieces", () => {
  expect(["", "aü", "🌊x"].map(lengthOf)).toEqual([0, 2, 2]);
  expect(byEnd([page])(14, 16)).toEqual([{ ...page, start: 0, end: 16 }]);
  expect(byEnd([page])(20, 10)).toEqual([{ ...page, start: 0, end: 10 }]);
  expect(byEnd([page])(0, 14)).toEqual([]);
  expect(readAnnotations([{ type: "file_citation", file_id: "f" }, { type: "url_citation", url: "u" }, 3])).toEqual([]);
  const source = { kind: "data", mediaType: "application/pdf", data: "AA" } as const;
  const state = { protocol: "anthropic-messages", value: { citations: { enabled: true } } } as const;
  expect(wantsCitations({ type: "file", source, filename: null, state })).toBe(true);
  expect(wantsCitations({ type: "file", source, filename: null })).toBe(false);
});
