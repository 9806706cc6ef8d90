// Reads `.env` in the working directory: KEY=VALUE lines, quotes and comments. A variable of the environment always wins
// over it. No value is ever printed.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Environment } from "../config/variables.ts";

const LINE = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^#\n]*?))\s*(?:#[^\n]*)?$/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** The variables of a `.env` text. Other lines are skipped, as by every `.env` reader. */
export const parseDotenv = (text: string): Record<string, string> => {
  const variables: Record<string, string> = {};
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const match = LINE.exec(line);
    if (match === null || /^\s*#/.test(line)) continue;
    const [, name = "", double, single, bare] = match;
    const quoted = double?.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);
    variables[name] = quoted ?? single ?? bare ?? "";
  }
  return variables;
};

/** The environment, with the variables that `.env` adds. A variable that is set but empty counts as not set. */
export const withDotenv = async (environment: Environment, directory: string): Promise<Environment> => {
  const text = await readFile(join(directory, ".env"), "utf8").catch(() => null);
  if (text === null) return environment;
  const set = Object.entries(environment).filter(([, value]) => value !== undefined && value !== "");
  return { ...parseDotenv(text), ...Object.fromEntries(set) };
};
