// `UNDERSTUDY_SERVER_PORT=9000`: variables that override single scalars of the configuration. A variable's name is the
// path in capitals, joined by `_`, every character that is no letter or digit turned into `_`.
// It never guesses: a variable that matches nothing, or two paths, is a warning and changes nothing.
import { didYouMean } from "../domain/nearest-names.ts";
import type { Path, ProblemList } from "./problem.ts";
import { originKey, type Environment, type Origins } from "./variables.ts";

const PREFIX = "UNDERSTUDY_";

/** Variables with another meaning. */
const NOT_OVERRIDES: ReadonlySet<string> = new Set([
  "UNDERSTUDY_CONFIG",
  "UNDERSTUDY_URL",
  "UNDERSTUDY_KEY",
  "UNDERSTUDY_LOG_FORMAT",
  "UNDERSTUDY_SIMULATOR_URL",
  "UNDERSTUDY_TRUSTED_CUSTOM_HOSTS",
]);

const POLICIES: readonly string[] = [
  ...["connect", "first_token", "headers", "idle", "total", "rate"].map((name) => `timeout.${name}`),
  ...["attempts", "max_wait", "hints"].map((name) => `retry.${name}`),
  ...["failures", "rate", "window", "minimum", "rest", "max_rest", "slow_start"].map((name) => `breaker.${name}`),
  ...["max", "adaptive", "queue", "wait"].map((name) => `concurrency.${name}`),
  "breaker",
  "mid_stream",
];

const SETTINGS: readonly string[] = [
  ...[
    "host",
    "port",
    "max_body",
    "max_bodies",
    "spool",
    "max_upload",
    "max_depth",
    "proxy",
    "hosts",
    "cors",
    "grace",
    "drain_delay",
    "keep_alive",
    "keys",
    "admin_key",
    "sessions.max",
    "sessions.max_message",
    "sessions.max_time",
    "sessions.idle",
  ].map((name) => `server.${name}`),
  "ledger",
  ...["memory", "file", "max_size"].map((name) => `ledger.${name}`),
  ...POLICIES.map((name) => `defaults.${name}`),
];

/** `["routes", "assistant", "timeout"]` -> `UNDERSTUDY_ROUTES_ASSISTANT_TIMEOUT`. */
export const variableOf = (path: Path): string =>
  PREFIX +
  path
    .map(String)
    .join("_")
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]/g, "_");

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every scalar below `value`, and every node's policies. */
const pathsWithin = (value: unknown, path: Path, isNode: boolean): Path[] => {
  const policies = isNode ? POLICIES.map((name): Path => [...path, ...name.split(".")]) : [];
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => pathsWithin(item, [...path, index], path[0] === "routes"));
  }
  if (!isObject(value)) return [...policies, ...(isNode && path.length === 2 ? [] : [path])];
  return [...policies, ...Object.entries(value).flatMap(([key, item]) => pathsWithin(item, [...path, key], false))];
};

const settablePaths = (data: unknown, providers: readonly string[]): Path[] => {
  const file = isObject(data) ? data : {};
  const routes = isObject(file["routes"]) ? file["routes"] : {};
  const fileProviders = isObject(file["providers"]) ? Object.keys(file["providers"]) : [];
  return [
    ...SETTINGS.map((name) => name.split(".")),
    ...[...new Set([...fileProviders, ...providers])].flatMap((name) => [
      ["providers", name, "base_url"],
      ["providers", name, "api_key"],
      ["providers", name, "protocol"],
    ]),
    ...Object.entries(routes).flatMap(([name, node]) => pathsWithin(node, ["routes", name], true)),
    ...Object.entries(file)
      .filter(([key]) => key !== "routes")
      .flatMap(([key, value]) => pathsWithin(value, [key], false)),
  ];
};

/**
 * A copy of the tree with one value set; a target written as a string becomes an object, and missing parents are
 * created.
 */
const setAt = (tree: unknown, path: Path, value: string): unknown => {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(tree))
    return tree.map((item: unknown, index) => (index === first ? setAt(item, rest, value) : item));
  const base = isObject(tree) ? tree : typeof tree === "string" && typeof first === "string" ? { target: tree } : {};
  return { ...base, [first]: setAt(base[first], rest, value) };
};

/** The variables in `environment` that look like overrides, set and not empty. */
export const overrideVariables = (environment: Environment): string[] =>
  Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && !NOT_OVERRIDES.has(name) && (environment[name] ?? "") !== "")
    .toSorted();

export interface OverrideOptions {
  readonly environment: Environment;
  readonly problems: ProblemList;
  /** Gets every path that was set. */
  readonly origins: Origins;
  /** Providers that can be set although the file does not name them. */
  readonly providers: readonly string[];
}

/** The tree with every override applied. */
export const applyOverrides = (data: unknown, options: OverrideOptions): unknown => {
  const variables = overrideVariables(options.environment);
  if (variables.length === 0) return data;
  const byName = new Map<string, Map<string, Path>>();
  for (const path of settablePaths(data, options.providers)) {
    const name = variableOf(path);
    byName.set(name, (byName.get(name) ?? new Map<string, Path>()).set(originKey(path), path));
  }
  let result: unknown = data;
  for (const name of variables) {
    const paths = [...(byName.get(name)?.values() ?? [])];
    const [path] = paths;
    if (path === undefined) {
      options.problems.warn([], `${name} matches no setting of the configuration`, didYouMean(name, byName.keys()));
    } else if (paths.length > 1) {
      options.problems.warn([], `${name} matches several settings, so it changes none of them`);
    } else {
      result = setAt(result, path, options.environment[name] ?? "");
      options.origins.set(originKey(path), name);
    }
  }
  return result;
};
