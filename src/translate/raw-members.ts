// A request of the target's own protocol as it came, with the route's params laid over it, read a member at a time: what
// a codec needs to tell whether the bytes can go as they are, without building the whole of it.
import { parseJson } from "../core/parse-body.ts";
import type { Call, FieldSpan } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { RawMembers } from "../core/protocol.ts";
import { namesWithin } from "./member-names.ts";
import type { Verdicts } from "./verdicts.ts";

/** From this size on a member's quotes are found once, for all the words that are looked for behind them. */
const LONG = 4096;
const QUOTE = 34;
const COLON = 58;
const LONGEST_TEXT = 32 * 1024;

export function rawMembers(call: Call, params: JsonObject, verdicts?: Verdicts): RawMembers {
  const { body, fields } = call;
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let quotes: Map<string, readonly number[]> | null = null;
  const quotesIn = (name: string, span: FieldSpan): readonly number[] => {
    quotes ??= new Map();
    const known = quotes.get(name) ?? findQuotes(bytes, span);
    quotes.set(name, known);
    return known;
  };
  return {
    has: (name) => params[name] !== undefined || fields.has(name),
    names: () => new Set([...fields.keys(), ...Object.keys(params).filter((name) => params[name] !== undefined)]),
    namesWithin(name) {
      if (params[name] !== undefined) {
        const text = Buffer.from(JSON.stringify(params[name]));
        return namesWithin(text, { start: 0, end: text.length });
      }
      const span = fields.get(name);
      return span === undefined ? [] : namesWithin(bytes, span);
    },
    read(name) {
      if (params[name] !== undefined) return params[name];
      const span = fields.get(name);
      return span === undefined ? undefined : parseJson(bytes.toString("utf8", span.start, span.end));
    },
    mentions(name, word) {
      if (params[name] !== undefined) return JSON.stringify(params[name]).includes(word);
      const span = fields.get(name);
      if (span === undefined) return false;
      if (span.end - span.start < LONG || word.charCodeAt(0) !== QUOTE)
        return bytes.subarray(span.start, span.end).includes(word, 0, "latin1");
      return quotesIn(name, span).some((at) => startsWith(bytes, at, word));
    },
    remembered(question, name, find) {
      const span = params[name] === undefined ? fields.get(name) : undefined;
      if (span === undefined || verdicts === undefined) return find();
      return verdicts.of(question, bytes.subarray(span.start, span.end), find);
    },
    texts(name, key) {
      if (params[name] !== undefined) {
        const text = Buffer.from(JSON.stringify(params[name]));
        const span = { start: 0, end: text.length };
        return textsAt(text, findQuotes(text, span), { end: span.end, key });
      }
      const span = fields.get(name);
      return span === undefined ? [] : textsAt(bytes, quotesIn(name, span), { end: span.end, key });
    },
  };
}

/** Where a quoted `key`, a colon and a text follow each other, blanks between them or not. */
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

/** An image is stepped over by the platform's search for one byte, which is many times faster than one for a word. */
function findQuotes(bytes: Buffer, { start, end }: FieldSpan): readonly number[] {
  const places: number[] = [];
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
