// A client's request in the target's own protocol, with the route's params on top, read one member at a time. A codec
// can check whether the bytes can be sent unchanged, without parsing all of them.
import { viewBytes } from "../domain/view-bytes.ts";
import { parseJson } from "../domain/parse-body.ts";
import type { Call, FieldSpan } from "../core/exchange.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { RawMembers } from "../core/encoded-request.ts";
import { namesWithin } from "./names-within.ts";
import type { Verdicts } from "./verdicts.ts";

/** From this size on, the platform's search finds the quotes, at the cost of one call per quote. */
const LONG = 2048;
const QUOTE = 34;
const COLON = 58;
const LONGEST_TEXT = 32 * 1024;

export function rawMembers(call: Pick<Call, "body" | "fields">, params: JsonObject, verdicts?: Verdicts): RawMembers {
  return new Members(call, params, verdicts);
}

class Members implements RawMembers {
  readonly #call: Pick<Call, "body" | "fields">;
  readonly #params: JsonObject;
  readonly #verdicts: Verdicts | undefined;
  #buffer: Buffer | null = null;
  /** Quotes of searched members: found once, for all keywords. */
  readonly #quotes: { readonly name: string; readonly places: readonly number[] }[] = [];

  constructor(call: Pick<Call, "body" | "fields">, params: JsonObject, verdicts: Verdicts | undefined) {
    this.#call = call;
    this.#params = params;
    this.#verdicts = verdicts;
  }

  get #bytes(): Buffer {
    return (this.#buffer ??= viewBytes(this.#call.body));
  }

  has(name: string): boolean {
    return this.#params[name] !== undefined || this.#call.fields.has(name);
  }

  names(): Iterable<string> {
    const names = new Set(this.#call.fields.keys());
    for (const name in this.#params) if (this.#params[name] !== undefined) names.add(name);
    return names;
  }

  namesWithin(name: string): readonly ReadonlySet<string>[] {
    const value = this.#params[name];
    if (value !== undefined) {
      const text = Buffer.from(JSON.stringify(value));
      return namesWithin(text, { start: 0, end: text.length });
    }
    const span = this.#call.fields.get(name);
    return span === undefined ? [] : namesWithin(this.#bytes, span);
  }

  read(name: string): Json | undefined {
    const value = this.#params[name];
    if (value !== undefined) return value;
    const span = this.#call.fields.get(name);
    return span === undefined ? undefined : parseJson(this.#bytes.toString("utf8", span.start, span.end));
  }

  mentions(name: string, word: string): boolean {
    const value = this.#params[name];
    if (value !== undefined) return JSON.stringify(value).includes(word);
    const span = this.#call.fields.get(name);
    if (span === undefined) return false;
    const bytes = this.#bytes;
    // A quote alone is a keyword as well: is there any string?
    if (word.charCodeAt(0) !== QUOTE || word.length === 1)
      return bytes.subarray(span.start, span.end).includes(word, 0, "latin1");
    const first = word.charCodeAt(1);
    const quotes = this.#quotesIn(name, span);
    // An index loop, not an iterator: it runs for a dozen keywords per request.
    for (let index = 0; index < quotes.length; index += 1) {
      const at = quotes[index] ?? 0;
      if (bytes[at + 1] === first && startsWith(bytes, at, word)) return true;
    }
    return false;
  }

  memoize(question: string, name: string, find: () => boolean): boolean {
    const span = this.#params[name] === undefined ? this.#call.fields.get(name) : undefined;
    if (span === undefined || this.#verdicts === undefined) return find();
    return this.#verdicts.of(question, this.#bytes.subarray(span.start, span.end), find);
  }

  texts(name: string, key: string): readonly string[] {
    const value = this.#params[name];
    if (value !== undefined) {
      const text = Buffer.from(JSON.stringify(value));
      const span = { start: 0, end: text.length };
      return textsAt(text, findQuotes(text, span), { end: span.end, key });
    }
    const span = this.#call.fields.get(name);
    return span === undefined ? [] : textsAt(this.#bytes, this.#quotesIn(name, span), { end: span.end, key });
  }

  #quotesIn(name: string, span: FieldSpan): readonly number[] {
    // At most a few members are searched: a list costs less than a map.
    for (const one of this.#quotes) if (one.name === name) return one.places;
    const places = findQuotes(this.#bytes, span);
    this.#quotes.push({ name, places });
    return places;
  }
}

/** The positions of a quoted `key` with a colon and a string after it; whitespace between them is allowed. */
function textsAt(
  bytes: Buffer,
  quotes: readonly number[],
  { end, key }: { readonly end: number; readonly key: string },
): string[] {
  const texts: string[] = [];
  const word = `"${key}"`;
  for (const at of quotes) {
    if (!startsWith(bytes, at, word)) continue;
    let start = skipBlanks(bytes, at + word.length);
    if (bytes[start] !== COLON) continue;
    start = skipBlanks(bytes, start + 1);
    if (bytes[start] !== QUOTE) continue;
    const close = bytes.indexOf(QUOTE, start + 1);
    if (close === -1 || close >= end || close - start > LONGEST_TEXT) continue;
    const text = bytes.toString("utf8", start + 1, close);
    if (!text.includes("\\")) texts.push(text);
  }
  return texts;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 10 || bytes[at] === 13) at += 1;
  return at;
}

/** The platform's search for one byte skips an image, many times faster than a search for a word. */
function findQuotes(bytes: Buffer, { start, end }: FieldSpan): readonly number[] {
  const places: number[] = [];
  if (end - start < LONG) {
    for (let at = start; at < end; at += 1) if (bytes[at] === QUOTE) places.push(at);
    return places;
  }
  for (let at = bytes.indexOf(QUOTE, start); at !== -1 && at < end; at = bytes.indexOf(QUOTE, at + 1)) places.push(at);
  return places;
}

/** `word` is ASCII. */
function startsWith(bytes: Buffer, at: number, word: string): boolean {
  for (let index = 1; index < word.length; index += 1) {
    if (bytes[at + index] !== word.charCodeAt(index)) return false;
  }
  return true;
}
