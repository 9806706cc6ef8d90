// Turns issues of the schema into problems that a person can fix: one per unknown key, with the nearest known name; for
// a union (string or map), only those of the written kind. Then it removes the invalid parts and checks the rest, so
// that one typo does not hide the next mistake.
import type { z } from "zod";
import type { ConfigFile } from "./config-file.ts";
import { keyPlaces } from "./key-places.ts";
import { memoize } from "../domain/memoize.ts";
import { didYouMean } from "../domain/nearest-names.ts";
import type { Path, ProblemList } from "./problem.ts";

/** The start of the message about an object's unknown keys; the known ones follow. */
export const UNKNOWN_KEYS = "unknown keys; valid keys: ";

type Issue = z.core.$ZodIssue;

const asPath = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === "number" ? part : String(part)));

/** Whether a union was refused because the value is of another type. */
const isOtherKind = (issues: readonly Issue[]): boolean =>
  issues.some(({ code, path }) => path.length === 0 && (code === "invalid_type" || code === "invalid_value"));

/** The relevant issues, with full paths: of a union, those of the branch for this type. */
const flatten = (issue: Issue, above: Path = []): { path: Path; issue: Issue }[] => {
  const path = [...above, ...asPath(issue.path)];
  if (issue.code === "invalid_union") {
    const likelyBranches = issue.errors.filter((branch) => branch.length > 0 && !isOtherKind(branch));
    if (likelyBranches.length === 1) return (likelyBranches[0] ?? []).flatMap((inner) => flatten(inner, path));
  }
  return [{ path, issue }];
};

/** In the file as written; undefined: the key is missing. */
const valueAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, part) => (typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined), data);

interface Reporting {
  /** The file as written. */
  readonly data: unknown;
  readonly problems: ProblemList;
  readonly placesOf: () => ReturnType<typeof keyPlaces>;
}

/** Null: it is valid nowhere, or in too many places. */
const belonging = (key: string, places: readonly string[]): string | null =>
  places.length === 0 ? null : `"${key}" belongs to ${places.join(" or ")}`;

/** Adds each issue to `problems`; returns the invalid paths. */
const report = (issues: readonly Issue[], { data, problems, placesOf }: Reporting): Path[] =>
  issues
    .flatMap((issue) => flatten(issue))
    .flatMap(({ path, issue }) => {
      if (issue.code === "unrecognized_keys") {
        const validKeys = issue.message.slice(UNKNOWN_KEYS.length).split(" ");
        for (const key of issue.keys) {
          const hints = [didYouMean(key, validKeys), belonging(key, placesOf()(key))].filter((hint) => hint !== null);
          const hint = hints.length === 0 ? `Valid keys: ${validKeys.join(", ")}` : hints.join(" ");
          problems.add([...path, key], "unknown key", hint);
        }
        return issue.keys.map((key) => [...path, key]);
      }
      const guess =
        issue.code === "custom" ? (issue.params as { name: string; validNames: string[] } | undefined) : undefined;
      const message = valueAt(data, path) === undefined ? `is missing; it ${issue.message}` : issue.message;
      problems.add(path, message, guess === undefined ? null : didYouMean(guess.name, guess.validNames));
      return [path];
    });

/** A copy without the value at `path`; for an item of a list, without the whole list, so that no index changes. */
const without = (tree: unknown, path: Path): unknown => {
  const lastName = path.findLastIndex((part) => typeof part === "string");
  const [first, ...rest] = path.slice(0, typeof path.at(-1) === "number" ? lastName + 1 : path.length);
  if (first === undefined) return {};
  if (Array.isArray(tree)) return tree.map((item: unknown, index) => (index === first ? without(item, rest) : item));
  if (typeof tree !== "object" || tree === null) return tree;
  const entries = Object.entries(tree);
  if (rest.length === 0) return Object.fromEntries(entries.filter(([key]) => key !== first));
  return Object.fromEntries(entries.map(([key, value]) => [key, key === first ? without(value, rest) : value]));
};

/** The checked file without its invalid parts, which it adds to `problems`. */
export const findIssues = (schema: z.ZodType<ConfigFile>, data: unknown, problems: ProblemList): ConfigFile => {
  let tree: unknown = data ?? {};
  const reporting: Reporting = { data, problems, placesOf: memoize(() => keyPlaces(schema)) };
  // Removing an invalid part can reveal another; every round removes at least one, and few rounds are needed.
  for (let round = 0; round < 20; round += 1) {
    const result = schema.safeParse(tree);
    if (result.success) return result.data;
    for (const path of report(result.error.issues, reporting)) tree = without(tree, path);
  }
  return {};
};
