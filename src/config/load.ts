// Configuration, wherever it comes from -> Rules. All that is wrong with it is thrown at once as one ConfigError.
// A start without a file pays for no parser and no schema: both are imported when there is something to read.
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { compileRules, type LoadedRules } from "./compile.ts";
import type { ConfigFile } from "./config-file.ts";
import type { Catalog } from "./environment.ts";
import { applyOverrides, overrideVariables } from "./overrides.ts";
import { ConfigError, ProblemList, formatProblem, type Path, type Problem } from "./problem.ts";
import type { TextFormat } from "./read.ts";
import { expandVariables, originKey, type Environment, type Origins } from "./variables.ts";

/** What the configuration is read against. */
export interface LoadContext {
  /** Every provider that is known, by name. */
  readonly catalog: Catalog;
  readonly environment: Environment;
}

export type ConfigSource =
  /** A file: `.yaml`, `.yml`, `.json`, or `.ts`, `.js`, `.mjs` that exports `default` or `config`. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string; readonly format: TextFormat; readonly name: string }
  | { readonly kind: "object"; readonly config: ConfigFile; readonly name?: string }
  | { readonly kind: "environment" };

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

const noLine = (): null => null;

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

const refuse = (name: string, message: string, hint: string | null): ConfigError =>
  new ConfigError(name, [{ place: "", line: null, message, hint }]);

const importConfig = async (path: string, name: string): Promise<RawConfig> => {
  const url = pathToFileURL(resolve(path));
  // A module is kept for ever once imported; a new query makes a changed file a new module.
  url.searchParams.set("at", String(performance.now()));
  let module: Record<string, unknown>;
  try {
    module = (await import(url.href)) as Record<string, unknown>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_MODULE_NOT_FOUND") throw refuse(name, "cannot be found, or imports what cannot", null);
    throw refuse(
      name,
      `cannot be imported (${code ?? (error instanceof Error ? error.name : "error")})`,
      `node ${name} tells more`,
    );
  }
  const data = module["default"] ?? module["config"];
  if (data === undefined) throw refuse(name, "exports no configuration", "Export it as default, or as config");
  return { data, name, lineOf: noLine };
};

const readConfigFile = async (path: string): Promise<RawConfig> => {
  const name = path.replace(/^\.[/\\]/, "");
  const extension = extname(path).toLowerCase();
  if ([".ts", ".mts", ".js", ".mjs"].includes(extension)) return importConfig(path, name);
  if (![".yaml", ".yml", ".json"].includes(extension)) {
    throw refuse(name, "is of a format that is not known", "Name it .yaml, .yml, .json or .ts");
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "error";
    const reason =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EISDIR"
          ? "is a folder, not a file"
          : `cannot be read (${code})`;
    throw refuse(name, reason, code === "ENOENT" ? "Check --config or UNDERSTUDY_CONFIG" : null);
  }
  const { readConfig } = await import("./read.ts");
  return { ...readConfig(text, extension === ".json" ? "json" : "yaml", name), name };
};

const readSource = async (source: Exclude<ConfigSource, { kind: "environment" }>): Promise<RawConfig> => {
  if (source.kind === "file") return readConfigFile(source.path);
  if (source.kind === "object") return { data: source.config, name: source.name ?? "config", lineOf: noLine };
  const { readConfig } = await import("./read.ts");
  return { ...readConfig(source.text, source.format, source.name), name: source.name };
};

/** Reads, checks and resolves. Throws ConfigError with every problem; any other error is a fault of this program. */
export const loadRules = async (source: ConfigSource, context: LoadContext): Promise<Loaded> => {
  const isBare = source.kind === "environment";
  const raw: RawConfig = isBare ? { data: {}, name: "environment", lineOf: noLine } : await readSource(source);
  const needsCheck = !isBare || overrideVariables(context.environment).length > 0;
  const check = needsCheck ? (await import("./check.ts")).checkForm : null;
  return resolveConfig(raw, context, check);
};

/** `understudy.yaml:3  routes.a.weight: has no effect outside balance` */
export const formatWarnings = ({ rules, warnings }: Loaded): readonly string[] =>
  warnings.map((warning) => formatProblem(rules.source, warning));
