// The failure contract as vendors see it: who is asked when, what is let go in time, and how much more than its share a
// provider has to bear.
import { defaultBudget } from "../../src/attempt/target-state/retry-budget.ts";
import type { NodeConfig, PolicyConfig } from "../../src/config/config-file.ts";
import { pairsOf, type Pair } from "./ledger-view.test-support.ts";
import { leadsOf, restOf } from "./sessions.test-support.ts";
import type { Asked, Broken, ProbeNote, Run, Schedule, Seen } from "./schedule.test-support.ts";

/** Within which a request must be let go that nobody waits for any more, in milliseconds. */
const AT_ONCE = 100;
/** An answer that is whole is read to its wire's end a little longer, so that the connection can serve again. */
const LINGERING = 2_500;

export function brokenForVendors(run: Run): Broken | null {
  for (const seen of leadsOf(run)) {
    const asked = run.asked.filter((one) => one.call === seen.index);
    const broken =
      leftBehind(restOf(run, seen), asked) ?? losers(seen, asked) ?? askedAgain(run, seen) ?? unfit(run, seen, asked);
    if (broken !== null) return broken;
  }
  return overBudget(run) ?? probes(run) ?? crowded(run);
}

const about = (clause: string, { id, target, call }: Asked, what: string): Broken => ({
  clause,
  message: `request ${id} (call ${call}, target ${target}) ${what}`,
});

/** F11: nobody is asked for a caller who has left, and who is being asked is let go at once. */
function leftBehind({ left, ended }: Pick<Seen, "left" | "ended">, asked: readonly Asked[]): Broken | null {
  const over = left ?? ended ?? Infinity;
  const clause = left === null ? "F2" : "F11";
  for (const one of asked) {
    if (one.at > over)
      return about(
        clause,
        one,
        `began ${one.at - over} ms after its caller ${left === null ? "had its answer" : "left"}`,
      );
    const patience = one.finished ? LINGERING : AT_ONCE;
    if (one.overAt === null || one.overAt > over + patience)
      return about(
        "F11",
        one,
        `was not let go within ${patience} ms of its caller's ${left === null ? "end" : "leaving"}`,
      );
  }
  return null;
}

/** Who lost a race is let go when the winner begins to answer. */
function losers({ firstAt: headAt, left, status, plan }: Seen, asked: readonly Asked[]): Broken | null {
  if (headAt === null || left !== null || status !== 200 || !plan.stream) return null;
  const open = asked.filter((one) => one.at <= headAt && !one.finished && (one.overAt ?? Infinity) > headAt + AT_ONCE);
  const [, second] = open;
  return second === undefined ? null : about("F11", second, "runs on although another one won");
}

function isSilence({ verdict }: Pair["entry"]): boolean {
  return verdict === "no_response" || verdict === "slow_first_token";
}

/** F5, F6, F7: after what was said, who may be asked once more for this call. */
function askedAgain(run: Run, seen: Seen): Broken | null {
  const pairs = pairsOf(run, seen);
  for (const { asked, entry } of pairs) {
    if (asked === null || asked.overAt === null) continue;
    const end = asked.overAt;
    const later = pairs.flatMap((pair) =>
      pair.asked !== null && pair.asked.at > end ? [{ ...pair, asked: pair.asked }] : [],
    );
    const again = later.find((one) => one.entry.target === entry.target);
    if (isSilence(entry) && again !== undefined) return about("F6", again.asked, `is asked again after its silence`);
    if (entry.verdict === "bad_request" && asked.own && later[0] !== undefined)
      return about("F7", later[0].asked, "is asked although the request is the caller's mistake");
    if (entry.verdict === "policy_blocked" && !leavesRefusals(run.schedule) && later[0] !== undefined)
      return about("F7", later[0].asked, "is asked after a refusal, which its route does not leave");
    const retried = later.find((one) => one.entry.path === entry.path && one.asked.key === asked.key);
    // What was let go before it came was heard by nobody.
    if (retried === undefined || asked.over !== "answered") continue;
    // A request that was repeated at once was repeated in other words, since its refusal taught something.
    if (pairs.some((one) => one.entry.path === entry.path && one.asked !== asked && one.asked?.at === end)) continue;
    if (asked.play.kind === "status" && asked.play.shouldRetry === false)
      return about("F5", retried.asked, "is asked again although it said that this cannot help");
    const wait = hintOf(asked, run.schedule.targets.find((one) => one.name === asked.target)?.kind);
    if (wait !== null && hintsHold(run.schedule) && retried.asked.at < end + wait)
      return about("F5", retried.asked, `is asked again after ${retried.asked.at - end} ms, and had asked for ${wait}`);
  }
  return null;
}

function hintOf({ play }: Asked, kind: string | undefined): number | null {
  if (play.kind !== "status" || play.hint === null || play.says === "quota") return null;
  return play.hint.in === "body" && kind !== "google" ? null : play.hint.ms;
}

/** F8: a target that takes no tools is not asked for a call that brings some. */
function unfit({ schedule }: Run, { plan }: Seen, asked: readonly Asked[]): Broken | null {
  if (!plan.tools) return null;
  const one = asked.find(({ target }) =>
    schedule.targets.some(({ name, takesTools }) => name === target && !takesTools),
  );
  return one === undefined ? null : about("F8", one, "cannot serve the call, and is asked");
}

/** Retries are counted in whole seconds, so one at a window's edge may fall on either side. */
const EDGE = 2_000;

/** F13: within any window, what is asked again stays within the retry budget. */
function overBudget(run: Run): Broken | null {
  const { floorPerSecond, share, window } = defaultBudget;
  const pairs = leadsOf(run).flatMap((seen) => pairsOf(run, seen));
  for (const { name } of run.schedule.targets) {
    const own = pairs.flatMap(({ asked, entry }) => (asked?.target === name ? [{ asked, entry }] : []));
    const spent = own.flatMap(({ asked, entry }) => (entry.retry > 0 ? spentAt(asked, own) : []));
    for (const end of spent) {
      const within = (at: number, length: number): boolean => at <= end && at > end - length;
      const retries = spent.filter((at) => within(at, window - EDGE)).length;
      const firsts = own.filter(({ asked, entry }) => entry.retry === 0 && within(asked.at, window + EDGE)).length;
      const allowed = Math.max((floorPerSecond * window) / 1_000, share * firsts);
      if (retries > Math.ceil(allowed))
        return { clause: "F13", message: `${name} had to bear ${retries} retries, and its budget was ${allowed}` };
    }
  }
  return null;
}

/** When a retry was decided on: as the try before it ended. Another key of the pool, or the request without what was refused, is none. */
function spentAt(asked: Asked, own: readonly { readonly asked: Asked; readonly entry: Pair["entry"] }[]): number[] {
  const before = own.filter((one) => one.asked.call === asked.call && one.asked.id < asked.id).at(-1);
  if (before === undefined || before.asked.key !== asked.key || before.entry.verdict === "unsupported") return [];
  return [before.asked.overAt ?? asked.at];
}

/** F13: while a target is out, one request at a time tries whether it is well; a silent one holds the place for a rest at most. */
function probes({ probes: notes }: Run): Broken | null {
  const under = new Map<string, ProbeNote>();
  for (const note of notes) {
    const { at, target, kind, ticket } = note;
    const open = under.get(target);
    // Good news of one that was overtaken closes the breaker as well.
    if (kind === "well") under.delete(target);
    else if (kind === "reported") {
      if (open?.ticket === ticket) under.delete(target);
    } else if (open !== undefined && at < open.at + open.maxRest)
      return { clause: "F13", message: `${target} is probed at ${at} while its probe of ${open.at} is under way` };
    else under.set(target, note);
  }
  return null;
}

/** Where the operator says how many requests a target takes at a time, that holds; probes come on top. */
function crowded({ asked, schedule, probes: notes }: Run): Broken | null {
  const [most, ...others] = policiesOf(schedule).flatMap(({ concurrency }) => concurrency?.max ?? []);
  if (most === undefined || others.length > 0 || schedule.defaults.concurrency?.max === undefined) return null;
  for (const one of asked) {
    const open = asked.filter((other) => other.target === one.target && other.id <= one.id && isOpen(other, one.at));
    const tried = notes.filter(
      ({ at, target, kind }) => kind === "admitted" && target === `${one.target}/m` && at <= one.at,
    );
    const told = notes.filter(
      ({ at, target, kind }) => kind === "reported" && target === `${one.target}/m` && at < one.at,
    );
    if (open.length > Number(most) + tried.length - told.length)
      return about("concurrency", one, `is the ${open.length}th at a time, and ${most} are allowed`);
  }
  return null;
}

function isOpen({ overAt, finished }: Asked, at: number): boolean {
  return (overAt === null || overAt > at) && !finished;
}

/** Every policy of the schedule, wherever it stands. */
function policiesOf({ defaults, route }: Schedule): PolicyConfig[] {
  return [defaults, ...policiesIn(route)];
}

function policiesIn(node: NodeConfig): PolicyConfig[] {
  if (typeof node === "string") return [];
  const children = [...(node.fallback ?? []), ...(node.balance ?? []), ...(node.hedge ?? [])];
  const cases = (node.when ?? []).map(({ use }) => use);
  const other = node.else === undefined ? [] : [node.else];
  return [node, ...[...children, ...cases, ...other].flatMap(policiesIn)];
}

/** Without a setting a stand-in continues. */
export function midStreamModes(schedule: Schedule): ReadonlySet<string> {
  const set = policiesOf(schedule).flatMap(({ mid_stream }) => mid_stream ?? []);
  return new Set([schedule.defaults.mid_stream ?? "continue", ...set]);
}

function leavesRefusals(schedule: Schedule): boolean {
  return policiesOf(schedule).some(({ fallback_on }) => fallback_on?.includes("policy_blocked") === true);
}

function hintsHold(schedule: Schedule): boolean {
  return policiesOf(schedule).every(({ retry }) => retry?.hints !== false);
}
