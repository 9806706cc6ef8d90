// The words of the simulation: what is drawn for one run (targets, their behaviour, the route, the callers), and what came
// of it as the callers, the vendors and the ledger saw it. Values only.
import type { NodeConfig, PolicyConfig } from "../../src/config/config-file.ts";
import type { Incident } from "../../src/record/incident.ts";
import type { LedgerEntry } from "../../src/record/ledger.ts";

export const dialects = ["chat", "responses", "gemini", "messages"] as const;
export type Dialect = (typeof dialects)[number];

export const kinds = ["openai", "google", "anthropic"] as const;
export type Kind = (typeof kinds)[number];

/** How an answer that began well goes on. The number of words is that of the answer; `at` is how many of them come. */
export type CallRun =
  | { readonly kind: "whole" | "length" | "blocked" | "no-end-mark" | "double-finish" | "junk-event" }
  | { readonly kind: "no-finish" | "fin" | "reset" | "stall" | "error"; readonly at: number }
  /** It ends in the vendor's form, with a word that says that it broke, or that nobody knows. */
  | { readonly kind: "odd-ending"; readonly at: number; readonly word: string }
  | { readonly kind: "empty" | "no-choices" | "blocked-at-once" };

export const usages = ["once", "missing", "twice", "early"] as const;
/**
 * Repeats the words that it is asked to repeat, quotes them, or starts over word for word; or it does none of this and
 * goes on, paraphrases, refuses, apologises first, or speaks another language: nothing of it may be shown.
 */
export const manners = [
  "repeats",
  "quotes",
  "starts-over",
  "goes-on",
  "paraphrases",
  "refuses",
  "apologises",
  "translates",
] as const;
export const slicings = ["events", "coalesced", "bytes", "dressed"] as const;

export interface AnswerPlay {
  readonly kind: "answer";
  readonly course: CallRun;
  readonly words: number;
  /** Calls a tool with its words, where the request brings one. */
  readonly calls: boolean;
  /** How much it thinks before. */
  readonly thoughts: number;
  /** Milliseconds until the head, from there to the first word, and between words. */
  readonly head: number;
  readonly first: number;
  readonly gap: number;
  readonly usage: (typeof usages)[number];
  /** How its bytes come. `dressed`: CRLF, comments, no blank after the colon. */
  readonly slicing: (typeof slicings)[number];
  /** What it does when it is asked to go on with another's answer. */
  readonly manner: (typeof manners)[number];
}

export type Hint = { readonly ms: number; readonly in: "seconds" | "milliseconds" | "body" };

export interface StatusPlay {
  readonly kind: "status";
  readonly status: number;
  /** What the body says beyond the status. */
  readonly says: "plain" | "quota" | "too-long" | "policy" | "unsupported";
  readonly hint: Hint | null;
  readonly shouldRetry: boolean | null;
  readonly after: number;
}

/** What a vendor does with one request. */
export type Play =
  | AnswerPlay
  | StatusPlay
  | { readonly kind: "refused" | "dns" | "tls" | "reset-sent" | "stale"; readonly after: number }
  | { readonly kind: "no-connection" | "no-head" }
  | { readonly kind: "page" | "redirect" | "error-200" | "wrong-type"; readonly after: number };

export interface Target {
  /** A letter: the provider's name, and what its words begin with. */
  readonly name: string;
  readonly kind: Kind;
  readonly keys: number;
  readonly takesTools: boolean;
  /** One for each request, again and again. */
  readonly plays: readonly Play[];
  /** Clock times between which it does something else: down for a while, then up. */
  readonly outage: { readonly from: number; readonly to: number; readonly plays: readonly Play[] } | null;
}

export interface CallPlan {
  readonly at: number;
  readonly speaks: Dialect;
  readonly stream: boolean;
  readonly tools: boolean;
  readonly thinks: boolean;
  readonly strict: boolean;
  /** Can begin again (`x-understudy-restart`). */
  readonly restarts: boolean;
  /** The header `x-understudy-timeout`, in milliseconds. */
  readonly deadline: number | null;
  /** Leaves so long after its beginning. */
  readonly leaves: number | null;
  /** Waits so long before each read. */
  readonly pause: number;
  /** For conditions. */
  readonly plan: "free" | "pro";
  /** Comes back with the same request and its `Idempotency-Key`. None: it has no such key. */
  readonly again: readonly Again[];
}

export interface Again {
  /** So long after its first request. */
  readonly after: number;
  readonly leaves: number | null;
}

export interface Schedule {
  readonly seed: number;
  readonly targets: readonly Target[];
  readonly route: NodeConfig;
  readonly defaults: PolicyConfig;
  readonly calls: readonly CallPlan[];
  /** The configuration is loaded anew at this time. */
  readonly reloadAt: number | null;
  /** From this call's end on, the ledger's store throws. */
  readonly ledgerLostAt: number | null;
  /** `server.keep_alive`, in milliseconds. */
  readonly keepAlive: number;
  /** The gateway is told to stop at this time. It serves for `server.drain_delay` more, and nobody comes after that. */
  readonly drainAt: number | null;
  /** The first call whose time to the first token counts (F19); null: it is no matter of slowness. */
  readonly quickFrom: number | null;
}

/** As routes name a target. */
export function nameOf(target: string): string {
  return `${target}/m`;
}

/** One request as its vendor saw it. */
export interface Asked {
  readonly id: number;
  /** Whose request it was; of those who share an answer, the lead's. */
  readonly call: number;
  readonly target: string;
  readonly key: string;
  readonly at: number;
  readonly streamed: boolean;
  readonly play: Play;
  /** What it says when it is whole, word for word; or calls with. */
  readonly words: readonly string[];
  readonly form: "text" | "call";
  /** The caller's half answer that it was asked to go on with. */
  readonly continues: string | null;
  /** It repeats the words that it is asked to repeat, or continues a turn that has begun. */
  readonly proves: boolean;
  /** Its body is the caller's, but for the model's name and what asks for usage. */
  readonly own: boolean;
  /** Numbers that it sent as usage. */
  readonly usage: { readonly input: number; readonly output: number };
  /** When its first byte of content was read, and its last byte of any kind. */
  firstAt: number | null;
  lastAt: number;
  /** The end of its answer was read. */
  finished: boolean;
  overAt: number | null;
  over: "answered" | "broken" | "cancelled" | null;
}

/** How an answer ended for its caller, one word for each ending that it saw. */
export interface Heard {
  text: string;
  /** `finish`, `mark`, `error CODE`, `after`: something after an error. */
  readonly endings: string[];
}

export interface Seen {
  readonly index: number;
  readonly id: string;
  readonly plan: CallPlan;
  /** The call whose request this is, word for word: its own, or that of the caller who came back. */
  readonly of: number;
  /** Whose answer it shares: its own, or that of an earlier call with the same request. Known when all is over. */
  readonly lead: number;
  readonly began: number;
  left: number | null;
  headAt: number | null;
  /** When the first piece of a stream came that was no sign of life. */
  firstAt: number | null;
  status: number | null;
  headers: Readonly<Record<string, string>>;
  /** Of an answer that came whole. */
  body: string | null;
  ended: number | null;
  /** When it heard how the answer ends; a slow reader reads on after that. */
  toldAt: number | null;
  /** What the body's source did at its end. */
  end: "null" | "throw" | null;
  readonly heard: Heard;
  /** The longest that a read waited beyond the deadline. */
  late: number;
  /** The longest that it waited without hearing anything, a sign of life included. */
  silence: number;
  /** The signs of life that it got. */
  readonly signs: string[];
  /** Not waiting for anything now. */
  idle: boolean;
}

/** A line of the gateway's log. */
export interface LogLine {
  readonly text: string;
  readonly incident: Incident;
}

/** What a load balancer was told. */
export interface ReadyNote {
  readonly at: number;
  readonly status: number;
}

/** A circuit breaker changed. */
export interface CircuitNote {
  readonly target: string;
  readonly kind: "circuit_opened" | "circuit_closed";
}

export interface Run {
  readonly schedule: Schedule;
  readonly seen: readonly Seen[];
  readonly asked: readonly Asked[];
  readonly ledger: readonly LedgerEntry[];
  readonly probes: readonly ProbeNote[];
  readonly log: readonly LogLine[];
  readonly ready: readonly ReadyNote[];
  readonly circuits: readonly CircuitNote[];
  /** Faults of the gateway's own, as it told them. */
  readonly faults: readonly string[];
  /** Promises that were seen broken while it ran. */
  readonly broken: readonly Broken[];
  /** By target: who answered, when everything was well again. */
  readonly after: ReadonlyMap<string, readonly string[]>;
  /** Timers that are set when all is over, and places that are still taken. */
  readonly pending: number;
  readonly leftOver: readonly string[];
  readonly timeline: readonly string[];
}

export interface ProbeNote {
  readonly at: number;
  readonly target: string;
  /** `well`: its first content came, or all of it. */
  readonly kind: "admitted" | "well" | "reported";
  readonly ticket: number;
  readonly maxRest: number;
}

/** A promise that was not kept. */
export interface Broken {
  /** `F1` … `F22`. */
  readonly clause: string;
  readonly message: string;
}
