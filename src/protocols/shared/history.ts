// Puts tool calls and results in order for vendors that refuse a history with unpaired ones: each call gets a unique
// id, and its result follows at once, in the calls' order. Real histories are trimmed, interrupted, or repeat ids in
// each turn. Missing partners are filled in, and orphans become user text; no content is lost.
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import { toolId } from "./identifiers.ts";
import type { Report } from "./report.ts";
import { afterGap } from "./text-gaps.ts";

type Adapts = Pick<Report, "adapt" | "drop">;

/** A message, and the index of it (or of its first part) in the history. */
export interface Settled {
  readonly message: Message;
  readonly at: number;
}

interface Call {
  readonly part: ToolCallPart;
  /** Unique in the history. */
  readonly id: string;
  result: ToolResultPart | null;
}

/** The result of one walk over the history. */
interface CallHistory {
  /** In the order of the history. */
  readonly calls: readonly Call[];
  /** The results without a call. */
  readonly orphans: ReadonlySet<number>;
  /** Nothing is missing, orphaned, out of order or duplicated. */
  readonly isSettled: boolean;
}

/** Calls with the same id that wait for their results, in one stretch of assistant turns. */
interface Waiting {
  readonly stretch: number;
  readonly calls: Call[];
  answerCount: number;
}

/** The history in the order that every vendor takes. Adjacent assistant turns are joined. */
export function settleHistory(messages: readonly Message[], report: Adapts): readonly Settled[] {
  if (isTalk(messages)) return messages.map((message, at) => ({ message, at }));
  return writeHistory(messages, readHistory(messages), report);
}

/** The same without the indexes. */
export function settledMessages(messages: readonly Message[], report: Adapts): readonly Message[] {
  if (isTalk(messages)) return messages;
  return writeHistory(messages, readHistory(messages), report).map(({ message }) => message);
}

/** No calls, no results, and no adjacent assistant turns: nothing to do. */
function isTalk(messages: readonly Message[]): boolean {
  let before: Message["role"] | null = null;
  for (const { role, parts } of messages) {
    if (role === "tool" || (role === "assistant" && before === "assistant")) return false;
    for (const { type } of parts) if (type === "tool-call" || type === "tool-result") return false;
    before = role;
  }
  return true;
}

/** The same for a history of the target's own protocol: the same list if the target takes it unchanged. */
export function mendHistory(messages: readonly Message[], report: Adapts): readonly Message[] {
  if (isTalk(messages)) return messages;
  const book = readHistory(messages);
  return book.isSettled ? messages : writeHistory(messages, book, report).map(({ message }) => message);
}

/** A result belongs to the last waiting call with its id, wherever it is. */
function readHistory(messages: readonly Message[]): CallHistory {
  const reader = new Reader(messages);
  for (const message of messages) reader.read(message);
  return reader.book();
}

class Reader {
  readonly #mint: (id: string) => string;
  readonly #waiting = new Map<string, Waiting>();
  readonly #calls: Call[] = [];
  readonly #orphans = new Set<number>();
  #results = 0;
  #stretch = 0;
  /** This stretch has calls: a message before their results separates them. */
  #called = false;
  #before: Message["role"] | null = null;
  /** A message came between the calls and here. */
  #wasInterrupted = true;
  #isSettled = true;

  constructor(messages: readonly Message[]) {
    this.#mint = mintIds(messages);
  }

  read({ role, parts }: Message): void {
    if (role === "assistant" && this.#before !== "assistant") {
      this.#stretch += 1;
      this.#called = false;
    } else if (role === "assistant" && this.#called) this.#isSettled = false;
    if (role !== "tool") this.#wasInterrupted = role !== "assistant";
    this.#before = role;
    for (const part of parts) {
      if (part.type === "tool-call" && role === "assistant") this.#call(part);
      else if (part.type === "tool-result") this.#answer(part, role);
    }
  }

  #call(part: ToolCallPart): void {
    const call: Call = { part, id: this.#mint(part.id), result: null };
    this.#calls.push(call);
    this.#called = true;
    const waiting = this.#waiting.get(part.id);
    if (waiting?.stretch === this.#stretch) waiting.calls.push(call);
    else this.#waiting.set(part.id, { stretch: this.#stretch, calls: [call], answerCount: 0 });
    this.#isSettled &&= call.id === part.id;
  }

  #answer(part: ToolResultPart, role: Message["role"]): void {
    const waiting = this.#waiting.get(part.id);
    const call = waiting?.calls[waiting.answerCount];
    if (waiting !== undefined && call !== undefined) {
      call.result = part;
      waiting.answerCount += 1;
    } else this.#orphans.add(this.#results);
    const isInPlace = role === "tool" && !this.#wasInterrupted && waiting?.stretch === this.#stretch;
    this.#isSettled &&= isInPlace && call !== undefined;
    this.#results += 1;
  }

  book(): CallHistory {
    const isSettled = this.#isSettled && this.#calls.every(({ result }) => result !== null);
    return { calls: this.#calls, orphans: this.#orphans, isSettled };
  }
}

/**
 * Creates unique ids: a repeated id becomes a new one, made from it and its count, so that the result is always the
 * same.
 */
function mintIds(messages: readonly Message[]): (id: string) => string {
  const callIds = new Set<string>();
  for (const { parts } of messages) for (const part of parts) if (part.type === "tool-call") callIds.add(part.id);
  const counts = new Map<string, number>();
  return (id) => {
    let count = (counts.get(id) ?? 0) + 1;
    let minted = id;
    if (count > 1 || id === "")
      for (minted = toolId(`${id}\n${count}`); callIds.has(minted); minted = toolId(`${id}\n${count}`)) count += 1;
    counts.set(id, count);
    callIds.add(minted);
    return minted;
  };
}

function writeHistory(messages: readonly Message[], book: CallHistory, report: Adapts): readonly Settled[] {
  const writer = new Writer(book, report);
  for (const [at, message] of messages.entries()) {
    if (message.role === "assistant") writer.speak(message, at);
    else writer.hear(message, at);
  }
  return writer.end(messages.length);
}

class Writer {
  readonly #book: CallHistory;
  readonly #report: Adapts;
  readonly #out: Settled[] = [];
  #call = 0;
  #result = 0;
  /** The assistant's parts, until another role follows. */
  #speaking: Part[] | null = null;
  #lastText = "";
  /** The calls of this stretch; their results come next. */
  #open: Call[] = [];

  constructor(book: CallHistory, report: Adapts) {
    this.#book = book;
    this.#report = report;
  }

  speak(message: Message, at: number): void {
    if (this.#speaking === null) {
      this.#speaking = [];
      this.#lastText = "";
      this.#out.push({ message: { ...message, parts: this.#speaking }, at });
    } else if (message.name !== null && message.name !== this.#out.at(-1)?.message.name) {
      // The joined turn has one name.
      this.#report.drop("messages.name");
    }
    let before = this.#lastText;
    for (const part of message.parts) {
      this.#speaking.push(part.type === "tool-call" ? this.#own(part) : afterGap(before, part));
      if (part.type !== "text" || part.text === "") continue;
      before = "";
      this.#lastText = part.text;
    }
  }

  #own(part: ToolCallPart): ToolCallPart {
    const call = this.#book.calls[this.#call++];
    if (call === undefined) return part;
    this.#open.push(call);
    if (call.id === part.id) return part;
    this.#report.adapt("messages.tool_calls.id", part.id === "" ? "empty" : "repeated", "unique");
    return { ...part, id: call.id };
  }

  hear(message: Message, at: number): void {
    this.#answer(at);
    const replacements: Part[] = [];
    const otherParts: Part[] = [];
    for (const part of message.parts) {
      if (part.type !== "tool-result") otherParts.push(part);
      else if (this.#book.orphans.has(this.#result++)) replacements.push(...this.#tell(part));
    }
    const isUser = message.role === "user";
    if (!isUser && replacements.length > 0) this.#put({ role: "user", parts: replacements, name: null }, at);
    const parts = isUser ? [...replacements, ...otherParts] : otherParts;
    if (parts.length > 0 || (message.parts.length === 0 && message.role !== "tool"))
      this.#put({ ...message, parts }, at);
  }

  #put(message: Message, at: number): void {
    this.#speaking = null;
    this.#out.push({ message, at });
  }

  end(at: number): readonly Settled[] {
    this.#answer(at);
    return this.#out;
  }

  #answer(at: number): void {
    if (this.#open.length === 0) return;
    const parts = this.#open.map((call) => this.#resultOf(call));
    this.#put({ role: "tool", parts, name: null }, at);
    this.#open = [];
  }

  #resultOf({ part: { name }, id, result }: Call): ToolResultPart {
    if (result !== null) return { ...result, id, name };
    this.#report.adapt("messages.tool", "missing", "[no result]");
    return { type: "tool-result", id, name, parts: [{ type: "text", text: "[no result]" }], isError: false };
  }

  /** Its call may have been trimmed with the beginning of the history: its content is still useful. */
  #tell({ name, parts, isError }: ToolResultPart): Part[] {
    this.#report.adapt("messages.tool", "no call", "user");
    const text = parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join("\n");
    const called = name === null ? "" : ` name="${name.replaceAll(/["<>&\s]+/gu, " ")}"`;
    const failed = isError ? ' error="true"' : "";
    const words = { type: "text", text: `<tool_result${called}${failed}>\n${text}\n</tool_result>` } as const;
    return [words, ...parts.filter((part) => part.type !== "text")];
  }
}
