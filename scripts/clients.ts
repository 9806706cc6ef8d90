// `npm run clients`: plays real coding agents and SDKs, unmodified, through the gateway with failing fake vendors, and
// writes the results into docs/clients.md. It installs them outside the repository, and contacts only this machine.
// npm run clients                              all; writes the table
// npm run clients -- --only codex,aider        some; earlier results of the others stay
// npm run clients -- --phase dying --behind gemini    some cells
// npm run clients -- --list                    the list of clients
// npm run clients -- --table                   plays nothing, writes the table from stored results
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { install } from "./clients/install.ts";
import { groups } from "./clients/groups.ts";
import { keepOutput, play } from "./clients/play.ts";
import { keepResult, readBook } from "./clients/results.ts";
import { playShapes } from "./clients/shapes.ts";
import { versionOf, writeTables } from "./clients/table.ts";
import { cellsOf, type Cell, type Client, type Shapes } from "./clients/vocabulary.ts";
import { phases, standIns } from "../test/support/story.ts";

const clients: readonly (Client | Shapes)[] = groups.flatMap((group) => group.clients);

const names = clients.map(({ name }) => name);

const help = `npm run clients -- [--only NAME,...] [--phase PHASE,...] [--behind STAND-IN,...] [--keep FOLDER] [--list] [--table] [--help]

Installs each client into a cache folder outside the repository, plays it through the gateway, and writes docs/clients.md.
  --only NAME,...       only these clients (--list names them)
  --phase PHASE,...     only these phases: ${phases.join(", ")}
  --behind STAND-IN,... only these stand-ins: ${Object.keys(standIns).join(", ")}, alone (no stand-in)
  --keep FOLDER         the folder for the output of failed clients (default: the system's temporary folder)
  --list                lists the clients
  --table               plays nothing, and writes the table from the stored results
`;

interface Wanted {
  readonly clients: readonly (Client | Shapes)[];
  readonly phases: readonly string[] | null;
  readonly behind: readonly string[] | null;
  readonly keep: string;
}

function readWanted(values: Readonly<Record<string, string | boolean | undefined>>): Wanted {
  const listOf = (name: string): readonly string[] | null =>
    typeof values[name] === "string" ? values[name].split(",").filter((one) => one !== "") : null;
  const only = listOf("only");
  const strangers = only?.filter((name) => !names.includes(name)) ?? [];
  if (strangers.length > 0) throw new Error(`unknown client ${strangers.join(", ")}. Known: ${names.join(", ")}`);
  return {
    clients: only === null ? clients : clients.filter(({ name }) => only.includes(name)),
    phases: listOf("phase"),
    behind: listOf("behind"),
    keep: typeof values["keep"] === "string" ? values["keep"] : join(tmpdir(), "understudy-clients"),
  };
}

function isWanted({ phase, standIn }: Pick<Cell, "phase" | "standIn">, { phases: only, behind }: Wanted): boolean {
  return only?.includes(phase) !== false && behind?.includes(standIn ?? "alone") !== false;
}

/** The cells of one client, each as soon as it is played. */
async function* played(client: Client | Shapes, wanted: Wanted): AsyncGenerator<Cell> {
  if ("agent" in client) {
    yield* (await playShapes(client)).filter((cell) => isWanted(cell, wanted));
    return;
  }
  const installed = await install(client, (words) => console.log(`  ${words}`));
  for (const { phase, standIn } of cellsOf(client, phases).filter((cell) => isWanted(cell, wanted))) {
    const one = await play(client, { installed, phase, standIn });
    if (one.cell.complaints.length > 0) console.log(`  ${keepOutput(wanted.keep, one)}`);
    yield one.cell;
  }
}

/** Whether all passed. */
async function playClient(client: Client | Shapes, wanted: Wanted): Promise<boolean> {
  let holds = true;
  for await (const cell of played(client, wanted)) {
    const { complaints, phase, standIn, facts } = cell;
    const place = `${phase.padEnd(5)} ${standIn === null ? "alone" : `behind it ${standIn}`}`;
    console.log(`  ${complaints.length === 0 ? "ok    " : "FAILED"} ${place.padEnd(28)} ${facts}`);
    for (const complaint of complaints) console.log(`         - ${complaint}`);
    holds &&= complaints.length === 0;
    keepResult(cell);
    writeTables(groups, readBook());
  }
  return holds;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string" },
      phase: { type: "string" },
      behind: { type: "string" },
      keep: { type: "string" },
      list: { type: "boolean" },
      table: { type: "boolean" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true) return console.log(help);
  if (values.table === true) return writeTables(groups, readBook());
  if (values.list === true) {
    for (const { name, title, packages, speaks } of clients)
      console.log(
        `${name.padEnd(24)} ${title}, ${Object.entries(packages.wanted)
          .map((one) => one.join(" "))
          .join(", ")} (${packages.from}), speaks ${speaks}`,
      );
    return;
  }
  const wanted = readWanted(values);
  const failed: string[] = [];
  for (const client of wanted.clients) {
    console.log(`${client.name}: ${client.title} ${versionOf(client)}`);
    try {
      if (!(await playClient(client, wanted))) failed.push(client.name);
    } catch (error) {
      failed.push(client.name);
      console.error(`  ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failed.length > 0) process.exitCode = 1;
  console.log(failed.length === 0 ? "every cell passed" : `cells failed: ${failed.join(", ")}`);
}

await main();
