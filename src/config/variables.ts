// `${NAME}` in a configuration is the value of an environment variable. It is inserted after parsing, so that no value can
// change the file's structure, and needs no quotes inside `{ }` of YAML. `$${NAME}` is the text `${NAME}`. Values are
// never printed.
import type { Path, ProblemList } from "./problem.ts";

/** The process's environment, or a test's. */
export type Environment = Readonly<Record<string, string | undefined>>;

// Private-use characters replace the references while YAML is parsed, which would read the braces as a map.
const OPEN = "\uE000";
const LITERAL = "\uE002";
const CLOSE = "\uE001";

const MARKED = /[\uE000\uE002]([^\uE001]*)\uE001/g;
const ONE_REFERENCE = /^\uE000([^\uE001]*)\uE001$/;

/** Replaces each `${NAME}` by characters that every parser treats as letters. */
export const markReferences = (text: string): string =>
  text.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, escape: string, name: string) =>
    escape === "" ? `${OPEN}${name}${CLOSE}` : `${LITERAL}${name}${CLOSE}`,
  );

/** The source of values: the path as JSON -> the variable. */
export type Origins = Map<string, string>;
export const originKey = (path: Path): string => JSON.stringify(path);

/** The variable's value; null if it is unset or empty, because `.env` templates leave values empty. */
export const readVariable = (environment: Environment, name: string): string | null => {
  const value = environment[name];
  return value === undefined || value === "" ? null : value;
};

export interface Expansion {
  readonly environment: Environment;
  readonly problems: ProblemList;
  /** In: paths that were set from outside and stay unchanged. Out: also the paths that consist of one reference. */
  readonly origins: Origins;
}

const expandText = (raw: string, path: Path, how: Expansion): string => {
  const text = markReferences(raw);
  const whole = ONE_REFERENCE.exec(text)?.[1];
  if (whole !== undefined) how.origins.set(originKey(path), whole);
  if (text.replace(MARKED, "").includes("${")) {
    how.problems.add(
      path,
      "has a ${...} without a valid variable name",
      "Write ${NAME}, or $${NAME} for the literal text",
    );
  }
  return text.replace(MARKED, (mark, name: string) => {
    if (mark.startsWith(LITERAL)) return `\${${name}}`;
    const value = readVariable(how.environment, name);
    if (value !== null) return value;
    how.problems.add(path, `the environment variable ${name} is not set`, `Set ${name}, or remove this entry`);
    return "";
  });
};

/** The tree with every reference replaced; a problem per missing variable. Keys of maps stay unchanged. */
export const expandVariables = (value: unknown, path: Path, how: Expansion): unknown => {
  if (typeof value === "string") return how.origins.has(originKey(path)) ? value : expandText(value, path, how);
  if (Array.isArray(value)) return value.map((item, index) => expandVariables(item, [...path, index], how));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, expandVariables(item, [...path, key], how)]),
  );
};
