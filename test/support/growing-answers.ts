// Answers that grow in one respect, as the bytes of a vendor: what a vendor, or somebody in its place, can repeat. Not a
// test.
import type { StreamEvent } from "../../src/core/event.ts";
import type { ChatResponse, Citation, Choice, Part, TokenLogprob } from "../../src/core/chat.ts";
import { protocols } from "../../src/protocols/index.ts";
import type { ClientProtocol } from "./growing-requests.ts";

const options = { id: "answer-1", created: 1, includeUsage: true, tools: [], echo: {} };
const each = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
const say = (text: string, choice: number = 0): StreamEvent => ({ type: "text-delta", choice, text });
const citation = (at: number): Citation => ({
  url: `https://page.example/${at}`,
  title: `Page ${at}`,
  quote: null,
  start: 0,
  end: 2,
});
const logprob = (at: number): TokenLogprob => ({ token: `t${at % 9}`, logprob: -1, bytes: null, top: [] });
const call = (tool: number): StreamEvent[] => [
  { type: "tool-start", choice: 0, tool, id: `call_${tool}`, name: "look" },
  { type: "tool-delta", choice: 0, tool, arguments: '{"a":1}' },
  { type: "tool-end", choice: 0, tool },
];

/** By what there is more and more of: the events between the start and the ending. */
const streams: Readonly<Record<string, (count: number) => readonly StreamEvent[]>> = {
  "small events": (count) => each(count, () => say("word ")),
  "one event": (count) => [say("word ".repeat(count * 100))],
  "citations of one text": (count) => [{ ...say("Hi."), citations: each(count * 5, citation) } as StreamEvent],
  "citations, each with its text": (count) =>
    each(
      count,
      (at) => ({ ...say("Hi. "), citations: [{ ...citation(at), start: at * 4, end: at * 4 + 3 }] }) as StreamEvent,
    ),
  "tool calls": (count) => each(count, call).flat(),
  "fragments of one call": (count) => [
    { type: "tool-start", choice: 0, tool: 0, id: "call_0", name: "look" },
    { type: "tool-delta", choice: 0, tool: 0, arguments: '{"a":"' },
    ...each(count, (): StreamEvent => ({ type: "tool-delta", choice: 0, tool: 0, arguments: "word " })),
    { type: "tool-delta", choice: 0, tool: 0, arguments: '"}' },
    { type: "tool-end", choice: 0, tool: 0 },
  ],
  "depth of arguments": (count) => [
    { type: "tool-start", choice: 0, tool: 0, id: "call_0", name: "look" },
    {
      type: "tool-delta",
      choice: 0,
      tool: 0,
      arguments: `{"a":${"[".repeat(count / 8)}${"]".repeat(count / 8)}}`,
    },
    { type: "tool-end", choice: 0, tool: 0 },
  ],
  thoughts: (count) => [
    ...each(count, (): StreamEvent => ({ type: "reasoning-delta", choice: 0, text: "thought " })),
    say("Hi."),
  ],
  "changes between thoughts and text": (count) =>
    each(count, (at) => (at % 2 === 0 ? { type: "reasoning-delta", choice: 0, text: "thought " } : say("word "))),
  "logprobs of one event": (count) => [{ ...say("Hi."), logprobs: each(count, logprob) } as StreamEvent],
  "logprobs, each with its event": (count) =>
    each(count, (at) => ({ ...say("word "), logprobs: [logprob(at)] }) as StreamEvent),
  choices: (count) => each(count, (choice) => say("word ", choice)),
  "halves of characters": (count) => each(count, (at) => say(at % 2 === 0 ? "\ud83d" : "\ude00")),
  refusals: (count) => each(count, (): StreamEvent => ({ type: "refusal-delta", choice: 0, text: "no " })),
  "usage events": (count) => each(count, (at) => [say("w "), usage(at)]).flat(),
};

function usage(output: number): StreamEvent {
  return { type: "usage", usage: { input: 3, output, cacheRead: null, cacheWrite: null, reasoning: null } };
}

export const growingStreams: readonly string[] = Object.keys(streams);

/** How the network cuts and fills a stream. */
const wires: Readonly<Record<string, (frames: readonly string[], count: number) => readonly Uint8Array[]>> = {
  "one read": (frames) => [Buffer.from(frames.join(""))],
  "a read for each frame": (frames) => frames.map((frame) => Buffer.from(frame)),
  "tiny reads": (frames, count) => slices(Buffer.from(frames.join("")), 3, count * 4),
  comments: (frames, count) => spread(frames, count, ": comment\n\n"),
  "comments in one block": (frames, count) => spread(frames, 1, ": comment\n".repeat(count) + "\n"),
  "blank lines": (frames, count) => spread(frames, 1, "\n".repeat(count * 10)),
  "empty data lines": (frames, count) => spread(frames, 1, "data:\n".repeat(count * 4) + "\n"),
  "data lines of one event": (frames, count) =>
    spread(frames, 1, `data: {"x":[\n${"data: 1,\n".repeat(count)}data: 1]}\n\n`),
  "unknown fields": (frames, count) => spread(frames, 1, `${"id: 1\nretry: 5\nnone\n".repeat(count)}\n`),
  "events that are no JSON": (frames, count) => spread(frames, count, "data: {no\n\n"),
  "empty objects": (frames, count) => spread(frames, count, "data: {}\n\n"),
  "a long line": (frames, count) =>
    slices(Buffer.from(spreadText(frames, `: ${"x".repeat(count * 50)}\n\n`)), 512, Infinity),
};

export const growingWires: readonly string[] = Object.keys(wires);

/** The bytes, in pieces of `size` at first, and the rest in one. */
function slices(bytes: Uint8Array, size: number, most: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (; from < bytes.length && pieces.length < most; from += size) pieces.push(bytes.subarray(from, from + size));
  if (from < bytes.length) pieces.push(bytes.subarray(from));
  return pieces;
}

/** After the first frames, which hold the first content. */
function spread([first = "", second = "", ...rest]: readonly string[], times: number, filling: string): Uint8Array[] {
  return [first + second, ...each(times, () => filling), rest.join("")].map((text) => Buffer.from(text));
}

function spreadText([first = "", second = "", ...rest]: readonly string[], filling: string): string {
  return first + second + filling + rest.join("");
}

function framesOf(name: ClientProtocol, events: readonly StreamEvent[]): string[] {
  const encoder = protocols[name].chat.stream.encoder(options);
  const choices = new Set(events.flatMap((event) => ("choice" in event ? [event.choice] : [])));
  const all: StreamEvent[] = [
    { type: "start", id: "answer-1", model: "m", created: 1 },
    ...events,
    ...[...choices].map((choice): StreamEvent => ({ type: "finish", choice, reason: "stop", raw: null })),
    usage(9),
  ];
  const frames = all.map((event) => encoder.step([event]));
  return [...frames, encoder.end()].filter((frame) => frame !== "");
}

export function growStream(kind: string, count: number, name: ClientProtocol): readonly Uint8Array[] {
  const frames = framesOf(name, streams[kind]!(count));
  return wires["a read for each frame"]!(frames, count);
}

export function growWire(kind: string, count: number, name: ClientProtocol): readonly Uint8Array[] {
  return wires[kind]!(framesOf(name, streams["small events"]!(count)), count);
}

/** By what there is more and more of in a whole answer. */
const wholes: Readonly<Record<string, (count: number) => readonly Choice[]>> = {
  text: (count) => [choiceOf(0, [{ type: "text", text: "word ".repeat(count * 100) }])],
  texts: (count) => [
    choiceOf(
      0,
      each(count, () => ({ type: "text", text: "word " })),
    ),
  ],
  "citations of one text": (count) => [
    choiceOf(0, [
      {
        type: "text",
        text: "Hi. ".repeat(count * 5),
        citations: each(count * 5, (at) => ({ ...citation(at), start: at * 4, end: at * 4 + 3 })),
      },
    ]),
  ],
  "citations, each with its text": (count) => [
    choiceOf(
      0,
      each(count * 5, (at) => ({
        type: "text",
        text: "Hi. ",
        citations: [{ ...citation(at), start: at * 4, end: at * 4 + 3 }],
      })),
    ),
  ],
  "tool calls": (count) => [
    choiceOf(
      0,
      each(count, (at) => ({ type: "tool-call", id: `call_${at}`, name: "look", arguments: '{"a":1}' })),
    ),
  ],
  thoughts: (count) => [
    choiceOf(0, [
      ...each(count, (): Part => ({ type: "reasoning", text: "thought ", display: "text" }) as Part),
      { type: "text", text: "Hi." },
    ]),
  ],
  logprobs: (count) => [{ ...choiceOf(0, [{ type: "text", text: "Hi." }]), logprobs: each(count, logprob) }],
  choices: (count) => each(count, (at) => choiceOf(at, [{ type: "text", text: "word " }])),
};

function choiceOf(index: number, parts: readonly Part[]): Choice {
  return { index, parts, finish: "stop", rawFinish: null, stopSequence: null, logprobs: null };
}

export const growingWholes: readonly string[] = Object.keys(wholes);

export function growWhole(kind: string, count: number, name: ClientProtocol): readonly Uint8Array[] {
  const total = { input: 3, output: 9, cacheRead: null, cacheWrite: null, reasoning: null };
  const response: ChatResponse = {
    id: "answer-1",
    model: "m",
    created: 1,
    choices: wholes[kind]!(count),
    usage: total,
    extras: { protocol: name, fields: {} },
  };
  return [Buffer.from(JSON.stringify(protocols[name].chat.response.encode(response, options)))];
}
