// From a command's flags to rules: finds the configuration, reads `.env`, loads. All commands that need rules share it,
// so that `check` and `explain` look at exactly what `serve` would run.
import { findConfig } from "../config/find.ts";
import { formatWarnings, loadRules, type ConfigSource } from "../config/load.ts";
import type { Loaded } from "../config/resolve-config.ts";
import type { Environment } from "../config/variables.ts";
import { catalog } from "../providers/catalog.ts";
import { providerNames } from "../providers/provider-names.ts";
import { providerParts } from "../providers/provider-parts.ts";
import { withDotenv } from "./dotenv.ts";
import type { Terminal } from "./terminal.ts";
import { textOf, type Words } from "./words.ts";

export interface Opened {
  readonly source: ConfigSource;
  readonly loaded: Loaded;
  /** Including `.env` and the flags. */
  readonly environment: Environment;
  /** Loads the same source again, for reloads. */
  readonly again: () => Promise<Loaded>;
}

/** Flags that set variables: a flag is an override like any other, and takes precedence. */
const FLAGS: readonly (readonly [flag: string, variable: string])[] = [
  ["port", "UNDERSTUDY_SERVER_PORT"],
  ["host", "UNDERSTUDY_SERVER_HOST"],
];

/** The rules for these arguments. Throws ConfigError. */
export const openRules = async (words: Words, terminal: Terminal): Promise<Opened> => {
  const fromFile = await withDotenv(terminal.environment, terminal.directory);
  const flags = FLAGS.map(([flag, variable]) => [variable, textOf(words, flag)] as const);
  const environment = { ...fromFile, ...Object.fromEntries(flags.filter(([, value]) => value !== undefined)) };
  const configPath = textOf(words, "config") ?? null;
  const source = await findConfig({ configPath, environment, directory: "." });
  const again = (): Promise<Loaded> =>
    loadRules(source, { catalog, names: providerNames, parts: providerParts, environment });
  return { source, loaded: await again(), environment, again };
};

/** Prints settings that work, but are probably not intended. */
export const printWarnings = (loaded: Loaded, terminal: Terminal): void => {
  for (const line of formatWarnings(loaded)) terminal.warn(`warning: ${line}`);
};
