// Splits TypeScript source into code, comments, strings and regular expressions, so that a test can check code without
// comments. For floors.test.ts; it is a scanner, and must never become a parser.

export type Piece = { kind: "code" | "comment" | "string" | "regex"; text: string };

/**
 * Whether a slash opens a regular expression here: `solid` is the code before it, `null` after a string or another
 * regular expression.
 */
const isRegexPlace = (solid: string | null): boolean => {
  if (solid === null) return false;
  const before = solid.trimEnd();
  return (
    before === "" ||
    /[(,=:[!&|?{};+\-*%~^<>]$/.test(before) ||
    /\b(?:return|typeof|case|in|of|await|yield|void)$/.test(before)
  );
};

/** The code before the current position, without comments; null right after a string or a regular expression. */
const solidBefore = (code: string, pieces: readonly Piece[]): string | null => {
  if (code.trim() !== "") return code;
  const last = pieces.findLast(({ kind, text }) => kind !== "comment" && text.trim() !== "");
  if (last === undefined) return "";
  return last.kind === "code" ? last.text : null;
};

/** The index just after the quoted text that opens at `start`, or after the end of the text. */
const endOfQuoted = (source: string, start: number): number => {
  const quote = source[start];
  let at = start + 1;
  while (at < source.length && source[at] !== quote && source[at] !== "\n") at += source[at] === "\\" ? 2 : 1;
  return at + 1;
};

/** The index just after the closing slash and flags of the regular expression that opens at `start`. */
const endOfRegex = (source: string, start: number): number => {
  let at = start + 1;
  let inClass = false;
  while (at < source.length && source[at] !== "\n" && (inClass || source[at] !== "/")) {
    if (source[at] === "[") inClass = true;
    if (source[at] === "]") inClass = false;
    at += source[at] === "\\" ? 2 : 1;
  }
  at += 1;
  while (/[a-z]/.test(source[at] ?? "")) at += 1;
  return at;
};

const endOfComment = (source: string, start: number): number => {
  const [closing, length] = source[start + 1] === "/" ? ["\n", 0] : ["*/", 2];
  const end = source.indexOf(closing, start + 2);
  return end === -1 ? source.length : end + length;
};

type Scan = { pieces: Piece[]; at: number };

/** Scans code from `at` to the end, or to the brace that closes a template's `${`. */
const scanCode = (source: string, scan: Scan, nested: boolean): void => {
  let depth = 0;
  let code = "";
  const first = scan.pieces.length;
  const flush = (): void => {
    if (code !== "") scan.pieces.push({ kind: "code", text: code });
    code = "";
  };
  const take = (kind: Piece["kind"], end: number): void => {
    flush();
    scan.pieces.push({ kind, text: source.slice(scan.at, end) });
    scan.at = end;
  };
  while (scan.at < source.length) {
    const [here, next] = [source[scan.at] ?? "", source[scan.at + 1] ?? ""];
    if (here === "/" && (next === "/" || next === "*")) take("comment", endOfComment(source, scan.at));
    else if (here === '"' || here === "'") take("string", endOfQuoted(source, scan.at));
    else if (here === "/" && isRegexPlace(solidBefore(code, scan.pieces.slice(first))))
      take("regex", endOfRegex(source, scan.at));
    else if (here === "`") {
      flush();
      scanTemplate(source, scan);
    } else {
      if (here === "{") depth += 1;
      if (here === "}") depth -= 1;
      if (nested && depth < 0) break;
      code += here;
      scan.at += 1;
    }
  }
  flush();
};

const scanTemplate = (source: string, scan: Scan): void => {
  let text = "`";
  scan.at += 1;
  while (scan.at < source.length && source[scan.at] !== "`") {
    if (source[scan.at] === "$" && source[scan.at + 1] === "{") {
      scan.pieces.push({ kind: "string", text });
      scan.at += 2;
      scanCode(source, scan, true);
      text = "";
      scan.at += 1;
    } else {
      const width = source[scan.at] === "\\" ? 2 : 1;
      text += source.slice(scan.at, scan.at + width);
      scan.at += width;
    }
  }
  scan.pieces.push({ kind: "string", text: `${text}\`` });
  scan.at += 1;
};

/** The pieces of a source text in order; joined, they are the text again, except for the `${` and `}` of templates. */
export const cutSource = (source: string): Piece[] => {
  const scan: Scan = { pieces: [], at: 0 };
  if (source.startsWith("#!")) scan.at = source.indexOf("\n") + 1;
  scanCode(source, scan, false);
  return scan.pieces;
};

/** Every specifier that the pieces import or re-export: static, type-only, side effect and dynamic with a literal. */
export const importsOf = (pieces: readonly Piece[]): string[] => {
  const solid = pieces.filter(({ kind }) => kind !== "comment");
  return solid.flatMap(({ kind, text }, index) => {
    const before = solid[index - 1];
    if (kind !== "string" || before?.kind !== "code") return [];
    return /(?:\bfrom|\bimport)\s*$|\bimport\s*\(\s*$/.test(before.text) ? [text.slice(1, -1)] : [];
  });
};
