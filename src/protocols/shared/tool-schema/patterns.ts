// The features that a regular expression uses, to decide whether a target takes it. JSON Schema means ECMAScript's
// dialect; targets compile patterns with Python's `re`, RE2, Rust's `regex` or a grammar, and one pattern that does not
// compile fails the whole request. It reads a pattern once, from left to right, and never runs it.

export type PatternFeature =
  /** `(?=`, `(?!`, `(?<=`, `(?<!`. */
  | "lookaround"
  /** `\1`, `\k<name>`. */
  | "backreference"
  /** `(?<name>`: Python has another spelling. */
  | "named group"
  /** Atomic groups, inline flags, comments, Python's own groups. */
  | "other group"
  /** `\p{…}`. */
  | "property class"
  /** `\u{…}`, `\cX`, and letters without a meaning as escapes. */
  | "escape"
  /** `\u0041`: RE2 has another spelling. */
  | "code point"
  /** `\0`: some engines read it as a reference. Source: router-for-me/CLIProxyAPI#6025. */
  | "nul"
  /** `[]` and `[^]`, which exist only in ECMAScript. */
  | "empty class"
  /** `[\w-.]`: not a range for Python. */
  | "class range"
  /** `[`, `&&`, `--`, `~~` inside a class: sets of sets for Rust. */
  | "class in class"
  /** `a++`, or a quantifier of more than 1,000. */
  | "repeat"
  /** `{` that does not start a quantifier. */
  | "brace"
  /** Not anchored by `^` and `$`: llama.cpp takes no other. Source: ggml-org/llama.cpp#26930. */
  | "unanchored"
  /** Invalid in every engine. */
  | "invalid";

const plainEscapes: ReadonlySet<string> = new Set("dDsSwWbBnrtfv");
const classEscapes: ReadonlySet<string> = new Set("dDsSwWbnrtfv");
const categories: ReadonlySet<string> = new Set("dDsSwW");
/** The most that RE2 takes. */
const mostRepeats = 1000;

export function patternFeatures(pattern: string): ReadonlySet<PatternFeature> {
  const reading = new Reading(pattern);
  reading.read();
  if (!pattern.startsWith("^") || !/(?:^|[^\\])(?:\\\\)*\$$/u.test(pattern.slice(-64)))
    reading.features.add("unanchored");
  return reading.features;
}

class Reading {
  readonly features: Set<PatternFeature> = new Set();
  readonly #pattern: string;
  #at = 0;
  #open = 0;
  /** The previous item can be repeated: not at the start, nor after an anchor or a quantifier. */
  #repeatable: "yes" | "no" | "quantified" = "no";

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  read(): void {
    while (this.#at < this.#pattern.length) this.#step(this.#pattern.charAt(this.#at));
    if (this.#open > 0) this.features.add("invalid");
  }

  #step(char: string): void {
    switch (char) {
      case "\\":
        return this.#escape();
      case "[":
        return this.#class();
      case "(":
        return this.#group();
      case ")":
        if (this.#open === 0) this.features.add("invalid");
        else this.#open -= 1;
        return this.#past(1, "yes");
      case "|":
      case "^":
      case "$":
        return this.#past(1, "no");
      case "*":
      case "+":
      case "?":
        return this.#quantifier(1, 0);
      case "{":
        return this.#braces();
      default:
        return this.#past(1, "yes");
    }
  }

  #past(count: number, repeatable: "yes" | "no" | "quantified"): void {
    this.#at += count;
    this.#repeatable = repeatable;
  }

  #quantifier(length: number, repeats: number): void {
    const lazy = this.#pattern.charAt(this.#at + length) === "?";
    if (this.#repeatable === "no") this.features.add("invalid");
    if (this.#repeatable === "quantified" || repeats > mostRepeats) this.features.add("repeat");
    this.#past(length + (lazy ? 1 : 0), "quantified");
  }

  #braces(): void {
    const quantifier = /\{(\d{1,12})(?:,(\d{0,12}))?\}/uy;
    quantifier.lastIndex = this.#at;
    const match = quantifier.exec(this.#pattern);
    if (match === null) {
      this.features.add("brace");
      this.#past(1, "yes");
    } else this.#quantifier(match[0].length, Math.max(Number(match[1]), Number(match[2] ?? 0)));
  }

  #group(): void {
    this.#open += 1;
    const head = this.#pattern.slice(this.#at + 1, this.#at + 4);
    if (!head.startsWith("?")) return this.#past(1, "no");
    if (head.startsWith("?:")) return this.#past(3, "no");
    if (/^\?(?:[=!]|<[=!])/u.test(head)) this.features.add("lookaround");
    else this.features.add(head.startsWith("?<") ? "named group" : "other group");
    // The rest of its head is read as text: its feature is known already.
    this.#past(2, "yes");
  }

  #escape(): void {
    const char = this.#pattern.charAt(this.#at + 1);
    if (/^[1-9]$/u.test(char) || char === "k") this.features.add("backreference");
    else if (!plainEscapes.has(char)) this.#rareEscape(char);
    this.#past(2, char === "b" || char === "B" ? "no" : "yes");
  }

  /** Letters with the same meaning inside and outside a class. */
  #rareEscape(char: string): void {
    const rest = this.#pattern.slice(this.#at + 2, this.#at + 6);
    if (char === "") this.features.add("invalid");
    else if (char === "p" || char === "P") this.features.add("property class");
    else if (char === "0") this.features.add("nul");
    else if (char === "u" && /^[\dA-Fa-f]{4}/u.test(rest)) this.features.add("code point");
    else if (char === "x" && /^[\dA-Fa-f]{2}/u.test(rest)) return;
    else if (/^[A-Za-z0-9]$/u.test(char)) this.features.add("escape");
  }

  #class(): void {
    let at = this.#at + (this.#pattern.charAt(this.#at + 1) === "^" ? 2 : 1);
    if (this.#pattern.charAt(at) === "]") this.features.add("empty class");
    for (let wasCategory = false; this.#pattern.charAt(at) !== "]";) {
      const char = this.#pattern.charAt(at);
      if (char === "") {
        this.features.add("invalid");
        break;
      }
      const next = this.#pattern.charAt(at + 1);
      if (char === "[" || ("&-~".includes(char) && next === char)) this.features.add("class in class");
      const isRange = char === "-" && next !== "]";
      const ends = next === "\\" && categories.has(this.#pattern.charAt(at + 2));
      if (isRange && (wasCategory || ends)) this.features.add("class range");
      wasCategory = char === "\\" && categories.has(next);
      if (char === "\\") this.#classEscape(at);
      at += char === "\\" ? 2 : 1;
    }
    this.#past(at + 1 - this.#at, "yes");
  }

  #classEscape(at: number): void {
    const char = this.#pattern.charAt(at + 1);
    if (classEscapes.has(char)) return;
    const before = this.#at;
    this.#at = at;
    this.#rareEscape(char);
    this.#at = before;
  }
}
