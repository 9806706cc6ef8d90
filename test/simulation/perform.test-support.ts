// From what a vendor does with a request to what happens on its wire and when: a list of steps that a line plays. Pure.
import { eventsOf, documentOf, errorBody } from "./wire.test-support.ts";
import type { Event, Told } from "./writing.test-support.ts";
import type { AnswerPlay, Dialect, Play, StatusPlay } from "./schedule.test-support.ts";

export interface Step {
  /** Milliseconds after the step before. */
  readonly after: number;
  readonly bytes: Uint8Array;
  /** Content is in it, and the answer's end. */
  readonly content: boolean;
  readonly ends: boolean;
}

export interface Performance {
  /** Until the connection stands; or why it does not. */
  readonly connect: { readonly after: number; readonly fails?: string } | "never";
  readonly head:
    | { readonly after: number; readonly status: number; readonly headers: Readonly<Record<string, string>> }
    | { readonly after: number; readonly fails: string }
    | "never";
  readonly steps: readonly Step[];
  readonly end: "end" | "reset" | "never";
}

export interface Performing {
  readonly play: Play;
  readonly dialect: Dialect;
  readonly streamed: boolean;
  readonly words: readonly string[];
  readonly form: "text" | "call";
  readonly usage: { readonly input: number; readonly output: number };
}

const NOTHING = { steps: [], end: "end" } as const;
const AT_ONCE = { connect: { after: 1 } } as const;

export function perform(performing: Performing): Performance {
  const { play } = performing;
  switch (play.kind) {
    case "refused":
      return { ...NOTHING, connect: { after: play.after, fails: "ECONNREFUSED" }, head: "never" };
    case "dns":
      return { ...NOTHING, connect: { after: play.after, fails: "ENOTFOUND" }, head: "never" };
    case "tls":
      return { ...NOTHING, connect: { after: play.after, fails: "ERR_SSL_WRONG_VERSION_NUMBER" }, head: "never" };
    case "no-connection":
      return { ...NOTHING, connect: "never", head: "never" };
    case "no-head":
      return { ...NOTHING, ...AT_ONCE, head: "never" };
    case "reset-sent":
      return { ...NOTHING, ...AT_ONCE, head: { after: play.after, fails: "ECONNRESET" } };
    case "stale":
      return { ...NOTHING, ...AT_ONCE, head: { after: play.after, fails: "closed" } };
    case "page":
      return document(play.after, { status: 200, type: "text/html", body: "<html><title>Welcome</title></html>" });
    case "redirect":
      return document(play.after, { status: 307, type: "text/html", body: "moved", more: { location: "/elsewhere" } });
    case "error-200": {
      const body = errorBody(performing.dialect, { status: 503, says: "plain", hint: null });
      return document(play.after, { status: 200, type: "application/json", body });
    }
    case "wrong-type":
      return document(play.after, { status: 200, type: "text/plain", body: "It works!" });
    case "status":
      return refusal(play, performing.dialect);
    default:
      return performing.streamed ? stream(play, performing) : whole(play, performing);
  }
}

interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly more?: Readonly<Record<string, string>>;
}

function document(after: number, { status, type, body, more = {} }: Page): Performance {
  const headers = { "content-type": type, ...more };
  return { ...AT_ONCE, head: { after, status, headers }, steps: [step(0, body)], end: "end" };
}

function refusal(play: StatusPlay, dialect: Dialect): Performance {
  const { hint, shouldRetry, status } = play;
  const more: Record<string, string> = {};
  if (hint?.in === "seconds") more["retry-after"] = String(hint.ms / 1000);
  if (hint?.in === "milliseconds") more["retry-after-ms"] = String(hint.ms);
  if (shouldRetry !== null) more["x-should-retry"] = String(shouldRetry);
  return document(play.after, { status, type: "application/json", body: errorBody(dialect, play), more });
}

function countOf({ course }: AnswerPlay, { words }: Performing): number {
  if (course.kind === "empty" || course.kind === "no-choices" || course.kind === "blocked-at-once") return 0;
  return "at" in course ? Math.min(course.at, words.length - 1) : words.length;
}

function toldOf(play: AnswerPlay, performing: Performing): Told {
  const { words, form, usage } = performing;
  return { words, form, usage, count: countOf(play, performing), thoughts: play.thoughts, play };
}

function whole(play: AnswerPlay, performing: Performing): Performance {
  const { course, head, first, gap } = play;
  const told = toldOf(play, performing);
  const body = Buffer.from(documentOf(performing.dialect, told));
  const breaks = course.kind === "fin" || course.kind === "reset" || course.kind === "stall";
  const cut = breaks ? Math.floor(body.length / 2) : body.length;
  const after = first + gap * told.words.length;
  const middle = Math.floor(cut / 2);
  const steps = [
    step(after, body.subarray(0, middle)),
    { ...step(0, body.subarray(middle, cut)), content: !breaks, ends: !breaks },
  ];
  const end = course.kind === "stall" ? "never" : course.kind === "reset" ? "reset" : "end";
  return {
    ...AT_ONCE,
    head: { after: head, status: 200, headers: { "content-type": "application/json" } },
    steps,
    end,
  };
}

function stream(play: AnswerPlay, performing: Performing): Performance {
  const { course, head } = play;
  const events = eventsOf(performing.dialect, toldOf(play, performing));
  const headers = { "content-type": "text/event-stream; charset=utf-8" };
  const end = course.kind === "stall" ? "never" : course.kind === "reset" ? "reset" : "end";
  const steps = stepsOf(events, play);
  if (course.kind === "fin") steps.push(step(play.gap, 'data: {"id":"half an ev'));
  return { ...AT_ONCE, head: { after: head, status: 200, headers }, steps, end };
}

function stepsOf(events: readonly Event[], { first, gap, slicing }: AnswerPlay): Step[] {
  const steps: Step[] = [];
  let due = first;
  for (const one of events) {
    const text = textOf(one, slicing === "dressed");
    const content = one.part === "word";
    const ends = one.part === "finish";
    if (slicing === "bytes") steps.push(...sliced(text, { after: due, content, ends }));
    else steps.push({ after: due, bytes: Buffer.from(text), content, ends });
    due = content ? gap : 0;
  }
  return slicing === "coalesced" ? coalesced(steps) : steps;
}

function textOf({ name, data }: Event, dressed: boolean): string {
  if (!dressed) return `${name === null ? "" : `event: ${name}\n`}data: ${data}\n\n`;
  return `: keep-alive\r\n\r\n${name === null ? "" : `event:${name}\r\n`}data:${data}\r\n\r\n`;
}

/** Cut anywhere, inside of characters too. */
function sliced(text: string, { after, content, ends }: Omit<Step, "bytes">): Step[] {
  const bytes = Buffer.from(text);
  const third = Math.ceil(bytes.length / 3);
  return [0, 1, 2].map((part) => ({
    after: part === 0 ? after : 0,
    bytes: bytes.subarray(part * third, (part + 1) * third),
    content: content && part === 2,
    ends: ends && part === 2,
  }));
}

/** Three events in one packet. */
function coalesced(steps: readonly Step[]): Step[] {
  const packets: Step[] = [];
  for (let at = 0; at < steps.length; at += 3) {
    const group = steps.slice(at, at + 3);
    packets.push({
      after: group.reduce((sum, one) => sum + one.after, 0),
      bytes: Buffer.concat(group.map((one) => one.bytes)),
      content: group.some((one) => one.content),
      ends: group.some((one) => one.ends),
    });
  }
  return packets;
}

function step(after: number, bytes: Uint8Array | string): Step {
  return { after, bytes: typeof bytes === "string" ? Buffer.from(bytes) : bytes, content: false, ends: false };
}
