// A whole answer as a stream's events, and a stream's events as a whole answer: for vendors that answer in the other
// form than asked. Pure; it invents no ending.
import type { ChatResponse, Choice, Part, ProtocolName, TokenLogprob, Usage } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { Piece, PieceSource } from "../core/exchange.ts";

/** Everything at once. */
export function eventsOf(response: ChatResponse): readonly StreamEvent[] {
  const { id, model, created, choices, usage, extras } = response;
  const events: StreamEvent[] = [{ type: "start", id, model, created, fields: extras.fields }];
  for (const choice of choices) addChoice(choice, events);
  if (usage !== null) events.push({ type: "usage", usage });
  return events;
}

function addChoice({ index, parts, logprobs, finish, ...ending }: Choice, events: StreamEvent[]): void {
  let tokens = logprobs;
  let tool = 0;
  for (const part of parts) {
    if (part.type === "tool-call") {
      const { id, name, state } = part;
      events.push({ type: "tool-start", choice: index, tool, id, name, ...(state === undefined ? {} : { state }) });
      events.push({ type: "tool-delta", choice: index, tool, arguments: part.arguments });
      events.push({ type: "tool-end", choice: index, tool });
      tool += 1;
    } else if (part.type === "text") {
      const { text, citations, state, apart } = part;
      const logged = tokens === null ? {} : { logprobs: tokens };
      events.push({ type: "text-delta", choice: index, text, apart, citations, state, ...logged });
      tokens = null;
    } else if (part.type === "reasoning") {
      events.push({ type: "reasoning-delta", choice: index, text: part.text, state: part.state });
    } else if (part.type === "refusal") events.push({ type: "refusal-delta", choice: index, text: part.text });
    else events.push({ type: "part", choice: index, part });
  }
  if (finish === null) return;
  const { rawFinish: raw, stopSequence, elsewhere } = ending;
  const stopped = stopSequence === null ? {} : { stopSequence };
  events.push({
    type: "finish",
    choice: index,
    reason: finish,
    raw,
    ...stopped,
    ...(elsewhere === true ? { elsewhere } : {}),
  });
}

/** A stream that has come at once, and is complete. */
export function pieceSourceOf(events: readonly StreamEvent[]): PieceSource {
  let piece: Piece | null = { events, raw: null };
  return {
    complete: true,
    next() {
      const next = piece;
      piece = null;
      return Promise.resolve(next);
    },
    cancel() {
      piece = null;
    },
  };
}

interface GatheredChoice {
  readonly parts: Part[];
  readonly logprobs: TokenLogprob[];
  /** The position of each call among the parts. */
  readonly calls: Map<number, number>;
  ending: Pick<Choice, "finish" | "rawFinish" | "stopSequence" | "elsewhere">;
}

type ChoiceEvent = Extract<StreamEvent, { readonly choice: number }>;

/** Adds up events, in time proportional to their number. */
export class AnswerGatherer {
  readonly #choices = new Map<number, GatheredChoice>();
  #start: Extract<StreamEvent, { type: "start" }> | null = null;
  #usage: Usage | null = null;

  take(event: StreamEvent): void {
    if (event.type === "start") this.#start ??= event;
    else if (event.type === "usage") this.#usage = latest(this.#usage, event.usage);
    else if (event.type !== "end" && event.type !== "failure") addEvent(event, this.#choiceAt(event.choice));
  }

  answer(protocol: ProtocolName): ChatResponse {
    const choices = [...this.#choices].map(([index, { parts, logprobs, ending }]): Choice => {
      return { index, parts, ...ending, logprobs: logprobs.length > 0 ? logprobs : null };
    });
    const { id = "", model = "", created = null, fields = {} } = this.#start ?? {};
    return { id, model, created, choices, usage: this.#usage, extras: { protocol, fields } };
  }

  #choiceAt(index: number): GatheredChoice {
    const openChoice = this.#choices.get(index);
    if (openChoice !== undefined) return openChoice;
    const ending = { finish: null, rawFinish: null, stopSequence: null };
    const choice: GatheredChoice = { parts: [], logprobs: [], calls: new Map(), ending };
    this.#choices.set(index, choice);
    return choice;
  }
}

function addEvent(event: ChoiceEvent, choice: GatheredChoice): void {
  const { parts, calls } = choice;
  switch (event.type) {
    case "text-delta":
      for (const one of event.logprobs ?? []) choice.logprobs.push(one);
      return addText(parts, { type: "text", text: event.text, citations: event.citations, state: event.state });
    case "reasoning-delta":
      return addText(parts, { type: "reasoning", text: event.text, state: event.state });
    case "refusal-delta":
      return addText(parts, { type: "refusal", text: event.text });
    case "tool-start": {
      const { id, name, state } = event;
      calls.set(event.tool, parts.push({ type: "tool-call", id, name, arguments: "", state }) - 1);
      return;
    }
    case "tool-delta": {
      const place = calls.get(event.tool) ?? -1;
      const part = parts[place];
      if (part?.type === "tool-call") parts[place] = { ...part, arguments: part.arguments + event.arguments };
      return;
    }
    case "part":
      parts.push(event.part);
      return;
    case "finish": {
      const { reason, raw, stopSequence = null, elsewhere } = event;
      choice.ending = { finish: reason, rawFinish: raw, stopSequence, ...(elsewhere === true ? { elsewhere } : {}) };
      return;
    }
    case "tool-end":
  }
}

type WordsPart = Extract<Part, { type: "text" | "reasoning" | "refusal" }>;

/** Words continue the part before them, unless a state has sealed it. */
function addText(parts: Part[], next: WordsPart): void {
  const last = parts.at(-1);
  const isSealed = last !== undefined && "state" in last && last.state !== undefined;
  if (last === undefined || last.type !== next.type || isSealed) {
    parts.push(next);
    return;
  }
  const citations = [...citationsOf(last), ...citationsOf(next)];
  const cited = citations.length === 0 ? {} : { citations };
  parts[parts.length - 1] = { ...last, ...next, text: last.text + next.text, ...cited } as Part;
}

function citationsOf(part: Part): NonNullable<Extract<Part, { type: "text" }>["citations"]> {
  return part.type === "text" ? (part.citations ?? []) : [];
}

/** The last count wins, for each member that is not null. */
function latest(before: Usage | null, after: Usage): Usage {
  if (before === null) return after;
  const counts = Object.entries(after).filter(([, count]) => count !== null && count !== undefined);
  return { ...before, ...Object.fromEntries(counts) };
}
