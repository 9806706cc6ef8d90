// The result of a run: each line summed up into medians and paired ratios, and compared with its target. Pure: rows/
// measures, table.ts prints, files.ts writes.
import type { Machine } from "./machine.ts";
import type { Line, SideName, Target } from "./rows/row.ts";
import { pairedDifferences, pairedRatios, type Spread, spreadOf } from "./statistics.ts";

/** The result of a line. "measured" has no target. */
export type Verdict = "pass" | "miss" | "measured" | "skipped" | "aborted" | "no gateway";

/** One line of the finished table, with the commit and date of its measurement. */
export interface ResultLine {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly sides: Partial<Record<SideName, Spread>>;
  readonly toFloor?: Spread;
  /** In the line's unit, round by round. */
  readonly aboveFloor?: Spread;
  readonly toNginx?: Spread;
  readonly portkeyToGateway?: Spread;
  readonly target?: Target;
  readonly verdict: Verdict;
  readonly notes: readonly string[];
  readonly commit: string;
  readonly date: string;
}

/** A run: the machine and the lines. */
export interface Result {
  readonly machine: Machine;
  readonly effort: { readonly rounds: number; readonly warmup: number; readonly seconds: number };
  readonly lines: readonly ResultLine[];
}

/** Sums up a row's measurements. */
export function summarise(line: Line, machine: Machine): ResultLine {
  const { gateway, floor, nginx, portkey } = line.sides;
  const sides: Partial<Record<SideName, Spread>> = {};
  for (const [name, values] of Object.entries(line.sides) as [SideName, readonly number[]][])
    sides[name] = spreadOf(values);
  const ratio = (ours?: readonly number[], theirs?: readonly number[]): Spread | undefined =>
    ours && theirs ? spreadOf(pairedRatios(ours, theirs)) : undefined;
  const toFloor = ratio(gateway, floor);
  const isAbove = line.target?.of === "above floor" && gateway !== undefined && floor !== undefined;
  const aboveFloor = isAbove ? spreadOf(pairedDifferences(gateway, floor)) : undefined;
  const toNginx = ratio(gateway, nginx);
  const portkeyToGateway = ratio(portkey, gateway);
  return {
    id: line.id,
    title: line.title,
    unit: line.unit,
    sides,
    ...(toFloor ? { toFloor } : {}),
    ...(aboveFloor ? { aboveFloor } : {}),
    ...(toNginx ? { toNginx } : {}),
    ...(portkeyToGateway ? { portkeyToGateway } : {}),
    ...(line.target ? { target: line.target } : {}),
    verdict: judge(line.target, { toFloor, aboveFloor, value: sides.gateway }),
    notes: line.notes ?? [],
    commit: machine.commit,
    date: machine.date.slice(0, 10),
  };
}

/** The line of an unmeasured row, with the reason. */
export function unmeasured(
  row: { readonly id: string; readonly title: string },
  verdict: "skipped" | "aborted",
  options: { readonly reason: string; readonly machine: Machine },
): ResultLine {
  const { commit, date } = options.machine;
  return { ...row, unit: "", sides: {}, verdict, notes: [options.reason], commit, date: date.slice(0, 10) };
}

/** Whether a median meets its target. */
export function judge(
  target: Target | undefined,
  measured: {
    readonly toFloor: Spread | undefined;
    readonly aboveFloor?: Spread | undefined;
    readonly value: Spread | undefined;
  },
): Verdict {
  if (measured.value === undefined) return "no gateway";
  if (target === undefined) return "measured";
  const { value, toFloor, aboveFloor } = measured;
  const spread = { value, "ratio to floor": toFloor, "above floor": aboveFloor }[target.of];
  if (spread === undefined) return "measured";
  return spread.median <= target.atMost && spread.median >= (target.atLeast ?? -Infinity) ? "pass" : "miss";
}

/** The committed result with new lines in place of the older ones; order and unmeasured lines stay. */
export function mergeLines(kept: readonly ResultLine[], fresh: readonly ResultLine[]): ResultLine[] {
  const measured = fresh.filter((line) => line.verdict !== "aborted" && line.verdict !== "skipped");
  const byId = new Map(measured.map((line) => [line.id, line]));
  const merged = kept.map((line) => byId.get(line.id) ?? line);
  const known = new Set(kept.map((line) => line.id));
  return [...merged, ...measured.filter((line) => !known.has(line.id))];
}
