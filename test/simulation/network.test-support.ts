// The simulated network: the engine's transport, with vendors behind it that do what the schedule says, and a note of each
// request as its vendor saw it: when it came, what was read of the answer, and when it was let go.
import type { Clock } from "../../src/core/clock.ts";
import {
  TransportFailure,
  type InboundResponse,
  type OutboundRequest,
  type Source,
  type Transport,
  type WireBreak,
} from "../../src/core/transport.ts";
import { perform, type Performance } from "./perform.test-support.ts";
import type { AnswerPlay, Asked, Dialect, Play, Target } from "./schedule.test-support.ts";

export interface Surroundings {
  readonly clock: Clock;
  /** What a caller has heard so far; its vendors are asked to go on with that. */
  heard(call: number): string;
  /** The body that a caller sent. Empty: there is none. */
  sent(call: number): string;
  note(who: string, what: () => string): void;
  /** Bytes of an answer to this call are pulled. */
  pulled(asked: Asked): void;
}

export interface Network extends Transport {
  readonly asked: readonly Asked[];
  /** From now on every vendor answers at once. */
  heal(): void;
}

const WELL: Play = {
  kind: "answer",
  course: { kind: "whole" },
  words: 2,
  calls: false,
  thoughts: 0,
  head: 5,
  first: 0,
  gap: 0,
  usage: "once",
  slicing: "events",
  manner: "repeats",
};

export function openNetwork(targets: readonly Target[], around: Surroundings): Network {
  const asked: Asked[] = [];
  const played = new Map<string, number>();
  let isWell = false;

  function playOf(target: Target | undefined): Play {
    if (target === undefined || isWell) return WELL;
    const count = played.get(target.name) ?? 0;
    played.set(target.name, count + 1);
    const now = around.clock.now();
    const { outage, plays } = target;
    const isOut = outage !== null && now >= outage.from && now < outage.to;
    const course = isOut ? outage.plays : plays;
    return course[count % course.length] ?? WELL;
  }

  return {
    asked,
    heal() {
      isWell = true;
    },
    send(request) {
      if (request.cancellation.cancelled) return Promise.reject(wireBreak("cancelled", "connect"));
      const { target, note, performance } = receive(request, { id: asked.length, playOf, targets, around });
      asked.push(note);
      around.note(target, () => `is asked by call ${note.call} (request ${note.id}): ${told(note)}`);
      return new Line({ note, request, performance, around }).send();
    },
    close: () => Promise.resolve(),
  };
}

interface Receiving {
  readonly id: number;
  readonly targets: readonly Target[];
  readonly playOf: (target: Target | undefined) => Play;
  readonly around: Surroundings;
}

function receive(request: OutboundRequest, { id, targets, playOf, around }: Receiving) {
  const body = bodyOf(request);
  const name = new URL(request.origin).hostname.charAt(0);
  const dialect = dialectOf(request.path);
  const streamed = dialect === "gemini" ? request.path.includes(":stream") : /"stream":\s*true/u.test(body);
  const call = Number(/call-(\d+)-/u.exec(body)?.[1] ?? -1);
  const play = playOf(targets.find((one) => one.name === name));
  const heard = around.heard(call).trim();
  const continues = heard !== "" && body.includes(JSON.stringify(heard).slice(1, -1)) ? heard : null;
  const form = continues === null && mayCall(play) && body.includes('"look"') ? "call" : "text";
  const anchor = /<repeat_first>(.*?)<\/repeat_first>/su.exec(body)?.[1] ?? null;
  const continued =
    continues === null ? null : { anchor: anchor === null ? null : unescaped(anchor), whole: continues };
  const words = wordsOf(play, `${name}${id}`, continued);
  const now = around.clock.now();
  const usage = { input: 10_000 + id, output: 50_000 + id };
  const note: Asked = {
    id,
    call,
    target: name,
    key: keyOf(request),
    at: now,
    streamed,
    play,
    words: ownWords(play, `${name}${id}`),
    form,
    continues,
    proves: anchor === null || (play.kind === "answer" && proving.has(play.manner)),
    own: isSame(body, around.sent(call)),
    usage,
    firstAt: null,
    lastAt: now,
    finished: false,
    overAt: null,
    over: null,
  };
  return { target: name, note, performance: perform({ play, dialect, streamed, words, form, usage }) };
}

/** What is to be empty is no call. */
function mayCall(play: Play): boolean {
  return play.kind === "answer" && play.calls && !/^(empty|blocked|no-choices)/u.test(play.course.kind);
}

/** Unlike all other requests' words; some hold characters of several bytes. */
function ownWords(play: Play, prefix: string): string[] {
  if (play.kind !== "answer") return [];
  return Array.from({ length: play.words }, (_, place) => `${prefix}w${place}${["", "é", "日🙂"][place % 3]} `);
}

const proving: ReadonlySet<AnswerPlay["manner"]> = new Set(["repeats", "quotes", "starts-over"]);

interface Continued {
  /** The words that it is asked to repeat; null: the answer so far is the beginning of its own turn. */
  readonly anchor: string | null;
  readonly whole: string;
}

/** With a blank after each but the last. */
function inWords(text: string): string[] {
  return text.match(/\S+\s*/gu) ?? [];
}

function wordsOf(play: Play, prefix: string, continues: Continued | null): string[] {
  const own = ownWords(play, prefix);
  if (play.kind !== "answer" || continues === null) return own;
  const { anchor, whole } = continues;
  // Asked by a beginning of its own turn, it can only go on.
  if (anchor === null) return play.manner === "starts-over" ? [...inWords(`${whole} `), ...own] : own;
  switch (play.manner) {
    case "repeats":
      return [...inWords(`${anchor} `), ...own];
    case "quotes":
      return ["“", ...inWords(anchor), "”", ...own];
    case "starts-over":
      return [...inWords(`${whole} `), ...own];
    case "apologises":
      return ["Sorry. ", ...inWords(`${anchor} `), ...own];
    case "paraphrases":
      return [
        ...inWords(anchor)
          .toReversed()
          .map((word) => `un${word.trim()} `),
        ...own,
      ];
    case "refuses":
      return ["I can't ", "help. ", ...own];
    case "translates":
      return ["海洋", "很大。", ...own];
    case "goes-on":
      return own;
  }
}

function bodyOf({ body }: OutboundRequest): string {
  if (body === null) return "";
  if (typeof body === "string") return body;
  return body instanceof Uint8Array ? Buffer.from(body).toString() : Buffer.concat(body).toString();
}

function unescaped(inJson: string): string {
  return JSON.parse(`"${inJson}"`) as string;
}

function isSame(body: string, sent: string): boolean {
  return sent !== "" && asked(body) === asked(sent);
}

/** Without what a gateway must say in a caller's place. */
function asked(body: string): string {
  const { model: _model, stream_options: _options, ...rest } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(rest);
}

function dialectOf(path: string): Dialect {
  if (path.includes("/chat/completions")) return "chat";
  if (path.includes("/responses")) return "responses";
  return path.includes("/messages") ? "messages" : "gemini";
}

function keyOf({ headers }: OutboundRequest): string {
  return headers["authorization"] ?? headers["x-api-key"] ?? headers["x-goog-api-key"] ?? "";
}

function told({ play, continues, streamed }: Asked): string {
  return `${JSON.stringify(play)}${streamed ? ", streamed" : ""}${continues === null ? "" : ", to go on"}`;
}

function wireBreak(code: string, phase: WireBreak["phase"]): TransportFailure {
  return new TransportFailure({ phase, code, message: `the wire: ${code}` });
}

interface LineOptions {
  readonly note: Asked;
  readonly request: OutboundRequest;
  readonly performance: Performance;
  readonly around: Surroundings;
}

/** One request under way, and the bytes that come back. */
class Line implements Source<Uint8Array> {
  readonly #options: LineOptions;
  #next = 0;
  #due = 0;
  #phase: WireBreak["phase"] = "connect";
  #reject: ((cause: Error) => void) | null = null;
  #stopTimer: () => void = () => {};
  #stopListening: () => void = () => {};

  constructor(options: LineOptions) {
    this.#options = options;
  }

  send(): Promise<InboundResponse> {
    const { request, performance } = this.#options;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#stopListening = request.cancellation.onCancel(() => this.cancel());
      const { connect, head } = performance;
      if (connect === "never") return;
      this.#later(connect.after, () => {
        if (connect.fails !== undefined) {
          this.#break(connect.fails, "connect");
          return;
        }
        this.#phase = "sent";
        request.onSent();
        // Told that it is under way, the engine may have given it up already.
        if (head === "never" || this.#isOver()) return;
        this.#later(head.after, () => {
          if ("fails" in head) {
            this.#break(head.fails, "sent");
            return;
          }
          this.#phase = "body";
          this.#reject = null;
          this.#heard();
          this.#due = this.#options.around.clock.now() + (performance.steps[0]?.after ?? 0);
          this.#say(`answers ${head.status}`);
          resolve({ status: head.status, headers: head.headers, body: this });
        });
      });
    });
  }

  next(): Promise<Uint8Array | null> {
    const { note, around } = this.#options;
    around.pulled(note);
    if (note.over === "cancelled") return Promise.reject(wireBreak("cancelled", "body"));
    if (note.over === "broken") return Promise.reject(wireBreak("ECONNRESET", "body"));
    if (note.over === "answered") return Promise.resolve(null);
    const wait = this.#due - around.clock.now();
    if (wait <= 0 && this.#next < this.#options.performance.steps.length) return Promise.resolve(this.#take());
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#next < this.#options.performance.steps.length) this.#later(wait, () => resolve(this.#take()));
      else this.#end(resolve);
    });
  }

  cancel(): void {
    if (this.#isOver()) return;
    this.#say("is let go");
    this.#over("cancelled");
    this.#reject?.(wireBreak("cancelled", this.#phase));
  }

  #take(): Uint8Array | null {
    const { performance, note, around } = this.#options;
    const step = performance.steps[this.#next];
    if (step === undefined) return null;
    this.#next += 1;
    this.#due += performance.steps[this.#next]?.after ?? 0;
    this.#heard();
    if (step.content) note.firstAt ??= around.clock.now();
    if (step.ends) note.finished = true;
    if (step.ends) this.#say("has given its finish");
    return step.bytes;
  }

  #end(resolve: (end: null) => void): void {
    const { end } = this.#options.performance;
    if (end === "never") return;
    if (end === "reset") {
      this.#break("ECONNRESET", "body");
      return;
    }
    this.#say("has ended its answer");
    this.#over("answered");
    resolve(null);
  }

  #break(code: string, phase: WireBreak["phase"]): void {
    this.#say(`breaks: ${code}`);
    const reject = this.#reject;
    this.#over("broken");
    reject?.(wireBreak(code, phase));
  }

  #over(how: NonNullable<Asked["over"]>): void {
    const { note, around } = this.#options;
    note.over = how;
    note.overAt = around.clock.now();
    this.#stopTimer();
    this.#stopListening();
  }

  #isOver(): boolean {
    return this.#options.note.over !== null;
  }

  #heard(): void {
    this.#options.note.lastAt = this.#options.around.clock.now();
  }

  #later(milliseconds: number, act: () => void): void {
    if (milliseconds <= 0) act();
    else this.#stopTimer = this.#options.around.clock.after(milliseconds, act);
  }

  #say(what: string): void {
    const { note, around } = this.#options;
    around.note(note.target, () => `${what} (request ${note.id})`);
  }
}
