// What came of each cell the last time it was played, kept beside the installed clients, so that one cell can be played again
// and the table still shows all of them. Results of another version of the client are forgotten.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Phase, StandIn } from "../../test/support/story.ts";
import { cacheFolder } from "./install.ts";
import type { Cell, Client } from "./vocabulary.ts";

export interface Result {
  readonly phase: Phase;
  readonly standIn: StandIn | null;
  readonly complaints: readonly string[];
  readonly asked: number;
  /** As `2026-11-30`. */
  readonly day: string;
}

interface Kept {
  readonly wanted: string;
  readonly results: Readonly<Record<string, Result>>;
}

type Book = Readonly<Record<string, Kept>>;

const file = (): string => join(cacheFolder(), "results.json");

function read(): Book {
  return existsSync(file()) ? (JSON.parse(readFileSync(file(), "utf8")) as Book) : {};
}

export function resultsOf({ name, packages }: Client): readonly Result[] {
  const kept = read()[name];
  return kept === undefined || kept.wanted !== JSON.stringify(packages) ? [] : Object.values(kept.results);
}

export function keepResult({ client, phase, standIn, complaints, asked }: Cell): void {
  const book = read();
  const wanted = JSON.stringify(client.packages);
  const before = book[client.name];
  const results = before?.wanted === wanted ? before.results : {};
  const day = new Date().toISOString().slice(0, 10);
  const result: Result = { phase, standIn, complaints, asked, day };
  const kept: Kept = { wanted, results: { ...results, [`${phase} ${standIn ?? "alone"}`]: result } };
  mkdirSync(cacheFolder(), { recursive: true });
  writeFileSync(file(), JSON.stringify({ ...book, [client.name]: kept }));
}
