// The types of `npm run clients`: a client, the place where it is played, the results, and its cells.
import type { ScriptedAnswer } from "../../src/simulator/simulator.ts";
import { standIns, type Phase, type StandIn } from "../../test/support/story.ts";

/** The protocol that a client speaks. */
export type Speech = "chat" | "responses" | "messages" | "gemini";

/** The packages to install, all from one registry. */
export interface Packages {
  /** The folder's name in the cache, if several clients share it. Default: the client's. */
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

/** The place where a client is played: everything but `installed` is new for each play. */
export interface Place {
  /** `http://127.0.0.1:PORT`, the gateway. */
  readonly origin: string;
  readonly model: string;
  readonly home: string;
  readonly work: string;
  /** The folder of the installed client. */
  readonly installed: string;
  /** A command of the installation. */
  readonly bin: (name: string) => string;
}

/** A row of the table. */
export interface Listed {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  readonly packages: Packages;
  /** The package whose version is in the table. Default: the first. */
  readonly shows?: string;
  readonly speaks: Speech;
  /** The stand-ins to play it with. Default: every one, including the same protocol with another model. */
  readonly behind?: "other protocols";
  /** Why a phase cannot pass with this client, and what its user can do. */
  readonly limits?: Partial<Readonly<Record<Phase, string>>>;
}

/** Not an installable program: a test plays its requests, which are handwritten. */
export interface Shapes extends Listed {
  /** The agent in `test/support/agents/`, and in the names of `test/clients/agents.test.ts`. */
  readonly agent: string;
}

export interface Client extends Listed {
  /** The requested `model`: the name of the route. */
  readonly model: string;
  /** Other models that it asks for beside the task, such as for a title. */
  readonly sideModels?: readonly string[];
  /** The route's settings beside its targets, if they differ from the defaults. */
  readonly midStream?: "continue";
  /** The scripted answers, if its tools are not those of `usualScript`. */
  readonly script?: readonly ScriptedAnswer[];
  /** Requests of the loop that reach a vendor without faults. Default 3. */
  readonly steps?: number;
  /** It calls no tool, so nothing is run. */
  readonly callsNothing?: boolean;
  /** The command to run; writes its configuration first. */
  command(place: Place): Command;
  /** Lines that look like errors but are not. */
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
  /** The day of the play, as `2026-11-30`. */
  readonly day: string;
  /** The errors; empty: the cell passed. */
  readonly complaints: readonly string[];
  /** For the terminal: the answering targets, the number of requests, the duration. */
  readonly facts: string;
}

export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** A client's cells: alone without faults, otherwise with each stand-in. */
export function cellsOf({ speaks, behind }: Listed, phases: readonly Phase[]): Pick<Cell, "phase" | "standIn">[] {
  const all = Object.keys(standIns) as StandIn[];
  const played = behind === "other protocols" ? all.filter((one) => one !== speaks) : all;
  return phases.flatMap((phase): Pick<Cell, "phase" | "standIn">[] =>
    phase === "up" ? [{ phase, standIn: null }] : played.map((standIn) => ({ phase, standIn })),
  );
}
