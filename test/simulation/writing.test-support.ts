// What the vendors' writers share: an event of a stream, what is to be said, and the form of a writer. Values only.
import type { AnswerPlay } from "./schedule.test-support.ts";

/** One event of a stream. */
export interface Event {
  readonly part: "open" | "word" | "junk" | "finish" | "usage" | "mark" | "error";
  readonly name: string | null;
  readonly data: string;
}

export interface Told {
  readonly words: readonly string[];
  /** How many of them are said before what the course brings. */
  readonly count: number;
  /** Said, or called with. */
  readonly form: "text" | "call";
  /** How many thoughts come before. */
  readonly thoughts: number;
  readonly play: AnswerPlay;
  readonly usage: { readonly input: number; readonly output: number };
}

/** `word`: in the vendor's place for the reason. */
export type Ending = "stop" | "length" | "blocked" | { readonly word: string };

export interface Writer {
  open(told: Told): Event[];
  thought(text: string): Event[];
  begin(told: Told): Event[];
  word(text: string, told: Pick<Told, "form" | "thoughts">): Event[];
  finish(told: Told, ending: Ending): Event[];
  usage(told: Told): Event[];
  mark(): Event[];
  error(): Event;
  whole(told: Told, ending: Ending | null): unknown;
}

/** Around the words of a call. */
export const CALL = { open: '{"q":"', close: '"}' } as const;

export const event = (part: Event["part"], data: unknown, name: string | null = null): Event => ({
  part,
  name,
  data: typeof data === "string" ? data : JSON.stringify(data),
});

export const said = ({ words, count }: Told): string => words.slice(0, count).join("");

export const argumentsOf = (told: Told): string => CALL.open + said(told) + CALL.close;
