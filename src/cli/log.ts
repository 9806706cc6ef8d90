// The log of `serve`: its level and its format, as lines of text for people or of JSON for collectors. Both have the same
// messages; incidents have their own members in JSON. It must never get a prompt, an answer or a key.
import type { Incident } from "../record/incident.ts";
import { UsageError, type Terminal } from "./terminal.ts";
import { textOf, type Words } from "./words.ts";

/** What to print: errors only, also warnings, or also events. */
const LEVELS = ["error", "warn", "info"] as const;
type Level = (typeof LEVELS)[number];
const FORMATS = ["text", "json"] as const;

/** Prints lines at or above the requested level. */
export interface Log {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
  /** One line about a request, a target or a key; `text` begins with the time. */
  incident(text: string, incident: Incident): void;
}

/** `--log-level`, `--quiet` and `--log-format` (or UNDERSTUDY_LOG_FORMAT). Throws UsageError. */
export const createLog = (words: Words, terminal: Terminal): Log => {
  const levelName = words.flags["quiet"] === true ? "error" : (textOf(words, "log-level") ?? "info");
  const most = LEVELS.findIndex((name) => name === levelName);
  if (most < 0) throw new UsageError(`--log-level must be one of ${LEVELS.join(", ")}`);
  const write = formatOf(words, terminal) === "json" ? jsonWriter(terminal) : textWriter(terminal);
  const at = (level: Level, text: string, incident: Incident | null): void => {
    if (LEVELS.indexOf(level) <= most) write(level, text, incident);
  };
  return {
    error: (line) => at("error", line, null),
    warn: (line) => at("warn", line, null),
    info: (line) => at("info", line, null),
    incident: (text, incident) => at(incident.event === "circuit_closed" ? "info" : "warn", text, incident),
  };
};

const formatOf = (words: Words, { environment }: Terminal): (typeof FORMATS)[number] => {
  const flag = textOf(words, "log-format");
  const name = flag ?? (environment["UNDERSTUDY_LOG_FORMAT"] || "text");
  const format = FORMATS.find((one) => one === name);
  if (format !== undefined) return format;
  throw new UsageError(
    `${flag === undefined ? "UNDERSTUDY_LOG_FORMAT" : "--log-format"} must be one of ${FORMATS.join(", ")}`,
  );
};

type WriteLine = (level: Level, text: string, incident: Incident | null) => void;

/** Events go to standard output, all else to standard error. */
const textWriter =
  (terminal: Terminal): WriteLine =>
  (level, text) => {
    if (level === "info") terminal.print(text);
    else terminal.warn(level === "warn" && !STARTS_WITH_TIME.test(text) ? `warning: ${text}` : text);
  };

const STARTS_WITH_TIME = /^\d{4}-\d\d-\d\dT\S+Z /;

/** One object per line, all on standard output: `at`, `level`, `message`, and an incident's own members. */
const jsonWriter =
  (terminal: Terminal): WriteLine =>
  (level, text, incident) => {
    const message = text.replace(STARTS_WITH_TIME, "").trim();
    const { at = new Date().toISOString(), ...more } = incident ?? {};
    terminal.print(JSON.stringify({ at, level, message, ...more }));
  };
