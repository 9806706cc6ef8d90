// A command line -> its flags and arguments. A thin layer over parseArgs of node:util: it adds the nearest flag and the
// reference to the help text to an error.
import { parseArgs, type ParseArgsOptionsConfig } from "node:util";
import { didYouMean } from "../domain/nearest-names.ts";
import { UsageError } from "./terminal.ts";

export interface Words {
  /** Values of flags by name; `true` for those without a value. */
  readonly flags: Readonly<Record<string, string | boolean | undefined>>;
  readonly arguments: readonly string[];
}

export interface WordsOptions {
  /** Flags with a value. */
  readonly values?: readonly string[];
  /** Flags without. */
  readonly switches?: readonly string[];
  /** The most arguments. */
  readonly most?: number;
}

/** Parses a command's arguments. Throws UsageError. */
export const readWords = (words: readonly string[], { values = [], switches = [], most = 0 }: WordsOptions): Words => {
  const options: ParseArgsOptionsConfig = Object.fromEntries([
    ...values.map((name) => [name, { type: "string" }] as const),
    ...switches.map((name) => [name, { type: "boolean" }] as const),
  ]);
  try {
    const parsed = parseArgs({ args: [...words], options, allowPositionals: true });
    if (parsed.positionals.length > most) throw new UsageError(`unexpected argument "${parsed.positionals[most]}"`);
    return { flags: parsed.values as Words["flags"], arguments: parsed.positionals };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    if (!code.startsWith("ERR_PARSE_ARGS")) throw error;
    const unknown = /Unknown option '-*([^'=]+)/.exec((error as Error).message)?.[1];
    if (unknown === undefined) throw new UsageError((error as Error).message.split(".")[0] ?? "");
    const near = didYouMean(
      `--${unknown}`,
      [...values, ...switches].map((name) => `--${name}`),
    );
    throw new UsageError(`unknown flag --${unknown}${near === null ? "" : `. ${near}`}`);
  }
};

/** A flag's text, if it has one. */
export const textOf = (words: Words, name: string): string | undefined => {
  const value = words.flags[name];
  return typeof value === "string" ? value : undefined;
};
