// The data of a configuration -> Rules. It throws all problems at once, as one ConfigError.
import { compileRules, type LoadedRules } from "./compile.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Catalog } from "./environment.ts";
import { applyOverrides } from "./overrides.ts";
import { ProblemList, type Path, type Problem } from "./problem.ts";
import { expandVariables, originKey, type Environment, type Origins } from "./variables.ts";

/** What the configuration is read against. */
export interface LoadContext {
  /** Every provider that is known, by name. */
  readonly catalog: Catalog;
  readonly environment: Environment;
}

export interface Loaded {
  readonly rules: LoadedRules;
  /** What works, but probably not as meant. */
  readonly warnings: readonly Problem[];
}

/** Data that was read, and where its parts stand. */
export interface RawConfig {
  readonly data: unknown;
  readonly name: string;
  lineOf(path: Path): number | null;
}

/** Checks the form of a tree; told apart so that the schema is imported only where there is a tree. */
export type CheckForm = (data: unknown, problems: ProblemList) => ConfigFile;

/** Puts the environment into the tree, checks it and resolves it. `check` null: nothing was read. Throws ConfigError. */
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
  const { catalog, environment } = context;
  const changed = applyOverrides(raw.data, { environment, problems, origins, providers: [...catalog.keys()] });
  for (const key of origins.keys()) set.add(key);
  const tree = expandVariables(changed, [], { environment, problems, origins });
  problems.nextStage();
  const file = check === null ? {} : check(tree, problems);
  problems.nextStage();
  const rules = compileRules(file, raw.name, { catalog, environment, problems, origins });
  problems.throwIfAny();
  return { rules, warnings: problems.warnings };
};
