/**
 * One line per answer: who was asked, what came of it, and how long each took, as bars on a common scale in ms.
 * A pale bar is waiting, a full one is speaking, a hatched one is time lost, dots are a pause before asking again.
 * It draws what was measured and reported, no more.
 */
import { element, sayDuration } from "./elements.js";

const smallestPause = 60; // ms; less than this is the way between the gateway and the page, not a pause
const shortestScale = 1200; // ms; a running answer's bars grow to the right instead of filling the track at once

/** What became of the attempt that began well, while or where the answer is not whole. */
const unfinished = { speaking: "is answering", stopped: "was answering", interrupted: "broke off" };

/** What became of one that goes on with the answer of another. */
const finishing = { speaking: "finishes the answer", done: "finished the answer", stopped: "was finishing the answer" };

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const nextFrame = (draw) => (isCalm.matches ? setTimeout(() => draw(), 500) : requestAnimationFrame(draw));

/**
 * @param {Element} list the list that takes the entries, newest first
 * @param {() => { target: string, name: string }[]} vendors the vendors in their order of asking
 */
export function createTimeline(list, vendors) {
  /** Begins an entry; its methods tell it how the answer goes on. All times are ms since this call. */
  function begin(question) {
    const began = performance.now();
    const nobody = { attempts: [], skipped: [], servedBy: null };
    const times = { started: null, first: null, last: null, total: null };
    const state = { question, phase: "waiting", ...nobody, ...times, takeovers: [] };
    const now = () => performance.now() - began;
    const entry = element("li.entry", { testid: "timeline-entry" });
    list.prepend(entry);

    const redraw = () => drawEntry(entry, { ...state, now: state.total ?? now() }, vendors());
    const follow = () => {
      redraw();
      if (state.total === null) nextFrame(follow);
    };
    follow();

    return {
      start: (service) => Object.assign(state, service, { phase: "speaking", started: now() }),
      word: () => {
        state.last = now();
        state.first ??= state.last;
      },
      continued: (takeover) => state.takeovers.push({ ...takeover, broke: state.last ?? now(), at: now() }),
      end: (phase, failure) => {
        Object.assign(state, { phase, total: now() });
        // Where one went on with another's answer, the rows so far tell more than the list of attempts.
        if (failure?.attempts?.length && state.takeovers.length === 0) state.attempts = failure.attempts;
        if (failure?.skipped?.length) state.skipped = failure.skipped;
        redraw();
        return state;
      },
    };
  }
  return { begin };
}

function drawEntry(entry, state, vendors) {
  entry.dataset.phase = state.phase;
  const scale = state.total ?? Math.max(state.now * 1.08, shortestScale);
  const rows = layOut(state, vendors).map((row) => drawRow(row, scale));
  const heading = element("h3", { title: state.question }, state.question);
  const total = element("span.total", { testid: "total" }, sayDuration(state.now));
  const chart = element("div.chart", {}, ...rows);
  entry.replaceChildren(heading, total, chart, drawSummary(state, vendors));
}

/** Places the attempts one after the other; the one that answered ends where the answer began. */
function layOut(state, vendors) {
  if (state.attempts.length === 0) {
    const words = { waiting: "asking…", speaking: "", done: "", stopped: "was asking" }[state.phase] ?? "no answer";
    return [{ name: "Gateway", words, kind: "asking", from: 0, waited: state.now }];
  }
  const passed = skippedRows(state, vendors);
  const order = ({ target }) => vendors.findIndex((vendor) => vendor.target === target);
  const isEarlier = (row) => order(row) < order(state.attempts[0]);
  const rows = passed.filter(isEarlier);
  const pause = measurePause(state);
  let from = 0;
  for (const [index, attempt] of state.attempts.entries()) {
    const name = nameOf(attempt.target, vendors);
    const kind = attempt.verdict === "ok" ? "ok" : "lost";
    const paused = isRepeat(attempt, index, state.attempts) ? pause : null;
    from += paused ?? 0;
    const words = (kind === "ok" && unfinished[state.phase]) || attempt.words;
    rows.push({ ...attempt, name, words, kind, paused, from, waited: attempt.ms });
    from += attempt.ms;
  }
  if (state.started !== null) placeServed(rows.at(-1), state);
  rows.push(...takeoverRows(state, rows.at(-1), vendors));
  return [...rows, ...passed.filter((row) => !isEarlier(row))];
}

function isRepeat({ target }, index, attempts) {
  return attempts[index - 1]?.target === target;
}

/** The gateway pauses before it asks the same vendor again, never between two: time that no attempt took was such a pause. */
function measurePause({ attempts, started, now }) {
  const asked = attempts.reduce((sum, { ms }) => sum + ms, 0);
  const pause = (started ?? now) - asked;
  return pause > smallestPause ? pause / Math.max(1, attempts.filter(isRepeat).length) : 0;
}

function placeServed(row, { phase, started, now }) {
  row.from = Math.min(row.from, started);
  const unexplained = started - row.from - row.waited;
  if (unexplained > smallestPause) row.from += unexplained;
  row.bar = started - row.from;
  row.waited = Math.min(row.waited, row.bar);
  row.spoke = Math.max(0, now - started);
  if (row.kind === "lost" || phase === "interrupted") row.kind = "broken";
}

/** Each that broke off ends where its last word came; whoever goes on waits from there, and speaks. */
function takeoverRows({ takeovers, phase, now }, served, vendors) {
  let speaker = served;
  return takeovers.map(({ by, verdict, words, broke, at }) => {
    speaker.spoke = Math.max(0, broke - speaker.from - speaker.bar);
    Object.assign(speaker, { verdict, words, kind: "broken" });
    const ending = phase === "interrupted" ? { verdict: "cut", kind: "broken" } : { verdict: "ok", kind: "ok" };
    const waited = at - broke;
    const said = finishing[phase] ?? unfinished.interrupted;
    speaker = { target: by, name: nameOf(by, vendors), words: said, ...ending, from: broke, waited, bar: waited };
    speaker.spoke = Math.max(0, now - at);
    return speaker;
  });
}

/** Who was passed over, and why; one that was asked all the same, as the last resort, has its own row. */
function skippedRows({ skipped, attempts }, vendors) {
  const passed = skipped.filter(({ target }) => attempts.every((attempt) => attempt.target !== target));
  return passed.map(({ target, reason }) => ({
    name: nameOf(target, vendors),
    target,
    verdict: "not_asked",
    words: `not asked: ${reason}`,
    kind: "skipped",
    from: 0,
    waited: 0,
  }));
}

function nameOf(target, vendors) {
  return vendors.find((vendor) => vendor.target === target)?.name ?? target;
}

function drawRow(row, scale) {
  const attributes = {
    testid: "attempt",
    "data-target": row.target,
    "data-verdict": row.verdict,
    "data-kind": row.kind,
  };
  const track = element(
    "span.track",
    { "aria-hidden": "true" },
    bar("waited", { from: row.from, length: row.bar ?? row.waited }, scale),
  );
  if (row.paused) track.prepend(bar("paused", { from: row.from - row.paused, length: row.paused }, scale));
  if (row.spoke) track.append(bar("spoke", { from: row.from + (row.bar ?? row.waited), length: row.spoke }, scale));
  const said = row.paused == null ? row.words : `asked again, ${row.words}`;
  const words = element("span.words", { testid: "attempt-words" }, said);
  if (row.status >= 400) words.append(" ", element("b.status", { testid: "attempt-status" }, String(row.status)));
  const ms = row.kind === "skipped" || row.kind === "asking" ? "" : sayDuration(row.waited);
  return element(
    "div.row",
    attributes,
    element("span.name", {}, row.name),
    words,
    element("span.ms", ms ? { title: "how long it was asked" } : {}, ms),
    track,
  );
}

function bar(kind, { from, length }, scale) {
  const node = element(`i.${kind}`);
  node.style.setProperty("--from", Math.min(1, from / scale));
  node.style.setProperty("--length", Math.min(1 - Math.min(1, from / scale), length / scale));
  return node;
}

function drawSummary({ phase, first, servedBy, takeovers }, vendors) {
  const finisher = takeovers.at(-1)?.by;
  const vendor = vendors.find(({ target }) => target === (finisher ?? servedBy));
  const parts = [];
  if (first !== null) parts.push(element("span", { testid: "first-token" }, `first word after ${sayDuration(first)}`));
  const endings = { failed: "nobody could answer", interrupted: "broke off in mid‑answer", stopped: "stopped by you" };
  const served = sayServed({ phase, servedBy, finisher }, vendors);
  const outcome = endings[phase] ?? (servedBy ? served : "");
  if (outcome) parts.push(element("span.outcome", { testid: "outcome", "data-role": vendor?.role }, outcome));
  return element("p.summary", {}, ...parts);
}

function sayServed({ phase, servedBy, finisher }, vendors) {
  const isOver = phase !== "speaking";
  if (finisher === undefined) return `${isOver ? "" : "being "}served by ${nameOf(servedBy, vendors)}`;
  const finished = `${isOver ? "" : "being "}finished by ${nameOf(finisher, vendors)}`;
  return `begun by ${nameOf(servedBy, vendors)}, ${finished}`;
}
