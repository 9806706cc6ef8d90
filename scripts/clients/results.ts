// The last result of each cell. It is committed (results.json), so that a run of some cells, on any machine, changes only
// these cells of the table. Results of another version of the client are dropped.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { phases, standIns, type Phase, type StandIn } from "../../test/support/story.ts";
import { root } from "../run-step.ts";
import type { Cell, Listed } from "./vocabulary.ts";

export interface Result {
  readonly phase: Phase;
  readonly standIn: StandIn | null;
  /** As `2026-11-30`. */
  readonly day: string;
  /** The first error; empty: the cell passed. */
  readonly complaint: string;
}

interface Kept {
  /** Name to version. */
  readonly packages: Readonly<Record<string, string>>;
  /** From `phase stand-in` to the day, followed by the error if there is one. */
  readonly cells: Readonly<Record<string, string>>;
}

/** By the client's name. */
export type Book = Readonly<Record<string, Kept>>;

const file = join(root, "scripts", "clients", "results.json");

export function readBook(): Book {
  return JSON.parse(readFileSync(file, "utf8")) as Book;
}

export function keepResult(cell: Cell): void {
  writeFileSync(file, `${JSON.stringify(withResult(readBook(), cell), null, 2)}\n`);
}

/** `book` with this cell; all others stay. */
export function withResult(book: Book, { client, phase, standIn, complaints, day }: Cell): Book {
  const cells = { ...keptOf(book, client)?.cells, [keyOf(phase, standIn)]: [day, ...complaints.slice(0, 1)].join(" ") };
  const order = phases.flatMap((one) => [null, ...places].map((place) => keyOf(one, place)));
  const sorted = order.flatMap((key) => (cells[key] === undefined ? [] : [[key, cells[key]]]));
  const kept: Kept = { packages: client.packages.wanted, cells: Object.fromEntries(sorted) };
  return Object.fromEntries(
    Object.entries({ ...book, [client.name]: kept }).toSorted(([a], [b]) => a.localeCompare(b)),
  );
}

export function resultsOf(book: Book, client: Listed): readonly Result[] {
  const cells = keptOf(book, client)?.cells ?? {};
  return phases.flatMap((phase) =>
    [null, ...places].flatMap((standIn): Result[] => {
      const [day, ...words] = cells[keyOf(phase, standIn)]?.split(" ") ?? [];
      return day === undefined ? [] : [{ phase, standIn, day, complaint: words.join(" ") }];
    }),
  );
}

const places = Object.keys(standIns) as readonly StandIn[];

function keyOf(phase: Phase, standIn: StandIn | null): string {
  return `${phase} ${standIn ?? "alone"}`;
}

function keptOf(book: Book, { name, packages }: Listed): Kept | undefined {
  const kept = book[name];
  return kept !== undefined && isDeepStrictEqual(kept.packages, packages.wanted) ? kept : undefined;
}
