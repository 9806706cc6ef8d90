// Recorded answers in neutral words: whole ones decoded, streams decoded and, where asked for, added up into the whole
// answer that they amount to. Not a test.
import type { ChatResponse, Choice, Part, TokenLogprob, Usage } from "../../src/core/chat.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import type { WireFailure } from "../../src/core/failure.ts";
import type { SseFrame, TargetProtocol } from "../../src/core/protocol.ts";
import { bodyText, framesOf, type Recording } from "../support/recordings.ts";
import { answersByApi } from "./protocols.test-support.ts";

/** The frames of a stream's text. Without `alt=sse` Gemini streams one JSON array; the decoder takes it as one frame. */
export function allFrames(text: string): readonly SseFrame[] {
  return text.trimStart().startsWith("[") ? [{ event: null, data: text }] : framesOf(text);
}

export function decodeStream(text: string, protocol: TargetProtocol): StreamEvent[] {
  const decoder = protocol.chat.stream.decoder();
  return [...allFrames(text).flatMap((frame) => [...decoder.step(frame)]), ...decoder.end()];
}

export type Heard =
  | { readonly kind: "whole"; readonly response: ChatResponse }
  | { readonly kind: "stream"; readonly events: readonly StreamEvent[] }
  | { readonly kind: "failure"; readonly failure: WireFailure; readonly before: readonly StreamEvent[] };

/** What a recorded answer says, whichever way it came. A stream without a finish has been cut. */
export function readAnswer(recording: Recording): Heard {
  const protocol = answersByApi[recording.api]!;
  const { status, headers, body, bodyText: text } = recording.response;
  if (status >= 300) {
    const failure = protocol.failure.decode(status, headers, bodyText(recording));
    return { kind: "failure", failure, before: [] };
  }
  if (text === undefined) {
    const response = protocol.chat.response.decode(body ?? null);
    return "verdict" in response ? { kind: "failure", failure: response, before: [] } : { kind: "whole", response };
  }
  const events = decodeStream(text, protocol);
  const at = events.findIndex(({ type }) => type === "failure");
  const failed = events[at];
  if (failed?.type === "failure") return { kind: "failure", failure: failed.failure, before: events.slice(0, at) };
  if (!events.some(({ type }) => type === "finish")) return { kind: "failure", failure: cut, before: events };
  return { kind: "stream", events };
}

const cut: WireFailure = {
  verdict: "cut",
  status: null,
  message: "the stream broke off",
  code: null,
  type: null,
  param: null,
  waitMs: null,
  shouldRetry: null,
};

interface Open {
  parts: Part[];
  logprobs: TokenLogprob[];
  /** Where each call stands among the parts. */
  readonly calls: Map<number, number>;
  ending: Pick<Choice, "finish" | "rawFinish" | "stopSequence">;
}

/** The whole answer that the events amount to, as a client's accumulator would keep it. */
export function addUp(events: readonly StreamEvent[], protocol: TargetProtocol["name"]): ChatResponse {
  const choices = new Map<number, Open>();
  const at = (index: number): Open => {
    const ending = { finish: null, rawFinish: null, stopSequence: null };
    const open = choices.get(index) ?? { parts: [], logprobs: [], calls: new Map<number, number>(), ending };
    choices.set(index, open);
    return open;
  };
  let envelope: Omit<ChatResponse, "choices" | "usage"> = {
    id: "",
    model: "",
    created: null,
    extras: { protocol, fields: {} },
  };
  let usage: Usage | null = null;
  for (const event of events) {
    if (event.type === "start") {
      const { id, model, created, fields = {} } = event;
      const told = Object.entries(fields).filter(([, value]) => value !== null);
      // The envelope of Responses changes until its last event: ours is written as for another protocol's answer.
      const extras = { protocol: "openai-chat", fields: {} } as const;
      const own = { protocol, fields: Object.fromEntries(told) };
      envelope = { id, model, created, extras: protocol === "openai-responses" ? extras : own };
    } else if (event.type === "usage") {
      const told = Object.entries(event.usage).filter(([, count]) => count !== null);
      usage = { ...(usage ?? event.usage), ...(Object.fromEntries(told) as Partial<Usage>) };
    } else if (event.type !== "end" && event.type !== "failure") addEvent(event, at(event.choice));
  }
  const list = [...choices].map(([index, { parts, logprobs, ending }]): Choice => {
    return { index, parts, ...ending, logprobs: logprobs.length > 0 ? logprobs : null };
  });
  return { ...envelope, choices: list, usage };
}

function addEvent(event: Extract<StreamEvent, { readonly choice: number }>, open: Open): void {
  switch (event.type) {
    case "text-delta":
      open.logprobs.push(...(event.logprobs ?? []));
      return addText({ type: "text", text: event.text, state: event.state }, open);
    case "reasoning-delta":
      return addText({ type: "reasoning", text: event.text, state: event.state }, open);
    case "refusal-delta":
      return addText({ type: "refusal", text: event.text }, open);
    case "tool-start": {
      open.calls.set(event.tool, open.parts.length);
      const { id, name, state } = event;
      open.parts.push({ type: "tool-call", id, name, arguments: "", state });
      return;
    }
    case "tool-delta": {
      const place = open.calls.get(event.tool) ?? -1;
      const part = open.parts[place];
      if (part?.type === "tool-call") {
        open.parts[place] = { ...part, arguments: part.arguments + event.arguments };
      }
      return;
    }
    case "part":
      open.parts.push(event.part);
      return;
    case "finish":
      open.ending = {
        finish: event.reason,
        rawFinish: event.raw,
        stopSequence: event.stopSequence ?? null,
      };
      return;
    case "tool-end":
  }
}

/** A piece goes on with the part before it until that one has been sealed by a state. */
function addText(part: Extract<Part, { type: "text" | "reasoning" | "refusal" }>, open: Open): void {
  const last = open.parts.at(-1);
  const sealed = last !== undefined && "state" in last && last.state !== undefined;
  if (last?.type !== part.type || sealed) open.parts.push(part);
  else open.parts[open.parts.length - 1] = { ...last, ...part, text: last.text + part.text };
}
