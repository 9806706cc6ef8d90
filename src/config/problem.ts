// A problem of a configuration: the file and line, the path, what is wrong and what to do. Problems are collected and
// thrown at once. A problem never quotes a value of the file: it could be a key.

/** A path in the file: `["routes", "assistant", "fallback", 0]`. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** e.g. `routes.assistant.fallback[0]`; empty for the file as a whole. */
  readonly place: string;
  /** 1-based; null if there is no text (an object, the environment). */
  readonly line: number | null;
  readonly message: string;
  /** The fix, if known. */
  readonly hint: string | null;
}

/** `["routes", "a", "fallback", 0]` -> `routes.a.fallback[0]`; names with a dot or a blank are quoted. */
export const formatPath = (path: Path): string =>
  path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (/^[^\s.[\]"]+$/.test(part)) return index === 0 ? part : `.${part}`;
      return `[${JSON.stringify(part)}]`;
    })
    .join("");

/** `understudy.yaml:12  routes.assistant.fallbak: unknown key. Did you mean "fallback"?` */
export const formatProblem = (source: string, problem: Problem): string => {
  const where = problem.line === null ? source : `${source}:${problem.line}`;
  // "timeout takes a map" is one sentence.
  const colon = problem.message.startsWith("takes a ") ? "" : ":";
  const place = problem.place === "" ? "" : `${problem.place}${colon} `;
  return `${where}  ${place}${problem.message}${problem.hint === null ? "" : `. ${problem.hint}`}`;
};

/** An unusable configuration, with all its problems. */
export class ConfigError extends Error {
  /** The file as the operator named it, `config` for an object, `environment`. */
  readonly source: string;
  readonly problems: readonly Problem[];

  constructor(source: string, problems: readonly Problem[]) {
    super(problems.map((problem) => formatProblem(source, problem)).join("\n"));
    this.name = "ConfigError";
    this.source = source;
    this.problems = problems;
  }
}

const startsWith = (path: Path, start: Path): boolean =>
  start.length <= path.length && start.every((part, index) => path[index] === part);

/** Collects problems and warnings. It leaves out those that follow from an earlier stage's problem at the same path. */
export class ProblemList {
  readonly source: string;
  readonly warnings: Problem[] = [];
  readonly #lineOf: (path: Path) => number | null;
  readonly #variableOf: (path: Path) => string | null;
  readonly #entries: { path: Path; stage: number; problem: Problem }[] = [];
  #stage = 0;

  constructor(
    source: string,
    lineOf: (path: Path) => number | null,
    variableOf: (path: Path) => string | null = () => null,
  ) {
    this.source = source;
    this.#lineOf = lineOf;
    this.#variableOf = variableOf;
  }

  #describe(path: Path, message: string, hint: string | null): Problem {
    const variable = this.#variableOf(path);
    const place = formatPath(path);
    if (variable === null) return { place, line: this.#lineOf(path), message, hint };
    return { place: `${place} (set by ${variable})`, line: null, message, hint };
  }

  add(path: Path, message: string, hint: string | null = null): void {
    const follows = this.#entries.some(
      (one) => one.stage < this.#stage && (startsWith(one.path, path) || startsWith(path, one.path)),
    );
    const problem = this.#describe(path, message, hint);
    const isKnown = this.#entries.some((one) => one.problem.place === problem.place && one.problem.message === message);
    if (!follows && !isKnown) this.#entries.push({ path, stage: this.#stage, problem });
  }

  warn(path: Path, message: string, hint: string | null = null): void {
    const problem = this.#describe(path, message, hint);
    const isKnown = this.warnings.some((one) => one.place === problem.place && one.message === message);
    if (!isKnown) this.warnings.push(problem);
  }

  /** Problems from here on may follow from earlier ones. */
  nextStage(): void {
    this.#stage += 1;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Throws a ConfigError with all of them, in the file's order, if there are any. */
  throwIfAny(): void {
    if (this.isEmpty) return;
    const problems = this.#entries.map(({ problem }) => problem);
    throw new ConfigError(
      this.source,
      problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    );
  }
}
