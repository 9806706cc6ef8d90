// Plays the scripted outages and writes the results: the pictures in docs/pictures and the table in docs/outages.md,
// between the page's two markers. So the page shows what the gateway does today, on any machine.
// npm run outages
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { figuresOf, scenarios, tell, type Story } from "../test/simulation/outage-story.test-support.ts";
import {
  settings,
  slownesses,
  tellSlowness,
  type Slowness,
  type SlowStory,
} from "../test/simulation/slowness-story.test-support.ts";
import { drawOutage } from "./outage-picture.ts";
import { betweenMarkers } from "./between-markers.ts";
import { root } from "./run-step.ts";

const page = join(root, "docs", "outages.md");
const markers = { begin: "<!-- outages:begin, written by scripts/outages.ts -->", end: "<!-- outages:end -->", page };

const slowMarkers = { begin: "<!-- slow:begin, written by scripts/outages.ts -->", end: "<!-- slow:end -->", page };

const percent = (share: number): string => `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
const seconds = (value: number | null): string => (value === null ? "not" : `${value.toFixed(1)} s`);

const rowOf = (story: Story): string => {
  const { title } = story.scenario;
  const { calls, failed, leftAfter, backAfter, paying, payingOnceLeft, added, busiest, median, slowest } =
    figuresOf(story);
  const share = leftAfter === null ? percent(paying) : `${percent(paying)}, ${percent(payingOnceLeft)} once left`;
  const cells = [
    title,
    percent((calls - failed) / calls),
    seconds(leftAfter),
    seconds(backAfter),
    share,
    `${percent(added)}, at most ${busiest}`,
  ];
  return `| ${[...cells, `${seconds(median)}, ${seconds(slowest)}`].join(" | ")} |`;
};

const chapterOf = ({ scenario: { name, title, what } }: Story): string =>
  `### ${title}\n\n${what}\n\n![${title}: answers, requests to the primary and waits, second by second](pictures/outage-${name}.svg)`;

const slowRow = async (story: SlowStory): Promise<string> => {
  const { slowness, setting, rate } = story;
  const { failed, p50, p95, primary, extra, leftAfter, backAfter } = await tellSlowness(story);
  if (failed > 0)
    throw new Error(`${slowness.name}, ${setting.name}, ${rate} a second: ${failed} calls without an answer`);
  const cells = [
    slowness.name,
    setting.name,
    String(rate),
    `${p50.toFixed(1)} s, ${p95.toFixed(1)} s`,
    percent(primary),
  ];
  return `| ${[...cells, percent(extra), seconds(leftAfter), seconds(backAfter)].join(" | ")} |`;
};

/** At fifty requests a second a minute shows as much as two do. */
const shortened = (slowness: Slowness, rate: number): Slowness =>
  rate < 50 ? slowness : { ...slowness, to: slowness.from + 60, end: slowness.from + 100 };

const slowRows: string[] = [];
for (const slowness of slownesses)
  for (const setting of settings)
    for (const rate of [0.5, 2, 50])
      slowRows.push(await slowRow({ slowness: shortened(slowness, rate), setting, rate }));

const stories: Story[] = [];
for (const scenario of scenarios) {
  const story = await tell(scenario);
  stories.push(story);
  writeFileSync(join(root, "docs", "pictures", `outage-${scenario.name}.svg`), drawOutage(story));
}
const text = readFileSync(page, "utf8");
const written = [
  "| outage | answered | left after | back after | calls that asked the primary during the outage | added retries; the primary's busiest second | first token: median, 99th percentile |",
  "| --- | --- | --- | --- | --- | --- | --- |",
  ...stories.map(rowOf),
  "",
  ...stories.map(chapterOf).join("\n\n").split("\n"),
].join("\n");
const slowWritten = [
  "| late | route | requests a second | first token | by the primary | extra requests | left after | back after |",
  "| --- | --- | --- | --- | --- | --- | --- | --- |",
  ...slowRows,
].join("\n");
writeFileSync(page, betweenMarkers(betweenMarkers(text, markers, written), slowMarkers, slowWritten));
