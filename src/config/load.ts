// A configuration from any source -> Rules. It throws all problems at once, as one ConfigError.
// A start without a file loads neither the parser nor the schema: both are imported when there is a file to read.
import { resolveConfig, type Loaded, type LoadContext, type RawConfig } from "./resolve-config.ts";
import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { ConfigFile } from "./config-file.ts";
import { overrideVariables } from "./overrides.ts";
import { ConfigError, formatProblem } from "./problem.ts";
import type { TextFormat } from "./read.ts";

export type ConfigSource =
  /** A file: `.yaml`, `.yml`, `.json`, or `.ts`, `.js`, `.mjs` that exports `default` or `config`. */
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "text"; readonly text: string; readonly format: TextFormat; readonly name: string }
  | { readonly kind: "object"; readonly config: ConfigFile; readonly name?: string }
  | { readonly kind: "environment" };

const noLine = (): null => null;

const refuse = (name: string, message: string, hint: string | null): ConfigError =>
  new ConfigError(name, [{ place: "", line: null, message, hint }]);

const importConfig = async (path: string, name: string): Promise<RawConfig> => {
  const url = pathToFileURL(resolve(path));
  // Node keeps an imported module for ever; a new query makes a changed file a new module.
  url.searchParams.set("at", String(performance.now()));
  let module: Record<string, unknown>;
  try {
    module = (await import(url.href)) as Record<string, unknown>;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ERR_MODULE_NOT_FOUND")
      throw refuse(name, "does not exist, or imports a module that does not exist", null);
    throw refuse(
      name,
      `cannot be imported (${code ?? (error instanceof Error ? error.name : "error")})`,
      `Run node ${name} to see the cause`,
    );
  }
  const data = module["default"] ?? module["config"];
  if (data === undefined) throw refuse(name, "does not export a configuration", "Export it as default, or as config");
  return { data, name, lineOf: noLine };
};

const readConfigFile = async (path: string): Promise<RawConfig> => {
  const name = path.replace(/^\.[/\\]/, "");
  const extension = extname(path).toLowerCase();
  if ([".ts", ".mts", ".js", ".mjs"].includes(extension)) return importConfig(path, name);
  if (![".yaml", ".yml", ".json"].includes(extension)) {
    throw refuse(name, "has an unknown file format", "Name it .yaml, .yml, .json or .ts");
  }
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "error";
    const reason =
      code === "ENOENT" ? "does not exist" : code === "EISDIR" ? "is a folder, not a file" : `cannot be read (${code})`;
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
