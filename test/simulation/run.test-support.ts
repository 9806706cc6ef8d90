// One run of the simulation: a whole gateway on a virtual clock, with the vendors and the callers of a schedule. It only
// plays and notes; what must have been kept is looked up in promises.test-support.ts.
import { Canceller } from "../../src/domain/cancellation.ts";
import type { Rules } from "../../src/core/rules.ts";
import type { CircuitBreaker } from "../../src/attempt/target-state/circuit-breaker.ts";
import type { TargetState } from "../../src/attempt/target-state/target-state.ts";
import { handleRequests, type Handle } from "../../src/gateway.ts";
import { wireParts } from "../../src/wire.ts";
import { type Parts } from "../../src/gateway-parts.ts";
import { createRecorder } from "../../src/record/recorder.ts";
import { seededRandom, VirtualClock } from "../support/virtual-clock.ts";
import { requestOf } from "./caller.test-support.ts";
import { converse, openSeen } from "./converse.test-support.ts";
import { openNetwork } from "./network.test-support.ts";
import { returnOf, rulesOf } from "./rules.test-support.ts";
import type { Broken, ProbeNote, Run, Schedule, Seen } from "./schedule.test-support.ts";

export interface RunOptions {
  /** Puts a part in place of another: how bugs are planted. */
  readonly tamper?: (parts: Parts) => Parts;
  /** Wraps the whole gateway. */
  readonly wrap?: (handle: Handle) => Handle;
  /** Keeps a timeline. */
  readonly telling?: boolean;
}

/** The longest that anything is let go on, in milliseconds. */
const LONGEST = 3_600_000;
const DAY = 25 * 3_600_000;
/** Calls that each target must answer when everything is well again. */
const AFTERWARDS = 3;

export async function runSchedule(schedule: Schedule, options: RunOptions = {}): Promise<Run> {
  const stage = openStage(schedule, options);
  const { clock, state, network } = stage;
  const seen = schedule.calls.map((plan, index) => openSeen(plan, index));
  stage.seen.push(...seen);
  const fail = (cause: unknown): void => {
    stage.faults.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  };
  for (const one of seen) clock.after(one.plan.at, () => void converse(one, "main", stage).catch(fail));
  if (schedule.reloadAt !== null)
    clock.after(schedule.reloadAt, () => {
      stage.note("gateway", () => "loads its configuration anew");
      state.rules = rulesOf(schedule);
    });
  await clock.run(LONGEST);
  const pending = clock.pending;
  const [asked, told] = [[...network.asked], stage.parts.ledger.recent()];
  const leftOver = takenPlaces(stage);
  network.heal();
  return {
    schedule,
    seen,
    asked,
    ledger: told,
    probes: [...stage.probes],
    faults: stage.faults,
    broken: stage.broken,
    after: await seeReturn(stage, schedule),
    pending,
    leftOver,
    timeline: stage.timeline,
  };
}

function takenPlaces(stage: Pick<Stage, "parts" | "states">): string[] {
  return [...stage.states].flatMap(({ key, limiter, metrics: { outstanding } }) => {
    const taken = limiter.inFlight + limiter.waiting + outstanding;
    return taken === 0
      ? []
      : [`${key} has ${limiter.inFlight} under way, ${limiter.waiting} waiting, ${outstanding} open`];
  });
}

interface Stage {
  readonly clock: VirtualClock;
  readonly state: { rules: Rules; draining: boolean };
  readonly parts: Parts;
  /** Of all targets that were asked. */
  readonly states: ReadonlySet<TargetState>;
  readonly handle: Handle;
  readonly network: ReturnType<typeof openNetwork>;
  readonly seen: Seen[];
  readonly probes: ProbeNote[];
  readonly faults: string[];
  readonly broken: Broken[];
  readonly timeline: string[];
  readonly note: (who: string, what: () => string) => void;
}

function openStage(schedule: Schedule, { tamper, wrap, telling = false }: RunOptions): Stage {
  const clock = new VirtualClock();
  const [timeline, faults, broken, seen, probes]: [string[], string[], Broken[], Seen[], ProbeNote[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  const note = (who: string, what: () => string): void => {
    if (telling) timeline.push(`t=${String(clock.now()).padStart(6)}  ${who.padEnd(8)}  ${what()}`);
  };
  const network = openNetwork(schedule.targets, {
    clock,
    note,
    heard: (call) => seen[call]?.heard.text ?? "",
    sent(call) {
      const caller = seen[call];
      return caller === undefined ? "" : Buffer.from(requestOf(caller.plan, call, "main").body).toString();
    },
    pulled(asked) {
      const caller = seen[asked.call];
      if (caller?.idle === true && !asked.finished && asked.over === null)
        broken.push({ clause: "F12", message: `request ${asked.id} is read while call ${asked.call} reads nothing` });
    },
  });
  const state = { rules: rulesOf(schedule), draining: false };
  let ids = 0;
  const warn = (message: string): void => {
    if (/\n\s+at /u.test(message)) faults.push(message);
  };
  const wired = wireParts(state, {
    clock,
    random: seededRandom(schedule.seed),
    ids: { next: (prefix) => `${prefix}${(ids += 1)}` },
    transport: network,
    warn,
  });
  const states = new Set<TargetState>();
  const watched = watchProbes(loseLedger(wired, schedule, clock), { clock, probes, states });
  const parts = tamper?.(watched) ?? watched;
  const handle = handleRequests(parts);
  return {
    clock,
    state,
    parts,
    states,
    handle: wrap?.(handle) ?? handle,
    network,
    seen,
    probes,
    faults,
    broken,
    timeline,
    note,
  };
}

/** The lost store throws, after what is in memory was written (F15). */
function loseLedger(parts: Parts, { ledgerLostAt }: Schedule, clock: VirtualClock): Parts {
  if (ledgerLostAt === null) return parts;
  const { ledger } = parts;
  const callEnded: typeof ledger.callEnded = (end) => {
    ledger.callEnded(end);
    if (clock.now() >= ledgerLostAt) throw new Error("the disk is full");
  };
  return { ...parts, recorder: createRecorder([{ callEnded }], () => {}) };
}

/** Watches the circuit breaker of each target from its first use on. */
function watchProbes(
  parts: Parts,
  { clock, probes, states }: Pick<Stage, "clock" | "probes"> & { states: Set<TargetState> },
): Parts {
  const of = parts.states.of.bind(parts.states);
  parts.states.of = (target) => {
    const state = of(target);
    if (states.has(state)) return state;
    states.add(state);
    const note = (one: Omit<ProbeNote, "at" | "target">): void => {
      probes.push({ at: clock.now(), target: target.name, ...one });
    };
    watchBreaker(state.breaker, note);
    return state;
  };
  return parts;
}

function watchBreaker(breaker: CircuitBreaker, note: (one: Omit<ProbeNote, "at" | "target">) => void): void {
  const [admit, report, answering] = [
    breaker.admit.bind(breaker),
    breaker.report.bind(breaker),
    breaker.answering.bind(breaker),
  ];
  breaker.admit = (...asked) => {
    const admission = admit(...asked);
    const maxRest = asked[0]?.maxRest ?? 0;
    if (admission.kind === "probe") note({ kind: "admitted", ticket: admission.ticket, maxRest });
    return admission;
  };
  breaker.report = (rules, told) => {
    const { ticket, verdict } = told;
    const isWell = verdict === "ok" || verdict === "policy_blocked";
    if (ticket !== 0 && isWell) note({ kind: "well", ticket, maxRest: 0 });
    if (ticket !== 0) note({ kind: "reported", ticket, maxRest: 0 });
    report(rules, told);
  };
  breaker.answering = (ticket) => {
    if (ticket !== 0) note({ kind: "well", ticket, maxRest: 0 });
    answering(ticket);
  };
}

/** A day later all vendors are well: each target must answer again, beside a spare one. */
async function seeReturn(stage: Stage, schedule: Schedule): Promise<ReadonlyMap<string, readonly string[]>> {
  const { clock, handle, seen } = stage;
  const after = new Map<string, string[]>();
  await clock.advance(DAY);
  for (const [place, { name }] of schedule.targets.entries()) {
    const ask = async (): Promise<string> => {
      const plan: Seen["plan"] = { ...CALM, speaks: "chat" };
      const reply = await handle(requestOf(plan, -1, returnOf(name)), new Canceller());
      return reply.headers["x-understudy-target"] ?? "nobody";
    };
    const first = await clock.finish(ask());
    await clock.advance(30_000);
    // At once: who still cools down would leave all but one of them to the spare.
    const rest = await clock.finish(Promise.all(Array.from({ length: AFTERWARDS }, ask)));
    after.set(name, [first, ...rest]);
    if (place === schedule.targets.length - 1) await clock.run(60_000);
  }
  seen.length = 0;
  return after;
}

const CALM: Seen["plan"] = {
  at: 0,
  speaks: "chat",
  stream: false,
  tools: false,
  thinks: false,
  strict: false,
  restarts: false,
  deadline: null,
  leaves: null,
  pause: 0,
  plan: "free",
};
