// A configuration's text -> plain data, and the line of each part. It reads YAML and JSON; load.ts imports TypeScript.
// An error names the line and never quotes the text, since the text may contain keys.
import { LineCounter, isMap, isScalar, isSeq, parseDocument, type Document, type Node } from "yaml";
import { ConfigError, type Path } from "./problem.ts";
import { markReferences } from "./variables.ts";

export type TextFormat = "yaml" | "json";

export interface ReadConfig {
  readonly data: unknown;
  /** The 1-based line of a path, or of its nearest existing parent; null if there is no text. */
  lineOf(path: Path): number | null;
}

/** The start of a map's key or a list's item, as deep as the path goes. */
const offsetOf = (document: Document, path: Path): number | null => {
  let node: unknown = document.contents;
  let offset: number | null = null;
  for (const part of path) {
    if (isSeq(node) && typeof part === "number") node = node.items[part];
    else if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      const start = (pair?.key as Node | undefined)?.range?.[0];
      if (start === undefined) return offset;
      offset = start;
      node = pair?.value;
      continue;
    } else return offset;
    offset = (node as Node | undefined)?.range?.[0] ?? offset;
  }
  return offset;
};

const parse = (text: string, lines: LineCounter): Document =>
  parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: true, strict: true });

const yamlData = (document: Document, lines: LineCounter, source: string): unknown => {
  const faults = [...document.errors, ...document.warnings];
  const problems = faults.map((fault) => ({
    place: "",
    line: lines.linePos(fault.pos[0]).line,
    // The text after a colon is a piece of the file.
    message: `not valid YAML: ${(fault.message.split(/:\s*["'!]/)[0] ?? "").toLowerCase()}`,
    hint: null,
  }));
  if (problems.length > 0) throw new ConfigError(source, problems);
  try {
    return document.toJS();
  } catch {
    const message = "not valid YAML: an alias (*name) without an anchor (&name), or too many of them";
    throw new ConfigError(source, [{ place: "", line: null, message, hint: null }]);
  }
};

const jsonData = (text: string, source: string, firstFault: number | null): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lineText = /line (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const line = lineText === undefined ? firstFault : Number(lineText);
    const hint = "Look for a missing or extra comma or quote";
    throw new ConfigError(source, [{ place: "", line, message: "not valid JSON", hint }]);
  }
};

/** Parses `text`; `${NAME}` stays marked for `expandVariables`. Throws ConfigError with the line. */
export const readConfig = (text: string, format: TextFormat, source: string): ReadConfig => {
  const counter = new LineCounter();
  // JSON is YAML, so the same parser finds its lines.
  const document = parse(format === "yaml" ? markReferences(text) : text, counter);
  const fault = document.errors[0];
  const faultLine = fault === undefined ? null : counter.linePos(fault.pos[0]).line;
  const data = format === "yaml" ? yamlData(document, counter, source) : jsonData(text, source, faultLine);
  return {
    data,
    lineOf: (path) => {
      const offset = offsetOf(document, path);
      return offset === null ? null : counter.linePos(offset).line;
    },
  };
};
