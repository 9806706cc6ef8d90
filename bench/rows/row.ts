// A row of the table: it starts its programs, measures every side in turn, and returns lines of numbers.
import type { Need } from "../machine.ts";
import type { ProcessGroup } from "../processes.ts";
import type { WireName } from "../wire.ts";

/** The measured sides. The floor is a minimal Node proxy; Portkey appears with `--peers`. */
export type SideName = "gateway" | "floor" | "nginx" | "portkey";

/** The target of the median: a ratio to the floor, a cost above the floor, or the gateway's own value. */
export interface Target {
  readonly of: "ratio to floor" | "above floor" | "value";
  readonly atMost: number;
  readonly atLeast?: number;
}

/** One line of the table: per side one value a round, in the order of the rounds. */
export interface Line {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly sides: Partial<Record<SideName, readonly number[]>>;
  readonly target?: Target;
  readonly notes?: readonly string[];
}

/** Length and number of measurements. `warmup` and `seconds` are those of one window. */
export interface Effort {
  readonly rounds: number;
  readonly warmup: number;
  readonly seconds: number;
}

/** Portkey's published gateway as installed by `--peers`: its start script. */
export interface Portkey {
  readonly entry: string;
  readonly version: string;
}

/** A row's environment. `folder` is its own and empty; the rig ends `group` after the row. */
export interface Surroundings {
  readonly effort: Effort;
  readonly folder: string;
  readonly group: ProcessGroup;
  readonly withNginx: boolean;
  readonly withGateway: boolean;
  readonly portkey: Portkey | undefined;
  readonly say: (text: string) => void;
}

/** A row. It must throw rather than return numbers of a broken run. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly Need[];
  readonly run: (surroundings: Surroundings) => Promise<readonly Line[]>;
}

/** One side of a row, running and ready. */
export interface Side {
  readonly name: SideName;
  readonly pid: number;
  readonly port: number;
  readonly model: string;
  /** The protocol of its requests. */
  readonly wire: WireName;
  readonly headers?: Readonly<Record<string, string>>;
  /** The program's last output. */
  readonly output: () => string;
}

/** A reason with the side's last output, which often names the cause. */
export function withOutput(side: Side, reason: string): Error {
  const printed = side.output().trim().slice(-300);
  return new Error(printed === "" ? reason : `${reason}; it printed: ${printed}`);
}

/**
 * Measures the sides A B C A B C, so that those of one round are neighbours in time; returns every round's values by
 * side.
 */
export async function interleave<Value>(
  sides: readonly Side[],
  surroundings: Surroundings,
  measure: (side: Side) => Promise<{ readonly value: Value; readonly text: string }>,
): Promise<Partial<Record<SideName, Value[]>>> {
  const values: Partial<Record<SideName, Value[]>> = {};
  const { rounds } = surroundings.effort;
  for (let round = 1; round <= rounds; round++)
    for (const side of sides) {
      const { value, text } = await measure(side).catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Error(`${side.name}, round ${round}: ${reason}`);
      });
      (values[side.name] ??= []).push(value);
      surroundings.say(`  round ${round}/${rounds}  ${side.name.padEnd(8)} ${text}`);
    }
  return values;
}

/** Picks one number out of every round of every side. */
export function pick<Value>(
  values: Partial<Record<SideName, Value[]>>,
  choose: (value: Value) => number,
): Partial<Record<SideName, number[]>> {
  const picked: Partial<Record<SideName, number[]>> = {};
  for (const [name, rounds] of Object.entries(values) as [SideName, Value[]][]) picked[name] = rounds.map(choose);
  return picked;
}
