// Finds the configuration: --config, else UNDERSTUDY_CONFIG, else ./understudy.{yaml,yml,json,ts}, else the environment
// alone. A named file that does not exist is never skipped silently: reading it fails.
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { ConfigSource } from "./load.ts";
import { readVariable, type Environment } from "./variables.ts";

/** In this order. */
export const CONFIG_NAMES: readonly string[] = [
  "understudy.yaml",
  "understudy.yml",
  "understudy.json",
  "understudy.ts",
];

export interface FindOptions {
  /** From the command line; null if not given. */
  readonly configPath: string | null;
  readonly environment: Environment;
  readonly directory: string;
}

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** The source to load. */
export const findConfig = async (options: FindOptions): Promise<ConfigSource> => {
  const requestedPath = options.configPath ?? readVariable(options.environment, "UNDERSTUDY_CONFIG");
  if (requestedPath !== null) return { kind: "file", path: requestedPath };
  for (const name of CONFIG_NAMES) {
    const path = join(options.directory, name);
    if (await exists(path)) return { kind: "file", path: options.directory === "." ? name : path };
  }
  return { kind: "environment" };
};
