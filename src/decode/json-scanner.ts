// Finds the top-level members of a JSON object in its bytes without parsing it: a pass-through body is scanned once,
// and the platform's search skips long strings (images). It refuses anything but a JSON object, and deep nesting; it
// must never accept a body with unclosed brackets or strings.
import { viewBytes } from "../domain/view-bytes.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { FieldSpan } from "../core/exchange.ts";
import { usualName } from "./usual-names.ts";

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_LIST = 91;
const BACKSLASH = 92;
const CLOSE_LIST = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
/** Strings are scanned byte by byte up to this length; then the platform's search, which costs a call, takes over. */
const NEAR = 48;

/** The members of the object in `bytes`, by name; of a duplicate name, the last. */
export function scanJsonObject(bytes: Uint8Array, maxDepth: number): Map<string, FieldSpan> {
  return new Scanner(bytes, maxDepth).object();
}

class Scanner {
  readonly #bytes: Buffer;
  readonly #maxDepth: number;
  #at = 0;

  constructor(bytes: Uint8Array, maxDepth: number) {
    this.#bytes = viewBytes(bytes);
    this.#maxDepth = maxDepth;
  }

  object(): Map<string, FieldSpan> {
    const fields = new Map<string, FieldSpan>();
    if (this.#bytes[0] === 0xef && this.#bytes[1] === 0xbb && this.#bytes[2] === 0xbf) this.#at = 3;
    this.#blanks();
    if (this.#at === this.#bytes.length) throw refuse("The request body is empty; send a JSON object.");
    if (this.#bytes[this.#at] !== OPEN_OBJECT) this.#unexpected("a JSON object");
    this.#at += 1;
    this.#blanks();
    if (this.#bytes[this.#at] === CLOSE_OBJECT) this.#at += 1;
    else this.#members(fields);
    this.#blanks();
    if (this.#at < this.#bytes.length) this.#unexpected("the end of the body");
    return fields;
  }

  #members(fields: Map<string, FieldSpan>): void {
    for (;;) {
      this.#blanks();
      const name = this.#name();
      this.#blanks();
      if (this.#bytes[this.#at] !== COLON) this.#unexpected("':'");
      this.#at += 1;
      this.#blanks();
      const start = this.#at;
      this.#value();
      fields.set(name, { start, end: this.#at });
      this.#blanks();
      const next = this.#bytes[this.#at];
      this.#at += 1;
      if (next === CLOSE_OBJECT) return;
      if (next !== COMMA) {
        this.#at -= 1;
        this.#unexpected("',' or '}'");
      }
    }
  }

  #name(): string {
    if (this.#bytes[this.#at] !== QUOTE) this.#unexpected("a member's name in double quotes");
    const start = this.#at;
    this.#string();
    const usual = usualName(this.#bytes, start + 1, this.#at - 1);
    if (usual !== undefined) return usual;
    const text = this.#bytes.toString("utf8", start + 1, this.#at - 1);
    if (!text.includes("\\")) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      this.#at = start;
      return this.#unexpected("a member's name");
    }
  }

  /** Skips one value. Nesting is a counter and a bit per level, so depth uses no stack. */
  #value(): void {
    const first = this.#bytes[this.#at];
    if (first === QUOTE) return this.#string();
    if (first !== OPEN_OBJECT && first !== OPEN_LIST) return this.#scalar();
    const open: number[] = [];
    let expectValue = true;
    for (;;) {
      this.#blanks();
      const byte = this.#bytes[this.#at];
      const inside = open[open.length - 1];
      if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (!expectValue) this.#unexpected("',' or a closing bracket");
        if (open.length + 2 > this.#maxDepth) throw tooDeep(this.#maxDepth);
        open.push(byte);
        expectValue = this.#enter(byte);
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        if (expectValue || inside !== (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST)) this.#unexpected("a value");
        open.pop();
        this.#at += 1;
        if (open.length === 0) return;
      } else if (byte === COMMA) {
        if (expectValue) this.#unexpected("a value");
        this.#at += 1;
        expectValue = true;
        if (inside === OPEN_OBJECT) this.#memberName();
      } else {
        if (!expectValue) this.#unexpected("',' or a closing bracket");
        if (byte === QUOTE) this.#string();
        else this.#scalar();
        expectValue = false;
      }
    }
  }

  /** Enters an object or a list, and skips the name of an object's first member; true if a value must follow. */
  #enter(opening: number): boolean {
    this.#at += 1;
    this.#blanks();
    if (opening === OPEN_LIST) return this.#bytes[this.#at] !== CLOSE_LIST;
    if (this.#bytes[this.#at] === CLOSE_OBJECT) return false;
    this.#memberName();
    return true;
  }

  #memberName(): void {
    this.#blanks();
    if (this.#bytes[this.#at] !== QUOTE) this.#unexpected("a member's name in double quotes");
    this.#string();
    this.#blanks();
    if (this.#bytes[this.#at] !== COLON) this.#unexpected("':'");
    this.#at += 1;
  }

  #string(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    const near = Math.min(at + NEAR, bytes.length);
    while (at < near) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        this.#at = at + 1;
        return;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    for (;;) {
      const quote = bytes.indexOf(QUOTE, at);
      if (quote === -1)
        throw refuse(`The request body is not valid JSON: the string at byte ${this.#at} does not end.`);
      let before = quote - 1;
      while (before >= at && bytes[before] === BACKSLASH) before -= 1;
      at = quote + 1;
      if ((quote - before) % 2 === 1) {
        this.#at = at;
        return;
      }
    }
  }

  /** A number or a literal: any run of their characters; the parser checks the grammar later. */
  #scalar(): void {
    const start = this.#at;
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined || !isScalarByte(byte)) break;
      this.#at += 1;
    }
    if (this.#at === start) this.#unexpected("a value");
    const first = this.#bytes[start] ?? 0;
    if (first === 45 || (first >= 48 && first <= 57)) return;
    const word = this.#bytes.toString("latin1", start, this.#at);
    if (word === "true" || word === "false" || word === "null") return;
    this.#at = start;
    this.#unexpected("a value");
  }

  #blanks(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    while (bytes[at] === 32 || bytes[at] === 10 || bytes[at] === 13 || bytes[at] === 9) at += 1;
    this.#at = at;
  }

  #unexpected(expected: string): never {
    const byte = this.#bytes[this.#at];
    const actual =
      byte === undefined ? "the end of the body" : `'${this.#bytes.toString("utf8", this.#at, this.#at + 1)}'`;
    throw refuse(`The request body is not valid JSON: expected ${expected} at byte ${this.#at}, found ${actual}.`);
  }
}

function isScalarByte(byte: number): boolean {
  return (
    (byte >= 48 && byte <= 57) ||
    (byte >= 97 && byte <= 122) ||
    (byte >= 65 && byte <= 90) ||
    byte === 43 ||
    byte === 45 ||
    byte === 46
  );
}

function refuse(message: string): GatewayFailure {
  return new GatewayFailure(message, { code: "bad_request", status: 400 });
}

function tooDeep(maxDepth: number): GatewayFailure {
  return refuse(`The request body nests deeper than ${maxDepth} levels, the limit of this gateway (server.max_depth).`);
}
