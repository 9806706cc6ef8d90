// What must hold after a run, whatever was drawn: the clauses of the failure contract as the callers saw it. The vendors'
// view and the ledger's stand in files of their own. Each check tells what it found, or nothing.
import { verdicts } from "../../src/core/verdict.ts";
import { isFrames, marked } from "./caller.test-support.ts";
import { isPlain } from "./draw.test-support.ts";
import { entriesOf, brokenForLedger, pairsOf } from "./ledger-view.test-support.ts";
import { brokenRepetition } from "./sessions.test-support.ts";
import { brokenForOperator } from "./trace-view.test-support.ts";
import type { Asked, Broken, Dialect, Run, Seen } from "./schedule.test-support.ts";
import { brokenForVendors, midStreamModes } from "./vendor-view.test-support.ts";

/** The first promise that was not kept. */
export function findBroken(run: Run): Broken | null {
  if (run.broken[0] !== undefined) return run.broken[0];
  if (run.faults[0] !== undefined) return { clause: "no fault of its own", message: run.faults[0] };
  const repeated = brokenRepetition(run);
  if (repeated !== null) return repeated;
  for (const seen of run.seen) {
    const broken = brokenForCaller(seen, run);
    if (broken !== null) return broken;
  }
  return (
    brokenForVendors(run) ?? brokenForLedger(run) ?? brokenForOperator(run) ?? tooSlow(run) ?? brokenAfterwards(run)
  );
}

/** Codes of the contract that a caller of a well-formed request can meet. */
const codes: ReadonlySet<string> = new Set(verdicts.filter((one) => one !== "ok"));

function brokenForCaller(seen: Seen, run: Run): Broken | null {
  const { index, ended, left, late } = seen;
  const about = (clause: string, message: string): Broken => ({ clause, message: `call ${index} ${message}` });
  if (ended === null) return about("F2", "never ended");
  if (late > 1) return about("F4", `waited ${late} ms beyond its deadline for a piece`);
  if (left !== null) return null;
  const { plan, began, headAt, status } = seen;
  if (seen.body?.includes("Idempotency-Key") === true) return about("F22", "was refused for a key that is its own");
  if (plan.deadline !== null && (headAt ?? 0) > began + plan.deadline + 1)
    return about("F4", `had no answer at its deadline, but ${(headAt ?? 0) - began - plan.deadline} ms later`);
  // Gemini's clients pass an error in a stream by: there the connection breaks after it.
  const isTold = plan.speaks === "gemini" && seen.heard.endings.some((one) => one.startsWith("error"));
  if (seen.end === "throw" && !isTold) return about("F2", "was cut off without an ending");
  if (status === 401 || status === 403) return about("F9", `was shown a ${status} for the gateway's own key`);
  return (
    silent(seen, run, about) ??
    brokenEnding(seen, about) ??
    brokenText(seen, run, about) ??
    brokenError(seen, run, about) ??
    late45(seen, run)
  );
}

/** F18: a sign of life in time, in the caller's form; and the status is open until then. */
function silent(seen: Seen, run: Run, about: About): Broken | null {
  const { plan, silence, signs, status, headAt, began } = seen;
  const { keepAlive } = run.schedule;
  if (plan.stream && silence > keepAlive + 1) return about("F18", `heard nothing for ${silence} ms`);
  const stranger = signs.find((one) => !forms[plan.speaks].test(one));
  if (stranger !== undefined)
    return about("F18", `got a sign of life of another protocol: ${JSON.stringify(stranger)}`);
  // Codex knows the error of a request that is too long as an event of a stream only.
  if (seen.body !== null && isFrames(seen.body)) return null;
  const isEarly = plan.stream && status === 200 && (headAt ?? 0) < began + keepAlive;
  if (isEarly && !hasBegun(seen, run)) return about("F18", "was told 200 before anything had come");
  return null;
}

/** As the clients' SDKs bear them. */
const forms: Readonly<Record<Dialect, RegExp>> = {
  chat: /^:/u,
  responses: /^:/u,
  messages: /^(?::|event: ping\n)/u,
  gemini: /^\s+$/u,
};

/** Some vendor's content came for it. */
function hasBegun(seen: Seen, run: Run): boolean {
  return entriesOf(run, seen).some(({ firstTokenMs }) => firstTokenMs !== null);
}

/** F19: p95 of the time to the first token, in milliseconds. */
const QUICK = 4_000;

function tooSlow({ schedule: { quickFrom }, seen }: Run): Broken | null {
  if (quickFrom === null) return null;
  const waits = seen
    .filter(({ index }) => index >= quickFrom)
    .map(({ firstAt, began }) => (firstAt ?? Infinity) - began)
    .toSorted((one, other) => one - other);
  const p95 = waits[Math.ceil(waits.length * 0.95) - 1] ?? 0;
  return p95 <= QUICK ? null : { clause: "F19", message: `95 of 100 first tokens came within ${p95} ms` };
}

type About = (clause: string, message: string) => Broken;

function brokenEnding({ heard, plan, status }: Seen, about: About): Broken | null {
  const { endings } = heard;
  const errors = endings.filter((one) => one.startsWith("error"));
  const finishes = endings.filter((one) => one === "finish").length;
  const marks = endings.filter((one) => one === "mark").length;
  if (endings.includes("after")) return about("F2", `got something after its ending: ${endings.join(", ")}`);
  if (errors.length + finishes !== 1)
    return about("F2", `had not one ending but these: ${endings.join(", ") || "none"}`);
  const isMarked = plan.stream && status === 200 && errors.length === 0 && marked.has(plan.speaks);
  if (marks !== (isMarked ? 1 : 0)) return about("F2", `had ${marks} end marks: ${endings.join(", ")}`);
  const [error] = errors;
  if (error === "error draining") return about("F20", "was refused by a gateway that is only about to stop");
  if (error !== undefined && !codes.has(error.slice(6)))
    return about("F10", `was told "${error}", which is no code of ours`);
  return null;
}

/** F1, F3: what was heard is what one vendor said, whole where it ended well; or a chain of continuations. */
function brokenText(seen: Seen, run: Run, about: About): Broken | null {
  const { heard, lead } = seen;
  const text = wordsIn(heard.text);
  const isWell = heard.endings.includes("finish");
  const own = run.asked.filter((one) => one.call === lead);
  if (text === "") {
    const isEmpty = own.some((one) => one.finished && saysNothing(one, run));
    return isWell && !isEmpty ? about("F1", "got an empty answer that nobody gave, as a success") : null;
  }
  const chain = chainOf(text, own);
  if (chain === null) return about("F3", `heard words that are no vendor's, or twice: "${text}"`);
  const last = chain.at(-1);
  if (isWell && last !== undefined && !(last.whole && isComplete(last.asked)) && !isAllThereWas(last.asked, own, run))
    return about("F1", `was shown a part of request ${last.asked.id} as a success: "${text}"`);
  if (chain.length === 1) return null;
  if (!midStreamModes(run.schedule).has("continue")) return about("F3", `heard two answers mixed: "${text}"`);
  if (chain.some(({ asked }) => asked.form === "call")) return about("F3", `heard a call with a seam: "${text}"`);
  const stranger = chain.slice(1).find(({ asked }) => asked.continues === null || !asked.proves);
  if (stranger === undefined) return null;
  const why = stranger.asked.continues === null ? "was not asked to go on" : "did not prove that it goes on";
  return about("F3", `heard request ${stranger.asked.id}, which ${why}`);
}

/** Without what stands around the words of a call. */
function wordsIn(text: string): string {
  return text.replace(/^\{(?:"q":\s*")?/u, "").replace(/"\}$/u, "");
}

/** A refusal; or nothing, from Claude, whose ending explains it. */
function saysNothing({ play, target }: Asked, { schedule }: Run): boolean {
  if (play.kind !== "answer") return false;
  if (play.course.kind === "blocked-at-once") return true;
  if (play.course.kind !== "empty" && play.course.kind !== "no-choices") return false;
  return schedule.targets.some(({ name, kind }) => name === target && kind === "anthropic");
}

/** Somebody who was asked to go on had nothing to add. */
function isAllThereWas(asked: Asked, own: readonly Asked[], run: Run): boolean {
  return own.some((one) => one.id > asked.id && one.continues !== null && one.finished && saysNothing(one, run));
}

/** It said all, and that this was all. */
function isComplete({ play }: Asked): boolean {
  return play.kind === "answer" && !("at" in play.course);
}

interface Link {
  readonly asked: Asked;
  readonly whole: boolean;
}

/** Whose words these are, one after the other; null where a word is missing, comes twice or is nobody's. */
function chainOf(text: string, own: readonly Asked[]): Link[] | null {
  const links: Link[] = [];
  let rest = text;
  while (rest !== "") {
    const asked = own.find(({ words }) => words[0] !== undefined && rest.startsWith(words[0].trimEnd()));
    if (asked === undefined || links.some((link) => link.asked === asked)) return null;
    let said = 0;
    for (const word of asked.words) {
      if (!rest.startsWith(word.trimEnd())) break;
      // A blank at a joint belongs to neither side.
      rest = rest.slice(rest.startsWith(word) ? word.length : word.trimEnd().length);
      said += 1;
    }
    links.push({ asked, whole: said === asked.words.length });
  }
  return links;
}

/** F10: the list of attempts, and a wait that helps. */
function brokenError(seen: Seen, run: Run, about: About): Broken | null {
  const { body, headers, status } = seen;
  if (status === null || status < 400 || body === null) return null;
  const told = (JSON.parse(body) as { attempts?: readonly { target: string; verdict: string }[] }).attempts ?? [];
  const kept = entriesOf(run, seen);
  const [shown, known] = [told, kept].map((list) => list.map((one) => `${one.target}:${one.verdict}`).join(", "));
  if (shown !== known) return about("F10", `was told of the attempts ${shown ?? ""}, and the ledger of ${known ?? ""}`);
  const wait = headers["retry-after-ms"];
  if (wait !== undefined && !(Number(wait) >= 1)) return about("F10", `is told to wait for ${wait} ms`);
  return null;
}

/** Nothing is set and a healthy target is in the list: it answers, and in time. */
function late45(seen: Seen, run: Run): Broken | null {
  const { plan, began, headAt, firstAt, heard, index } = seen;
  if (!isPlain(run.schedule) || plan.thinks || plan.deadline !== null) return null;
  const took = (firstAt ?? headAt ?? 0) - began - plan.pause;
  if (took > 45_000) return { clause: "45 s", message: `call ${index} waited ${took} ms beside a healthy target` };
  const error = heard.endings.find((one) => one.startsWith("error"));
  // What breaks after its first content (thoughts too) is left to `mid_stream`.
  if (error === undefined || hasBegun(seen, run)) return null;
  if (error.includes("policy_blocked")) return null;
  if (error.includes("bad_request")) return callersMistake(seen, run);
  return { clause: "100 %", message: `call ${index} failed beside a healthy target: ${error}` };
}

/** F7: a refusal is the last word only where somebody refused what the caller had written, and not the gateway. */
function callersMistake(seen: Seen, run: Run): Broken | null {
  const isOwn = pairsOf(run, seen).some(({ entry, asked }) => entry.verdict === "bad_request" && asked?.own === true);
  if (isOwn) return null;
  return { clause: "F7", message: `call ${seen.index} failed beside a healthy target for what the gateway wrote` };
}

/** F13: everything is well again, and every target serves as before. */
function brokenAfterwards({ after, pending, leftOver }: Run): Broken | null {
  if (leftOver.length > 0) return { clause: "F13", message: `when all is over: ${leftOver.join(", ")}` };
  if (pending > 0) return { clause: "F4", message: `${pending} timers are still set when all is over` };
  for (const [name, targets] of after) {
    if (targets.some((target) => target !== `${name}/m`))
      return { clause: "F13", message: `${name} is well again, and is not taken back: ${targets.join(", ")} answered` };
  }
  return null;
}
