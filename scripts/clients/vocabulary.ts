// The words that the parts of `npm run clients` share: a client that is played, where it is played, and what came of it; and
// which cells it has.
import type { ScriptedAnswer } from "../../src/simulator/simulator.ts";
import { standIns, type Phase, type StandIn } from "../../test/support/story.ts";

/** The protocol that a client speaks. */
export type Speech = "chat" | "responses" | "messages" | "gemini";

/** What to install, all of one registry. */
export interface Packages {
  /** The folder's name in the cache, where several clients share it. Default: the client's. */
  readonly folder?: string;
  readonly from: "npm" | "pypi" | "go" | "nowhere";
  /** Name to version. */
  readonly wanted: Readonly<Record<string, string>>;
}

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where a client is played: everything is new for each play but `installed`. */
export interface Place {
  /** `http://127.0.0.1:PORT`, the gateway. */
  readonly origin: string;
  readonly model: string;
  readonly home: string;
  readonly work: string;
  /** The folder of the installed client. */
  readonly installed: string;
  /** A command that the installation brought. */
  readonly bin: (name: string) => string;
}

/** A row of the table. */
export interface Listed {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  readonly packages: Packages;
  /** The package whose version stands in the table. Default: the first. */
  readonly shows?: string;
  readonly speaks: Speech;
  /** Whom it is played with. Default: every stand-in, the same protocol with another model included. */
  readonly behind?: "other protocols";
  /** Why a phase cannot hold with this client, and what a person can do. */
  readonly limits?: Partial<Readonly<Record<Phase, string>>>;
}

/** No program that could be installed: its requests, written by hand, are played by a test. */
export interface Shapes extends Listed {
  /** The agent in `test/support/agents/`, and in the names of `test/clients/agents.test.ts`. */
  readonly agent: string;
}

export interface Client extends Listed {
  /** What it asks for as `model`: the name of the route. */
  readonly model: string;
  /** Other models that it asks for beside the task, such as for a title. */
  readonly sideModels?: readonly string[];
  /** What the route says beside its targets, where the defaults are not what is played. */
  readonly midStream?: "continue";
  /** The scripted answers, where its tools are not those of `usualScript`. */
  readonly script?: readonly ScriptedAnswer[];
  /** Requests of the loop that reach a vendor while all is well. Default 3. */
  readonly steps?: number;
  /** It calls no tool, so nothing is carried out. */
  readonly callsNothing?: boolean;
  /** What it is given to run; writes its configuration first. */
  command(place: Place): Command;
  /** Lines that look like errors and are none. */
  readonly harmless?: RegExp;
}

/** One of the page's tables. */
export interface Group {
  readonly heading: string;
  readonly clients: readonly (Client | Shapes)[];
}

export interface Cell {
  readonly client: Listed;
  readonly phase: Phase;
  readonly standIn: StandIn | null;
  /** When it was played, as `2026-11-30`. */
  readonly day: string;
  /** What is wrong; empty: the cell holds. */
  readonly complaints: readonly string[];
  /** For the person who waits: who answered, how many requests, how long. */
  readonly facts: string;
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The cells that a client is played in: alone while all is well, else with each stand-in. */
export function cellsOf({ speaks, behind }: Listed, phases: readonly Phase[]): Pick<Cell, "phase" | "standIn">[] {
  const all = Object.keys(standIns) as StandIn[];
  const played = behind === "other protocols" ? all.filter((one) => one !== speaks) : all;
  return phases.flatMap((phase): Pick<Cell, "phase" | "standIn">[] =>
    phase === "up" ? [{ phase, standIn: null }] : played.map((standIn) => ({ phase, standIn })),
  );
}
