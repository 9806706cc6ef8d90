// Many runs, drawn from a seed: the first one in which a promise is broken is made as small as it gets and told as a
// timeline, with what it takes to see it again.
import fc from "fast-check";
import { schedules } from "./draw.test-support.ts";
import { findBroken } from "./promises.test-support.ts";
import { runSchedule, type RunOptions } from "./run.test-support.ts";
import type { Broken, Schedule } from "./schedule.test-support.ts";

export interface Found extends Broken {
  readonly seed: number;
  /** Which of the drawn runs it was, from 1. */
  readonly run: number;
  readonly schedule: Schedule;
  /** For people: seed, schedule and timeline. */
  readonly told: string;
}

export interface SimulateOptions extends RunOptions {
  readonly runs: number;
  /** Default: that of all property tests. */
  readonly seed?: number;
  /** How long a broken run is made smaller, in milliseconds of this machine. */
  readonly shrinking?: number;
}

/** Null: every promise was kept in every run. */
export async function simulate({ runs, seed, shrinking = 20_000, ...options }: SimulateOptions): Promise<Found | null> {
  let [until, clause]: [number, string | null] = [Infinity, null];
  const property = fc.asyncProperty(schedules, async (schedule) => {
    if (performance.now() > until) return;
    const broken = await lookFor(schedule, options);
    // Made smaller, it must stay the same fault.
    if (broken === null || broken.clause !== (clause ??= broken.clause)) return;
    until = Math.min(until, performance.now() + shrinking);
    throw new Error("broken");
  });
  const details = await fc.check(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) });
  const [schedule] = details.counterexample ?? [];
  if (schedule === undefined) return null;
  const broken = await lookFor(schedule, options);
  if (broken === null)
    throw new Error("a run that broke a promise kept it when it was run again: something is not drawn");
  return {
    ...broken,
    seed: details.seed,
    run: details.numRuns,
    schedule,
    told: await tell(schedule, broken, { ...options, seed: details.seed }),
  };
}

/** A run that throws is a broken promise as well. */
async function lookFor(schedule: Schedule, options: RunOptions): Promise<Broken | null> {
  try {
    return findBroken(await runSchedule(schedule, options));
  } catch (error) {
    return {
      clause: "no fault of its own",
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

async function tell(
  schedule: Schedule,
  broken: Broken,
  options: RunOptions & { readonly seed: number },
): Promise<string> {
  let timeline: readonly string[] = [];
  try {
    ({ timeline } = await runSchedule(schedule, { ...options, telling: true }));
  } catch {
    // What it was is told already.
  }
  const { targets, route, defaults, reloadAt, ledgerLostAt } = schedule;
  const named = new Set(JSON.stringify(route).match(/\b[a-z](?=\/m")/gu));
  return [
    `${broken.clause}: ${broken.message}`,
    `seed ${options.seed}; again with UNDERSTUDY_TEST_SEED=${options.seed}`,
    `route ${JSON.stringify(route)}`,
    `defaults ${JSON.stringify(defaults)}`,
    ...targets.filter(({ name }) => named.has(name)).map((one) => `target ${JSON.stringify(one)}`),
    ...(reloadAt === null ? [] : [`reload at ${reloadAt}`]),
    ...(ledgerLostAt === null ? [] : [`ledger lost at ${ledgerLostAt}`]),
    ...timeline,
  ].join("\n");
}
