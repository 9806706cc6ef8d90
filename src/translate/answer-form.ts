// Whether an answer is a whole document or a stream of events, by its first bytes: some hosts answer in the other form
// than asked, and content types lie. It must never lose a byte, nor read on once the form is known.
import type { Source } from "../core/transport.ts";
import { ByteCollector } from "../domain/byte-collector.ts";

export interface AnswerForm {
  /** `other`: its beginning is neither JSON nor a server-sent event. */
  readonly form: "document" | "events" | "other";
  /** The whole body, with the bytes that were read to know the form. */
  readonly body: Source<Uint8Array>;
}

/** Beginnings of events. */
const leads = ["data:", "event:", "id:", "retry:", ":"];
/** Blank bytes that some hosts send while the answer is in the making: more of them say nothing. */
const MOST_BLANK = 64 * 1024;
const OPEN_OBJECT = 0x7b;
const OPEN_LIST = 0x5b;
const BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

/** Rejects with TransportFailure if the body breaks off first. */
export function readAnswerForm(body: Source<Uint8Array>): Promise<AnswerForm> {
  // Almost every whole answer begins so: no copy of it as text, and no async function, which costs more memory.
  return body
    .next()
    .then((chunk) =>
      chunk !== null && (chunk[0] === OPEN_OBJECT || chunk[0] === OPEN_LIST)
        ? { form: "document", body: new Unread(chunk, body) }
        : readOn(chunk, body),
    );
}

async function readOn(first: Uint8Array | null, body: Source<Uint8Array>): Promise<AnswerForm> {
  const collector = new ByteCollector();
  let start = "";
  for (let chunk = first; ; chunk = await body.next()) {
    if (chunk === null) return { form: formOf(start) ?? "other", body: new Unread(collector.bytes(), body) };
    collector.add(chunk);
    start = startOf(start, chunk);
    const form = formOf(start);
    if (form !== null || collector.size > MOST_BLANK)
      return { form: form ?? "other", body: new Unread(collector.bytes(), body) };
  }
}

/** The first characters that are not blank, enough to know the form. */
function startOf(before: string, chunk: Uint8Array): string {
  const text =
    before + Buffer.from(chunk.buffer, chunk.byteOffset, Math.min(chunk.byteLength, MOST_BLANK)).toString("latin1");
  const marked = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  return marked.trimStart().slice(0, 8);
}

function formOf(start: string): AnswerForm["form"] | null {
  if (start === "") return null;
  if (start.startsWith("{") || start.startsWith("[")) return "document";
  if (leads.some((lead) => start.startsWith(lead))) return "events";
  return leads.some((lead) => lead.startsWith(start)) || BYTE_ORDER_MARK.startsWith(start) ? null : "other";
}

/** A source, and the bytes that were read from it before. */
class Unread implements Source<Uint8Array> {
  #start: Uint8Array | null;
  readonly #rest: Source<Uint8Array>;

  constructor(start: Uint8Array, rest: Source<Uint8Array>) {
    this.#start = start.byteLength === 0 ? null : start;
    this.#rest = rest;
  }

  next(): Promise<Uint8Array | null> {
    const start = this.#start;
    this.#start = null;
    return start === null ? this.#rest.next() : Promise.resolve(start);
  }

  cancel(): void {
    this.#start = null;
    this.#rest.cancel();
  }
}
