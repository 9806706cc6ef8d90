// One outage as a picture: the answering targets, the requests to the failing vendor, and the clients' waits, one above
// the other over the same seconds. It writes SVG by hand: three panels of steps with fixed axes need no chart library
// (docs/decisions/2026-11-22-pictures-of-outages.md). It must show only data of its story.
import { RATE, type CallSeen, type Story } from "../test/simulation/outage-story.test-support.ts";

const WIDTH = 760;
const LEFT = 52;
const RIGHT = 128;
const PANEL = 96;
const GAP = 44;
const TOP = 66;
const INNER = WIDTH - LEFT - RIGHT;

/** Okabe and Ito's colours, which colour-blind readers can tell apart; text colours for light and dark pages. */
const style = `
  svg { --page: #ffffff; --text: #1f2328; --faint: #59636e; --grid: #d1d9e0; --ill: #59636e; --first: #0072b2; --second: #e69f00; --other: #a86400; --bad: #d55e00 }
  @media (prefers-color-scheme: dark) { svg { --page: #0d1117; --text: #f0f6fc; --faint: #9198a1; --grid: #3d444d; --ill: #9198a1; --first: #56b4e9; --second: #e69f00; --other: #e69f00; --bad: #ff8c5a } }
  text { font: 12px system-ui, sans-serif; fill: var(--text) } .title { font-size: 15px; font-weight: 600 } .faint { fill: var(--faint) } .name { font-weight: 600 }
  .page { fill: var(--page) } .grid { stroke: var(--grid) } .ill { fill: var(--ill); opacity: 0.16 } 
  .first { fill: var(--first) } .second { fill: var(--second) } .bad { fill: var(--bad) }
  .line { fill: none; stroke: var(--first); stroke-width: 1.8 } .other { stroke: var(--other) } .usual { stroke: var(--faint); stroke-dasharray: 5 4 }`;

interface Panel {
  readonly title: string;
  readonly top: number;
  /** The axis ends here, and has a mark at each step. */
  readonly most: number;
  readonly step: number;
}

interface Scale {
  readonly x: (second: number) => number;
  readonly y: (value: number) => number;
}

/** The picture of `story`, as an SVG document that fits light and dark pages. */
export function drawOutage(story: Story): string {
  const { scenario } = story;
  const seconds = Array.from({ length: scenario.end }, (_, second) => callsIn(story, second));
  const panels = [
    drawAnswers(seconds, openPanel("Answers a second", 0, RATE)),
    drawLoad(story.load, openPanel("Requests a second to the primary", 1, Math.max(RATE, ...story.load))),
    drawWaits(
      seconds,
      openPanel("Seconds to the first word", 2, Math.max(1, ...seconds.map((calls) => slowest(calls) ?? 0))),
    ),
  ];
  const height = TOP + 3 * PANEL + 2 * GAP + 44;
  const { from, to, what, title } = scenario;
  const left = xOf(from, scenario.end);
  const width = xOf(to, scenario.end) - left;
  const outage = `<rect class="ill" x="${round(left)}" y="${TOP}" width="${round(width)}" height="${height - TOP - 44}"/>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title what">`,
    `<title id="title">${escape(title)}</title>`,
    `<desc id="what">${escape(`${what} The outage lasts from second ${from} to second ${to}. Three charts over ${scenario.end} seconds: answers a second by who gave them, requests a second to the primary, and seconds to the first word.`)}</desc>`,
    `<style>${style}\n</style>`,
    `<rect class="page" width="${WIDTH}" height="${height}"/>`,
    `<text class="title" x="${LEFT}" y="24">${escape(title)}</text>`,
    outage,
    ...panels.map((draw) => draw(scenario.end)),
    `<text class="faint" x="${round(left + width / 2)}" y="${TOP + PANEL + 14}" text-anchor="middle">outage</text>`,
    drawSeconds(scenario.end, height - 44),
    "</svg>",
  ].join("\n")}\n`;
}

function openPanel(title: string, place: number, most: number): Panel {
  const step = [0.5, 1, 2, 5, 10, 20, 25, 50].find((one) => most / one <= 4) ?? 100;
  return { title, top: TOP + place * (PANEL + GAP), step, most: Math.ceil(most / step) * step };
}

type Draw = (end: number) => string;

/** The answering targets, stacked. */
function drawAnswers(seconds: readonly (readonly CallSeen[])[], panel: Panel): Draw {
  const by = (who: CallSeen["by"]): number[] => seconds.map((calls) => calls.filter((one) => one.by === who).length);
  const [first, second, failed] = [by("primary"), by("stand-in"), by(null)];
  const zero = first.map(() => 0);
  const both = add(first, second);
  const names = [
    { text: "Gemini Flash", className: "first" },
    { text: "GPT-4o", className: "second" },
    ...(failed.some((count) => count > 0) ? [{ text: "no answer", className: "bad" }] : []),
  ];
  return drawPanel(panel, names, ({ x, y }) => [
    `<path class="first" d="${areaOf(zero, first, { x, y })}"/>`,
    `<path class="second" d="${areaOf(first, both, { x, y })}"/>`,
    `<path class="bad" d="${areaOf(both, add(both, failed), { x, y })}"/>`,
  ]);
}

function drawLoad(load: readonly number[], panel: Panel): Draw {
  const names = [
    { text: "asked", className: "line" },
    { text: `all ${RATE} calls`, className: "line usual" },
  ];
  return drawPanel(panel, names, ({ x, y }) => [
    `<path class="line usual" d="M${LEFT} ${round(y(RATE))}H${LEFT + INNER}"/>`,
    `<path class="line" d="${stepsOf(load, { x, y })}"/>`,
  ]);
}

function drawWaits(seconds: readonly (readonly CallSeen[])[], panel: Panel): Draw {
  const names = [
    { text: "slowest call", className: "line other" },
    { text: "middle call", className: "line" },
  ];
  return drawPanel(panel, names, (scale) => [
    `<path class="line other" d="${stepsOf(
      seconds.map((calls) => slowest(calls) ?? 0),
      scale,
    )}"/>`,
    `<path class="line" d="${stepsOf(
      seconds.map((calls) => waitsOf(calls)[Math.floor(calls.length / 2)] ?? 0),
      scale,
    )}"/>`,
  ]);
}

interface Name {
  readonly text: string;
  readonly className: string;
}

function drawPanel({ title, top, most, step }: Panel, names: readonly Name[], draw: (scale: Scale) => string[]): Draw {
  const y = (value: number): number => top + PANEL - (Math.min(value, most) / most) * PANEL;
  const marks = Array.from({ length: Math.round(most / step) + 1 }, (_, index) => index * step);
  return (end) =>
    [
      `<text class="faint" x="${LEFT}" y="${top - 8}">${escape(title)}</text>`,
      ...marks.map(
        (mark) =>
          `<path class="grid" d="M${LEFT} ${round(y(mark))}H${LEFT + INNER}"/><text class="faint" x="${LEFT - 6}" y="${round(y(mark) + 4)}" text-anchor="end">${mark}</text>`,
      ),
      ...draw({ x: (second) => xOf(second, end), y }),
      ...names.map((name, place) => drawName(name, top + 9 + place * 20)),
    ].join("\n");
}

/** Beside the panel, in the same style. */
function drawName({ text, className }: Name, y: number): string {
  const x = LEFT + INNER + 12;
  const sample = className.startsWith("line")
    ? `<path class="${className}" d="M${x} ${y}h14"/>`
    : `<rect class="${className}" x="${x + 2}" y="${y - 5}" width="10" height="10"/>`;
  return `${sample}<text x="${x + 20}" y="${y + 4}">${escape(text)}</text>`;
}

function drawSeconds(end: number, top: number): string {
  const step = end > 200 ? 60 : 20;
  const marks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step);
  const texts = marks.map(
    (mark) => `<text class="faint" x="${round(xOf(mark, end))}" y="${top + 18}" text-anchor="middle">${mark}</text>`,
  );
  return [
    ...texts,
    `<text class="faint" x="${LEFT + INNER / 2}" y="${top + 36}" text-anchor="middle">seconds</text>`,
  ].join("\n");
}

function callsIn({ calls }: Story, second: number): readonly CallSeen[] {
  return calls.slice(second * RATE, (second + 1) * RATE);
}

function waitsOf(calls: readonly CallSeen[]): number[] {
  return calls.flatMap(({ firstWord }) => firstWord ?? []).toSorted((one, other) => one - other);
}

function slowest(calls: readonly CallSeen[]): number | undefined {
  return waitsOf(calls).at(-1);
}

function add(some: readonly number[], more: readonly number[]): number[] {
  return some.map((one, index) => one + (more[index] ?? 0));
}

function xOf(second: number, end: number): number {
  return LEFT + (second / end) * INNER;
}

/** One value per second, as steps. */
function stepsOf(values: readonly number[], { x, y }: Scale): string {
  const steps: string[] = [];
  let last: string | null = null;
  for (const [second, value] of values.entries()) {
    const height = round(y(value));
    if (height === last) continue;
    steps.push(last === null ? `M${round(x(0))} ${height}` : `H${round(x(second))}V${height}`);
    last = height;
  }
  return `${steps.join("")}H${round(x(values.length))}`;
}

function areaOf(lower: readonly number[], upper: readonly number[], scale: Scale): string {
  const back = stepsOf(lower.toReversed(), { y: scale.y, x: (second) => scale.x(lower.length - second) });
  return `${stepsOf(upper, scale)}L${back.slice(1)}Z`;
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
