// A stand-in that repeats the client's last words in quotation marks, or in a code fence, closes them after its whole
// answer. That mark belongs to no answer: it is held back, and dropped if the text ends with it.

/** The most that is held back. */
const MOST_HELD = 64;

export class Unquote {
  readonly #closer: string;
  #buffer = "";

  constructor(closer: string) {
    this.#closer = closer;
  }

  /** The text that cannot be the end. */
  push(text: string): string {
    const all = this.#buffer + text;
    let at = all.length;
    while (at > 0 && all.length - at < MOST_HELD && this.#mayEnd(all.charAt(at - 1))) at -= 1;
    this.#buffer = all.slice(at);
    return all.slice(0, at);
  }

  /** The rest, without the mark. */
  end(): string {
    const buffer = this.#buffer;
    this.#buffer = "";
    const rest = buffer.trimEnd();
    return rest.endsWith(this.#closer) ? rest.slice(0, -this.#closer.length).trimEnd() : buffer;
  }

  #mayEnd(sign: string): boolean {
    return this.#closer.includes(sign) || sign.trim() === "";
  }
}
