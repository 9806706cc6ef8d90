// A route as it stands now, as people read it: who would be asked next and why, then each target below it. Pure.
import { formatDuration } from "../domain/duration.ts";
import type {
  HealthStatus,
  LatencyStatus,
  RouteStatus,
  TimeoutStatus,
  TargetStatus,
} from "../attempt/explain/route-status.ts";

const PARTS = {
  first: "asked first",
  "stand-in": "stand-in",
  "if-late": "if late",
  "passed-over": "passed over",
  "last-resort": "last resort",
} as const;

export const outlookLines = ({ route, at, next, targets }: RouteStatus): readonly string[] => {
  const width = Math.max(0, ...next.map(({ target }) => target.length));
  const steps = next.map(({ target, part, share, why }, index) => {
    const words = part === "first" && share < 0.995 ? `${PARTS.first} by ${percent(share)}` : PARTS[part];
    return `  ${index + 1}. ${target.padEnd(width)}  ${words.padEnd(11)}  ${why}`;
  });
  const nobody = steps.length === 0 ? ["  nobody: no case of its conditions is for this request"] : steps;
  return [`${route}  as of ${at}`, "", "next", ...nobody, ...targets.flatMap((target) => ["", ...targetLines(target)])];
};

const targetLines = (target: TargetStatus): readonly string[] => [
  target.target,
  `  place     ${target.paths.join(", ")}`,
  `  health    ${healthText(target.health)}`,
  ...(target.keys.length === 0 ? [] : target.keys.map((key) => `  key       ${keyText(key)}`)),
  ...timesLines(target),
  ...timeoutLines(target),
  `  load      ${target.outstanding} under way${placesText(target)}${target.strain < 0.005 ? "" : ` · ${percent(target.strain)} of its answers failed of late`}`,
  ...(target.headroom === null ? [] : [`  headroom  ${percent(target.headroom)} of its vendor's limits left`]),
  `  budget    ${target.retriesLeft} retries left`,
  ...target.lessons.map((lesson) => `  learnt    ${lesson.replace(/^learnt: /u, "")}`),
];

const placesText = ({ limit, waiting }: TargetStatus): string =>
  `${limit === null ? ", as many as come" : ` of at most ${limit}`}${waiting === 0 ? "" : `, ${waiting} wait`}`;

const healthText = (health: HealthStatus): string => {
  const { breaker, restsMs, until, reason, failuresInARow, answers, share } = health;
  const parts = [breaker === "off" ? "breaker off" : breaker];
  if (restsMs !== null && restsMs > 0) parts.push(`rests ${time(restsMs)} more, until ${until ?? ""}`);
  if (reason !== null) parts.push(reason);
  if (failuresInARow !== null && failuresInARow > 0) parts.push(`${failuresInARow} failures in a row`);
  if (answers !== null && answers.all > 0)
    parts.push(`${answers.failed} of ${answers.all} answers failed within ${formatDuration(answers.windowMs)}`);
  if (share < 1) parts.push(`gets ${percent(share)} of the requests, growing`);
  return parts.join(" · ");
};

const keyText = ({ label, source, restsMs, reason }: TargetStatus["keys"][number]): string => {
  const state = restsMs === null ? "ready" : `rests ${time(restsMs)} more: ${reason ?? "refused"}`;
  return `${source}  ${label}  ${state}`;
};

const timesLines = ({ firstContentMs, perTokenMs }: TargetStatus): readonly string[] => {
  const token = perTokenMs === null ? "" : ` · ${perTokenMs} ms a token`;
  const kinds = Object.entries(firstContentMs);
  if (kinds.length === 0) return ["  times     none yet"];
  return kinds.map(([pace, known], index) => `  times     ${latencyText(pace, known)}${index === 0 ? token : ""}`);
};

const timeoutLines = ({ timeouts: { streamed, whole, thinking } }: TargetStatus): readonly string[] => {
  const first = [`streamed ${silence(streamed.firstContentMs)}`, `whole ${silence(whole.firstContentMs)}`];
  const thought = `with reasoning ${silence(thinking.firstContentMs)}`;
  return [
    `  timeouts  first content: ${[...first, thought].join(", ")}`,
    `            between events: ${silence(streamed.idleMs)}, with reasoning ${silence(thinking.idleMs)}`,
  ];
};

const silence = ({ ms, from }: TimeoutStatus): string => `${time(ms)}${from === "default" ? "" : ` (${from})`}`;

const latencyText = (pace: string, { samples, averageMs, p50, p95, p99 }: LatencyStatus): string =>
  `${pace}: first content p50 ${time(p50)}, p95 ${time(p95)}, p99 ${time(p99)}, of late ${time(averageMs)} (${samples} timed)`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const time = (milliseconds: number): string => {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)}ms`;
  if (milliseconds < 120_000) return `${Math.round(milliseconds / 100) / 10}s`;
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes}m` : `${Math.round(minutes / 6) / 10}h`;
};
