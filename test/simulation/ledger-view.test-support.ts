// The failure contract as the ledger shows it (F14): each request that a vendor saw stands in it exactly once, with a
// verdict that fits what the vendor did, and with no usage that it did not send.
import type { Verdict } from "../../src/core/verdict.ts";
import type { LedgerEntry } from "../../src/record/ledger.ts";
import { leadsOf, restOf } from "./sessions.test-support.ts";
import type { AnswerPlay, Asked, Broken, Play, Run, Seen, StatusPlay } from "./schedule.test-support.ts";

export interface Pair {
  readonly entry: LedgerEntry;
  /** Null: given up before its vendor saw anything. */
  readonly asked: Asked | null;
}

/** What the ledger has of a call; skipped targets too. */
export function entriesOf({ ledger }: Run, { id }: Seen): LedgerEntry[] {
  return ledger.filter((one) => one.request === id);
}

/** The ledger's entries of a call, each with the request that its vendor saw. */
export function pairsOf(run: Run, seen: Seen): Pair[] {
  const waiting = run.asked.filter((one) => one.call === seen.lead);
  return entriesOf(run, seen)
    .filter((entry) => entry.skipped !== true)
    .map((entry) => {
      const place = waiting.findIndex((one) => `${one.target}/m` === entry.target);
      const [asked = null] = place === -1 ? [] : waiting.splice(place, 1);
      return { entry, asked };
    });
}

export function brokenForLedger(run: Run): Broken | null {
  for (const seen of leadsOf(run)) {
    const pairs = pairsOf(run, seen);
    const known = new Set(pairs.map(({ asked }) => asked));
    const missing = run.asked.find((one) => one.call === seen.index && !known.has(one));
    if (missing !== undefined)
      return { clause: "F14", message: `request ${missing.id} (call ${seen.index}) is not in the ledger` };
    const places = entriesOf(run, seen).map((one) => one.attempt);
    if (new Set(places).size !== places.length)
      return { clause: "F14", message: `call ${seen.index} is in the ledger twice` };
    for (const pair of pairs) {
      const broken = misfit(pair, seen, run);
      if (broken !== null) return broken;
    }
  }
  return null;
}

function misfit({ entry, asked }: Pair, seen: Seen, run: Run): Broken | null {
  const about = (what: string): Broken => ({
    clause: "F14",
    message: `call ${seen.index}, attempt ${entry.attempt} on ${entry.target} (${entry.verdict}) ${what}`,
  });
  const { verdict, totalMs } = entry;
  if (totalMs === null) return about("has no end");
  if (asked === null) return verdict === "cancelled" || isSilence(verdict) ? null : about("was never sent");
  if (entry.usageFrom === "estimate")
    return isContinued(asked, run) ? null : about("has estimated usage, and nobody finished its answer");
  const invented = [
    [entry.inputTokens, asked.usage.input],
    [entry.outputTokens, asked.usage.output],
  ].some(([told, sent]) => told !== null && told !== sent);
  if (invented) return about(`has usage that nobody sent: ${entry.inputTokens}, ${entry.outputTokens}`);
  if (entry.inputTokens !== null && asked.play.kind === "answer" && asked.play.usage === "missing")
    return about("has usage, and its vendor sent none");
  if (verdict === "cancelled") return mayBeCancelled(seen, asked, run) ? null : about("was cancelled, and nobody left");
  if (verdict === "invalid_output")
    return mayBeRejected(entry, asked) ? null : about("proved that it goes on, and was not shown");
  if (isSilence(verdict) || verdict === "stalled") return fitsSilence(entry, asked) ? null : about("was not silent");
  return verdictsOf(asked).has(verdict) ? null : about(`does not fit ${JSON.stringify(asked.play)}`);
}

function isContinued({ call, id }: Asked, { asked }: Run): boolean {
  return asked.some((one) => one.call === call && one.id > id && one.continues !== null);
}

/** A stand-in that did not prove that it goes on; or not in time, or it ended before. */
function mayBeRejected({ totalMs }: LedgerEntry, { continues, proves, play }: Asked): boolean {
  if (continues === null || play.kind !== "answer") return false;
  return !proves || play.course.kind !== "whole" || (totalMs ?? 0) >= 20_000;
}

function isSilence(verdict: Verdict): boolean {
  return verdict === "no_response" || verdict === "slow_first_token";
}

function mayBeCancelled(seen: Seen, asked: Asked, run: Run): boolean {
  if (restOf(run, seen).left !== null) return true;
  // Another one won the race, or answered in place of a refusal.
  return run.asked.some((one) => one.call === seen.index && one !== asked && one.at <= (asked.overAt ?? Infinity));
}

/** Nothing was read when it was given up. */
function fitsSilence({ totalMs, verdict }: LedgerEntry, asked: Asked): boolean {
  const end = asked.at + (totalMs ?? 0);
  if (verdict === "stalled") return end >= asked.lastAt;
  return asked.firstAt === null || asked.firstAt >= end - 1 || !asked.streamed;
}

const of = (...all: Verdict[]): ReadonlySet<Verdict> => new Set(all);

function verdictsOf({ play, streamed }: Asked): ReadonlySet<Verdict> {
  switch (play.kind) {
    case "answer":
      return verdictsOfAnswer(play, streamed);
    case "status":
      return verdictsOfStatus(play);
    default:
      return byKind[play.kind];
  }
}

const byKind: Readonly<Record<Exclude<Play["kind"], "answer" | "status">, ReadonlySet<Verdict>>> = {
  refused: of("unreachable"),
  dns: of("unreachable"),
  tls: of("unreachable"),
  "reset-sent": of("unreachable"),
  stale: of("unreachable"),
  "no-connection": of(),
  "no-head": of(),
  page: of("malformed"),
  redirect: of("malformed"),
  "wrong-type": of("malformed"),
  "error-200": of("overloaded", "server_error", "malformed"),
};

function verdictsOfAnswer({ course, words, calls }: AnswerPlay, streamed: boolean): ReadonlySet<Verdict> {
  switch (course.kind) {
    case "whole":
    case "length":
    case "double-finish":
    case "junk-event":
    case "no-end-mark":
      return of("ok");
    case "blocked":
    case "blocked-at-once":
      return of("policy_blocked", "ok");
    case "odd-ending":
      return of("cut");
    // Claude explains an answer without content by its ending.
    case "empty":
      return of("empty", "ok");
    case "no-choices":
      return of("empty", "malformed", "cut", "ok");
    case "error":
      return of("overloaded", "server_error");
    case "no-finish":
      return streamed ? of("cut") : of("cut", "empty", "malformed");
    default:
      return streamed && course.at > 0 && words > 1 && !calls ? of("cut") : of("cut", "malformed");
  }
}

/** What the words say goes before the status, where they say something. */
function verdictsOfStatus({ status, says }: StatusPlay): ReadonlySet<Verdict> {
  return says === "plain" ? of(verdictOfStatus(status)) : of(verdictOfStatus(status), ...inWords[says]);
}

const inWords: Readonly<Record<Exclude<StatusPlay["says"], "plain">, readonly Verdict[]>> = {
  quota: ["quota_exhausted"],
  "too-long": ["context_too_long"],
  policy: ["policy_blocked"],
  unsupported: ["unsupported"],
};

function verdictOfStatus(status: number): Verdict {
  switch (status) {
    case 401:
      return "bad_key";
    case 402:
      return "quota_exhausted";
    case 403:
      return "forbidden";
    case 404:
      return "unknown_model";
    case 429:
      return "rate_limited";
    case 503:
    case 529:
      return "overloaded";
    default:
      return status >= 500 || status === 408 || status === 409 ? "server_error" : "bad_request";
  }
}
