// One run of the simulation: a whole gateway on a virtual clock, with the vendors and the callers of a schedule. It only
// plays and notes; what must have been kept is looked up in promises.test-support.ts.
import { Canceller } from "../../src/domain/cancellation.ts";
import { defaultServer } from "../../src/config/defaults.ts";
import type { BreakerRules, Rules } from "../../src/core/rules.ts";
import type { CircuitBreaker } from "../../src/attempt/target-state/circuit-breaker.ts";
import type { TargetState } from "../../src/attempt/target-state/target-state.ts";
import { handleRequests, type Handle } from "../../src/gateway.ts";
import { wireParts } from "../../src/wire.ts";
import { type Parts } from "../../src/gateway-parts.ts";
import { createRecorder } from "../../src/record/recorder.ts";
import { seededRandom, VirtualClock } from "../support/virtual-clock.ts";
import { PLAIN_CALL, requestOf } from "./caller.test-support.ts";
import { converse, openSeen } from "./converse.test-support.ts";
import { openNetwork } from "./network.test-support.ts";
import { returnOf, rulesOf } from "./rules.test-support.ts";
import { findLeads } from "./sessions.test-support.ts";
import type {
  Broken,
  CircuitNote,
  LogLine,
  ProbeNote,
  ReadyNote,
  Run,
  Schedule,
  Seen,
} from "./schedule.test-support.ts";

export interface RunOptions {
  /** Puts a part in place of another: how bugs are planted. */
  readonly tamper?: (parts: Parts) => Parts;
  /** Wraps the whole gateway. */
  readonly wrap?: (handle: Handle) => Handle;
  /** What becomes of a line of the log; null: nothing. */
  readonly muffle?: (line: LogLine) => LogLine | null;
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
  stage.seen.push(...callersOf(schedule));
  const seen = [...stage.seen];
  const fail = (cause: unknown): void => {
    stage.faults.push(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));
  };
  // Whoever comes too late goes to another gateway.
  const closesAt = (schedule.drainAt ?? Infinity) + defaultServer.drainDelay;
  for (const one of seen.filter(({ plan }) => plan.at < closesAt))
    clock.after(one.plan.at, () => void converse(one, "main", stage).catch(fail));
  if (schedule.reloadAt !== null)
    clock.after(schedule.reloadAt, () => {
      stage.note("gateway", () => "loads its configuration anew");
      state.rules = rulesOf(schedule);
    });
  if (schedule.drainAt !== null)
    clock.after(schedule.drainAt, () => {
      stage.note("gateway", () => "is told to stop");
      state.draining = true;
    });
  await clock.run(LONGEST);
  const pending = clock.pending;
  const [asked, told] = [[...network.asked], stage.parts.ledger.recent()];
  const [log, ready, circuits] = [[...stage.log], [...stage.ready], [...stage.circuits]];
  const leftOver = takenPlaces(stage);
  findLeads(seen, asked);
  network.heal();
  return {
    schedule,
    seen: seen.filter(({ plan }) => plan.at < closesAt),
    asked,
    ledger: told,
    probes: [...stage.probes],
    log,
    ready,
    circuits,
    faults: stage.faults,
    broken: stage.broken,
    after: await seeReturn(stage, schedule),
    pending,
    leftOver,
    timeline: stage.timeline,
  };
}

/** The callers, and behind them those who come back. */
function callersOf({ calls }: Schedule): Seen[] {
  const first = calls.map((plan, index) => openSeen(plan, index));
  let index = first.length;
  const later = calls.flatMap((plan, of) =>
    plan.again.map(({ after, leaves }) => openSeen({ ...plan, at: plan.at + after, leaves }, index++, of)),
  );
  return [...first, ...later];
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
  readonly log: LogLine[];
  readonly ready: ReadyNote[];
  readonly circuits: CircuitNote[];
  readonly faults: string[];
  readonly broken: Broken[];
  readonly timeline: string[];
  readonly note: (who: string, what: () => string) => void;
}

function openStage(schedule: Schedule, { tamper, wrap, muffle = (line) => line, telling = false }: RunOptions): Stage {
  const clock = new VirtualClock();
  const noted: Omit<Stage, "clock" | "state" | "parts" | "states" | "handle" | "network" | "note"> = {
    seen: [],
    probes: [],
    log: [],
    ready: [],
    circuits: [],
    faults: [],
    broken: [],
    timeline: [],
  };
  const { seen, faults, broken, timeline } = noted;
  /** Who reads the answer to a request now. */
  const readersOf = (call: number): readonly Seen[] =>
    seen.filter(({ of, left, ended, headAt }) => of === call && left === null && ended === null && headAt !== null);
  const note = (who: string, what: () => string): void => {
    if (telling) timeline.push(`t=${String(clock.now()).padStart(6)}  ${who.padEnd(8)}  ${what()}`);
  };
  const network = openNetwork(schedule.targets, {
    clock,
    note,
    heard: (call) => longestOf(readersOf(call).map((one) => one.heard.text)),
    sent(call) {
      const caller = seen[call];
      return caller === undefined ? "" : Buffer.from(requestOf(caller.plan, call, "main").body).toString();
    },
    pulled(asked) {
      // Those who share an answer, or ask again, read in their own time.
      const isShared = seen[asked.call]?.plan.again.length !== 0;
      const isIdle = !isShared && seen[asked.call]?.idle === true;
      if (isIdle && !asked.finished && asked.over === null)
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
    log(text, incident) {
      const line = muffle({ text, incident });
      if (line !== null) noted.log.push(line);
    },
  });
  const states = new Set<TargetState>();
  const watched = watchBreakers(loseLedger(wired, schedule, clock), { clock, states, ...noted });
  const parts = tamper?.(watched) ?? watched;
  const handle = handleRequests(parts);
  return { ...noted, clock, state, parts, states, handle: wrap?.(handle) ?? handle, network, note };
}

function longestOf(texts: readonly string[]): string {
  return texts.reduce((longest, one) => (one.length > longest.length ? one : longest), "");
}

/** The lost store throws, and whoever listens beside it hears everything all the same (F15). */
function loseLedger(parts: Parts, { ledgerLostAt }: Schedule, clock: VirtualClock): Parts {
  if (ledgerLostAt === null) return parts;
  const callEnded: Parts["recorder"]["callEnded"] = () => {
    if (clock.now() >= ledgerLostAt) throw new Error("the disk is full");
  };
  return { ...parts, recorder: createRecorder([{ callEnded }, parts.recorder], () => {}) };
}

type Watching = Pick<Stage, "clock" | "probes" | "circuits"> & { states: Set<TargetState> };

/** Watches the circuit breaker of each target from its first use on. */
function watchBreakers(parts: Parts, { clock, probes, circuits, states }: Watching): Parts {
  const of = parts.states.of.bind(parts.states);
  parts.states.of = (target) => {
    const state = of(target);
    if (states.has(state)) return state;
    states.add(state);
    const note = (one: Omit<ProbeNote, "at" | "target">): void => {
      probes.push({ at: clock.now(), target: target.name, ...one });
    };
    watchProbes(state.breaker, note);
    watchChanges(state.breaker, (kind) => circuits.push({ target: state.key, kind }));
    return state;
  };
  return parts;
}

function watchProbes(breaker: CircuitBreaker, note: (one: Omit<ProbeNote, "at" | "target">) => void): void {
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

/** Opened and closed, as its state shows it and not as it tells. */
function watchChanges(breaker: CircuitBreaker, note: (kind: CircuitNote["kind"]) => void): void {
  const [admit, report, answering] = [
    breaker.admit.bind(breaker),
    breaker.report.bind(breaker),
    breaker.answering.bind(breaker),
  ];
  let rules: BreakerRules | null = null;
  const watched = (act: () => void): void => {
    const before = breaker.show(rules)?.state ?? "closed";
    act();
    const after = breaker.show(rules)?.state ?? "closed";
    if (after !== before && after !== "half-open") note(after === "open" ? "circuit_opened" : "circuit_closed");
  };
  breaker.admit = (...asked) => {
    rules = asked[0] ?? rules;
    return admit(...asked);
  };
  breaker.report = (...told) => {
    rules = told[0] ?? rules;
    watched(() => report(...told));
  };
  breaker.answering = (ticket) => watched(() => answering(ticket));
}

/** A day later all vendors are well: each target must answer again, beside a spare one. */
async function seeReturn(stage: Stage, schedule: Schedule): Promise<ReadonlyMap<string, readonly string[]>> {
  const { clock, handle, seen } = stage;
  const after = new Map<string, string[]>();
  await clock.advance(DAY);
  for (const [place, { name }] of schedule.targets.entries()) {
    const ask = async (): Promise<string> => {
      const reply = await handle(requestOf(PLAIN_CALL, -1, returnOf(name)), new Canceller());
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
