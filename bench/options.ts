// Parses the command line of `npm run bench`. An unknown row gets an error with the known ones.
import { parseArgs } from "node:util";
import type { Effort } from "./rows/row.ts";

/** The parsed options. `rows` undefined means all of them. */
export interface Options {
  readonly rows: readonly string[] | undefined;
  readonly effort: Effort;
  readonly peers: boolean;
  readonly writeDocs: boolean;
  readonly help: boolean;
}

/** Parses the arguments. Throws with a message for the terminal. */
export function readOptions(args: readonly string[], knownRows: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: "string" },
      rounds: { type: "string" },
      seconds: { type: "string" },
      peers: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      "write-docs": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rows = values.rows
    ?.split(",")
    .filter((id) => id !== "")
    .flatMap((id) => rowsLike(id, knownRows));
  return {
    rows,
    effort: {
      rounds: positive("--rounds", values.rounds, values.quick ? 2 : 5),
      seconds: positive("--seconds", values.seconds, values.quick ? 3 : 6),
      warmup: values.quick ? 2 : 3,
    },
    peers: values.peers,
    writeDocs: values["write-docs"],
    help: values.help,
  };
}

/** The rows with that name, in which `*` matches anything. */
function rowsLike(name: string, knownRows: readonly string[]): readonly string[] {
  const pattern = new RegExp(`^${name.replaceAll(/[^\w*-]/gu, "").replaceAll("*", ".*")}$`, "u");
  const found = knownRows.filter((id) => pattern.test(id));
  if (found.length === 0) throw new Error(`unknown row "${name}". Known: ${knownRows.join(", ")}`);
  return found;
}

/** The text of --help. */
export function helpText(rows: readonly { readonly id: string; readonly title: string }[]): string {
  const width = Math.max(...rows.map((row) => row.id.length)) + 2;
  return `npm run bench -- [options]

Measures the gateway's CPU time per request and per event, its memory and its start, next to nginx and to a
minimal Node proxy (the floor).
Needs wrk, nginx, taskset and two cores. It skips the rows that need a missing program, and says so.

  --rows a,b-*    only these rows; * matches anything
  --rounds N      measurements of each side, in turn (default 5)
  --seconds S     length of one measurement (default 6)
  --quick         2 rounds of 3 s after 2 s of warm-up: a first impression, not a result
  --peers         also measure Portkey's gateway, installed from npm outside the repository
  --write-docs    write the results to bench/results/latest.* and docs/performance.md
  --help          this text

Rows:
${rows.map((row) => `  ${row.id.padEnd(width)}${row.title}`).join("\n")}
`;
}

function positive(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`${name} must be a whole number, 1 or more, not "${text}"`);
  return number;
}
