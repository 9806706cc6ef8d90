// What a request needs from a model, read as late and as cheaply as possible: first sizes and a search for keywords;
// only if one is found, the conversation itself, once. It makes no decision.
import { viewBytes } from "./view-bytes.ts";
import type { ChatRequest, MediaSource, Part } from "../core/chat.ts";
import type { Call, FieldSpan } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import { readableChat } from "./readable-chat.ts";
import { asksNothing, LONGEST_USUAL } from "./usual-values.ts";
import { estimateTokens } from "./estimate-tokens.ts";

export type Medium = "images" | "pdf" | "audio";

/** Stems of the keywords with which the protocols announce each medium. */
const stems: Readonly<Record<Medium, readonly string[]>> = {
  images: ["image"],
  pdf: ["pdf", "document", "file_data", "input_file"],
  audio: ["audio"],
};
/** The same after a quote: in a long body, only text after a quote is checked. */
const words: Readonly<Record<Medium, RegExp>> = {
  images: /^(?:"|"data:|"input_)image/u,
  pdf: /^"(?:data:)?application\/pdf|^"(?:document|input_file|file_data)"/u,
  audio: /^(?:"|"data:|"input_)audio/u,
};
const media = Object.keys(words) as readonly Medium[];
const lengthNames = ["max_completion_tokens", "max_tokens", "max_output_tokens"] as const;
const settings = ["generationConfig", "generation_config"] as const;
const LONG = 4096;
/** The longest keyword after a quote. */
const LONGEST_WORD = 22;
const QUOTE = 34;
const ZERO = 48;
/** The first letters of the keywords: d, i, a, f. Nothing else after a quote is checked. */
const initials: ReadonlySet<number> = new Set([97, 100, 102, 105]);

export class RequestRequirements {
  readonly #call: Call;
  /** What is known of the media. The body's text is not kept: a stream would hold it to its end. */
  readonly #mentioned: { -readonly [Each in Medium]: boolean | null } = { images: null, pdf: null, audio: null };
  #chat: ChatRequest | null | undefined;
  #tokens: number | null = null;
  #most: number | null = null;

  constructor(call: Call) {
    this.#call = call;
  }

  /** The bytes of the body: never much less than its text. */
  get bytes(): number {
    return this.#call.body.byteLength;
  }

  /** An upper estimate of its tokens, from its bytes; media count as what they are. */
  get most(): number {
    return (this.#most ??= mostTokens(this.#call.body));
  }

  /** An estimate of the conversation's tokens; 0 if it cannot be read. */
  get tokens(): number {
    if (this.#tokens !== null) return this.#tokens;
    const chat = this.#decoded();
    return (this.#tokens = chat === null ? 0 : estimateTokens(chat));
  }

  /** `isRead`: the conversation will be decoded in any case. If it is short, that costs less than to search it before. */
  has(medium: Medium, isRead = false): boolean {
    if (!(isRead && this.bytes < LONG) && !this.#mentions(medium)) return false;
    return this.#decoded()?.messages.some(({ parts }) => parts.some((part) => isOf(medium, part))) ?? false;
  }

  get tools(): boolean {
    if (!this.#call.bringsTools()) return false;
    return (this.#decoded()?.tools.length ?? 0) > 0;
  }

  logprobs(params: JsonObject): boolean {
    const value = params["logprobs"];
    if (typeof value === "boolean") return value;
    if (!this.holds(["logprobs", "include", ...settings])) return false;
    return this.#decoded()?.sampling.logprobs === true;
  }

  /** The number of answers that the caller asks for. */
  choices(params: JsonObject): number {
    const value = params["n"];
    if (typeof value === "number") return value;
    return this.holds(["n", ...settings]) ? (this.#decoded()?.sampling.n ?? 1) : 1;
  }

  /** The caller's limit of the answer; 0 if not set. */
  answerTokens(params: JsonObject): number {
    for (const name of lengthNames) if (typeof params[name] === "number") return params[name];
    for (const name of lengthNames) {
      const span = this.#call.fields.get(name);
      if (span === undefined) continue;
      return wholeNumberAt(this.#call.body, span);
    }
    return this.holds(settings) ? (this.#decoded()?.sampling.maxTokens ?? 0) : 0;
  }

  /** Whether the body has one of these members. */
  holds(names: readonly string[]): boolean {
    return names.some((name) => this.#call.fields.has(name));
  }

  /** Whether the body has this member, with a value that asks for more than the default. */
  demands(name: string): boolean {
    const { body, fields } = this.#call;
    const span = fields.get(name);
    if (span === undefined) return false;
    if (span.end - span.start > LONGEST_USUAL) return true;
    const text = viewBytes(body).toString("utf8", span.start, span.end);
    return !asksNothing(name, text);
  }

  #mentions(medium: Medium): boolean {
    const knownAnswer = this.#mentioned[medium];
    if (knownAnswer !== null) return knownAnswer;
    const bytes = viewBytes(this.#call.body);
    if (bytes.byteLength < LONG) {
      // As a string, byte for byte: searching a string is several times as fast.
      const text = bytes.toString("latin1");
      return (this.#mentioned[medium] = stems[medium].some((stem) => text.includes(stem)));
    }
    const mentionedMedia = mentionedBehindQuotes(bytes);
    for (const each of media) this.#mentioned[each] = mentionedMedia.has(each);
    return mentionedMedia.has(medium);
  }

  /** Null if it is not a conversation that can be read: then the vendor decides. */
  #decoded(): ChatRequest | null {
    if (this.#chat === undefined) this.#chat = readableChat(this.#call);
    return this.#chat;
  }
}

/** From its digits; 0 for anything else. */
function wholeNumberAt(body: Uint8Array, { start, end }: FieldSpan): number {
  let number = 0;
  for (let at = start; at < end; at += 1) {
    const digit = (body[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return number;
}

/** The platform's search skips an image's data from quote to quote. */
function mentionedBehindQuotes(bytes: Buffer): ReadonlySet<Medium> {
  const mentioned = new Set<Medium>();
  for (let at = bytes.indexOf(QUOTE); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    if (!initials.has(bytes[at + 1] ?? 0)) continue;
    const text = bytes.toString("latin1", at, at + LONGEST_WORD);
    for (const medium of media) if (!mentioned.has(medium) && words[medium].test(text)) mentioned.add(medium);
    if (mentioned.size === media.length) break;
  }
  return mentioned;
}

/** Text of this size may be base64 data, which has other tokens than words. */
const LONG_TEXT = 8192;
const SAMPLE = 512;
const BYTES_OF_WORDS = 4;
const BYTES_OF_MEDIA = 50;
const LEAST_OF_MEDIA = 1_000;
const base64 = /^(?:data:[\w.+/-]+;base64,)?[A-Za-z0-9+/_=-]+$/u;

/** The platform searches from quote to quote; between two distant quotes, only the beginning is checked. */
function mostTokens(body: Uint8Array): number {
  const bytes = viewBytes(body);
  let words = bytes.byteLength;
  let media = 0;
  for (let at = bytes.indexOf(QUOTE); at !== -1;) {
    const next = bytes.indexOf(QUOTE, at + 1);
    const length = next - at - 1;
    if (length > LONG_TEXT && base64.test(bytes.toString("latin1", at + 1, at + 1 + SAMPLE))) {
      words -= length;
      media += Math.max(LEAST_OF_MEDIA, length / BYTES_OF_MEDIA);
    }
    at = next;
  }
  return words / BYTES_OF_WORDS + media;
}

function isOf(medium: Medium, part: Part): boolean {
  if (part.type === "image") return medium === "images";
  if (part.type !== "file") return false;
  const type = typeOf(part.source);
  if (medium === "pdf") return type === "application/pdf";
  return type.startsWith(medium === "images" ? "image/" : "audio/");
}

function typeOf(source: MediaSource): string {
  return source.mediaType ?? "";
}
