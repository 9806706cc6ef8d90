// Checks a configuration against the schema. The library's argument takes the synchronous path, since it needs no file.
// A check loads zod; importing this file does not.
import type { ConfigFile } from "./config-file.ts";
import { findIssues } from "./issues.ts";
import { resolveConfig, type LoadContext, type Loaded } from "./resolve-config.ts";
import type { ProblemList } from "./problem.ts";
import { createConfigSchema } from "./schema.ts";

/** The checked file without its invalid parts, which it adds to `problems`. */
export const checkForm = (data: unknown, problems: ProblemList): ConfigFile =>
  findIssues(createConfigSchema(), data, problems);

/** An object with the file's shape -> Rules, synchronously. Throws ConfigError with every problem. */
export const loadConfigObject = (config: ConfigFile, context: LoadContext): Loaded =>
  resolveConfig({ data: config, name: "config", lineOf: () => null }, context, checkForm);
