// The command line of `npm run bench`, read once. A wrong word gets an error that lists the right ones.
import { parseArgs } from "node:util";
import type { Effort } from "./rows/row.ts";

/** What the command line asked for. `rows` undefined means all of them. */
export interface Options {
  readonly rows: readonly string[] | undefined;
  readonly effort: Effort;
  readonly peers: boolean;
  readonly writeDocs: boolean;
  readonly help: boolean;
}

/** Reads the arguments. Throws with a sentence for the terminal. */
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

/** The rows of that name, in which `*` stands for anything. */
function rowsLike(name: string, knownRows: readonly string[]): readonly string[] {
  const pattern = new RegExp(`^${name.replaceAll(/[^\w*-]/gu, "").replaceAll("*", ".*")}$`, "u");
  const found = knownRows.filter((id) => pattern.test(id));
  if (found.length === 0) throw new Error(`there is no row "${name}"; the rows are ${knownRows.join(", ")}`);
  return found;
}

/** The text of --help. */
export function helpText(rows: readonly { readonly id: string; readonly title: string }[]): string {
  const width = Math.max(...rows.map((row) => row.id.length)) + 2;
  return `npm run bench -- [options]

Measures what the gateway costs beside the least that raw Node can do (the floor) and beside nginx.
Needs wrk, nginx, taskset and two cores; what is missing is said and its rows are skipped.

  --rows a,b-*    only these rows; * stands for anything
  --rounds N      how often each side is measured, in turn (5)
  --seconds S     how long one measurement lasts (6)
  --quick         2 rounds of 3 s after 2 s of warm-up: a look, not a result
  --peers         also Portkey's published gateway, installed from npm outside the repository
  --write-docs    put the lines into bench/results/latest.* and docs/performance.md
  --help          this text

Rows:
${rows.map((row) => `  ${row.id.padEnd(width)}${row.title}`).join("\n")}
`;
}

function positive(name: string, text: string | undefined, usual: number): number {
  if (text === undefined) return usual;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${name} needs a whole number from 1 up, not "${text}"`);
  return number;
}
