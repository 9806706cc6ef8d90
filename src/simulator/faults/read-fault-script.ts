// Parses a fault script from code or from the control endpoint. Its errors name the field and the fix.
import { asRecord, show } from "../json-record.ts";
import { faultCatalogue, faultNames, isFaultName, type FaultName } from "./catalogue.ts";
import { foreignErrorShapes } from "./foreign-errors.ts";
import type { FaultScript } from "./fault-script.ts";

/** Wrong input; `message` names the field and the fix. */
export class SimulatorInputError extends Error {
  override readonly name: string = "SimulatorInputError";
}

const windowKinds: Readonly<Record<string, Kind>> = {
  count: "count",
  probability: "chance",
  forMs: "milliseconds",
  afterMs: "milliseconds",
  model: "text",
  stream: "flag",
};

type Kind = "count" | "chance" | "milliseconds" | "text" | "flag" | "status" | "seconds";

const parameterKinds: Readonly<Record<string, Kind>> = {
  afterTokens: "milliseconds",
  bytes: "count",
  code: "text",
  contentType: "text",
  contextLength: "flag",
  delayMs: "milliseconds",
  downMs: "milliseconds",
  every: "count",
  everyMs: "milliseconds",
  events: "count",
  fromMs: "milliseconds",
  how: "text",
  location: "text",
  message: "text",
  overMs: "milliseconds",
  p: "chance",
  perDay: "flag",
  policy: "flag",
  quota: "flag",
  reason: "text",
  retryAfter: "seconds",
  retryAfterMs: "milliseconds",
  retryInfo: "seconds",
  shape: "text",
  shouldRetry: "flag",
  stallMs: "milliseconds",
  status: "status",
  times: "count",
  toMs: "milliseconds",
  unsupportedParameter: "text",
  upMs: "milliseconds",
};

const requirements: Readonly<Record<Kind, { readonly holds: (value: unknown) => boolean; readonly words: string }>> = {
  count: { holds: (value) => Number.isInteger(value) && (value as number) >= 1, words: "a whole number, 1 or more" },
  chance: { holds: (value) => isBetween(value, 0, 1), words: "a number from 0 to 1" },
  milliseconds: { holds: (value) => isBetween(value, 0, 1e9), words: "a number, 0 or more" },
  seconds: { holds: (value) => isBetween(value, 0, 1e9), words: "a number of seconds, 0 or more" },
  status: {
    holds: (value) => Number.isInteger(value) && isBetween(value, 300, 599),
    words: "an HTTP status from 300 to 599",
  },
  text: { holds: (value) => typeof value === "string" && value.length > 0, words: "a non-empty string" },
  flag: { holds: (value) => typeof value === "boolean", words: "true or false" },
};

const shapes: readonly string[] = Object.keys(foreignErrorShapes);

const waysDown: Readonly<Partial<Record<FaultName, readonly string[]>>> = {
  "tls-handshake-failure": ["alert", "garbage", "close"],
  flapping: ["status", "reset", "hang"],
};

/** Checks a script. Throws a `SimulatorInputError` that names the field. */
export function readFaultScript(input: unknown): FaultScript {
  const record = asRecord(input);
  if (record === undefined)
    throw new SimulatorInputError('a fault script must be an object, e.g. {"fault": "stall-mid-stream"}');
  const { fault } = record;
  if (fault === undefined)
    throw new SimulatorInputError('"fault" is missing: give the name of a fault (GET /faults lists them)');
  if (!isFaultName(fault)) throw new SimulatorInputError(complainAboutName(show(fault)));
  const allowed: readonly string[] = faultCatalogue[fault].parameters ?? [];
  for (const [name, value] of Object.entries(record)) {
    if (name === "fault" || value === undefined) continue;
    const kind = windowKinds[name] ?? (allowed.includes(name) ? parameterKinds[name] : undefined);
    if (kind === undefined) throw new SimulatorInputError(complainAboutParameter(fault, name, allowed));
    const { holds, words } = requirements[kind];
    if (!holds(value))
      throw new SimulatorInputError(`"${name}" of ${fault} must be ${words}, not ${JSON.stringify(value)}`);
  }
  checkTogether(fault, record);
  return record as unknown as FaultScript;
}

function checkTogether(fault: FaultName, record: Record<string, unknown>): void {
  if (fault === "connection-refused") {
    const impossible = ["count", "probability", "model", "stream"].find((name) => record[name] !== undefined);
    if (impossible !== undefined) {
      throw new SimulatorInputError(
        `connection-refused takes no "${impossible}", because a refused connection carries no request. Use "forMs", or end the fault`,
      );
    }
  }
  if (fault === "status" && record["status"] === undefined)
    throw new SimulatorInputError('status needs a "status", e.g. 503');
  if (fault === "finish-reason" && record["reason"] === undefined)
    throw new SimulatorInputError('finish-reason needs a "reason", e.g. "length"');
  const { shape } = record;
  if (typeof shape === "string" && !shapes.includes(shape))
    throw new SimulatorInputError(`"shape" of ${fault} must be one of ${shapes.join(", ")}, not ${show(shape)}`);
  const ways = waysDown[fault];
  const how = record["how"];
  if (ways !== undefined && how !== undefined && !ways.includes(how as string)) {
    throw new SimulatorInputError(`"how" of ${fault} must be one of ${ways.join(", ")}, not ${JSON.stringify(how)}`);
  }
}

function complainAboutName(name: string): string {
  const near = nearest(name, Object.keys(faultNames));
  return `unknown fault "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`} GET /faults lists the names.`;
}

function complainAboutParameter(fault: FaultName, name: string, allowed: readonly string[]): string {
  const knownNames = [...allowed, ...Object.keys(windowKinds)];
  const near = nearest(name, knownNames);
  return `${fault} takes no "${name}".${near === undefined ? "" : ` Did you mean "${near}"?`} It takes: ${knownNames.join(", ")}`;
}

function isBetween(value: unknown, from: number, to: number): boolean {
  return typeof value === "number" && value >= from && value <= to;
}

/** The known name with the smallest edit distance; undefined if all are far off. */
export function nearest(name: string, knownNames: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(3, Math.ceil(name.length / 2));
  for (const candidate of knownNames) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(one: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const change = (previous[column - 1] ?? 0) + (one[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
