// The data of a configuration -> Rules. It throws all problems at once, as one ConfigError.
import { compileRules, type LoadedRules } from "./compile.ts";
import type { ConfigFile } from "./config-file.ts";
import type { ProviderNames } from "../core/provider-names.ts";
import type { ProviderParts } from "../core/provider-parts.ts";
import type { Catalog } from "./environment.ts";
import { applyOverrides } from "./overrides.ts";
import { ProblemList, type Path, type Problem } from "./problem.ts";
import { expandVariables, originKey, type Environment, type Origins } from "./variables.ts";

/** The context in which the configuration is read. */
export interface LoadContext {
  /** Every known provider, by name. */
  readonly catalog: Catalog;
  /** Further names of providers. */
  readonly names?: ProviderNames | undefined;
  /** What an operator's own providers can be made of. Absent: nothing beyond their rows. */
  readonly parts?: ProviderParts | undefined;
  readonly environment: Environment;
}

export interface Loaded {
  readonly rules: LoadedRules;
  /** Settings that work, but are probably not intended. */
  readonly warnings: readonly Problem[];
}

/** Parsed data, and the lines of its parts. */
export interface RawConfig {
  readonly data: unknown;
  readonly name: string;
  lineOf(path: Path): number | null;
}

/** Checks the shape of a tree; a parameter, so that the schema is imported only if there is a tree. */
export type CheckForm = (data: unknown, problems: ProblemList) => ConfigFile;

/**
 * Inserts the environment into the tree, checks and resolves it. `check` null: there was no file. Throws ConfigError.
 */
export const resolveConfig = (raw: RawConfig, context: LoadContext, check: CheckForm | null): Loaded => {
  const origins: Origins = new Map();
  const set = new Set<string>();
  const problems = new ProblemList(
    raw.name,
    (path) => raw.lineOf(path),
    (path) => {
      const key = originKey(path);
      return set.has(key) ? (origins.get(key) ?? null) : null;
    },
  );
  const { catalog, names, parts, environment } = context;
  const changed = applyOverrides(raw.data, { environment, problems, origins, providers: [...catalog.keys()] });
  for (const key of origins.keys()) set.add(key);
  const tree = expandVariables(changed, [], { environment, problems, origins });
  problems.nextStage();
  const file = check === null ? {} : check(tree, problems);
  problems.nextStage();
  const rules = compileRules(file, raw.name, { catalog, names, parts, environment, problems, origins });
  problems.throwIfAny();
  return { rules, warnings: problems.warnings };
};
