// The text form of a route's current status: which target comes next and why, then each target's state. Pure.
import { durationText } from "../domain/duration-text.ts";
import type { RouteStatus, RouteTarget } from "../attempt/explain/route-status.ts";
import type {
  HealthStatus,
  LatencyStatus,
  TargetStatus,
  TimeoutStatus,
} from "../attempt/target-state/target-status.ts";

const PARTS = {
  first: "1st choice",
  "stand-in": "stand-in",
  "if-late": "if late",
  "passed-over": "skipped",
  "last-resort": "last resort",
} as const;

export const routeStatusLines = ({ route, at, next, targets }: RouteStatus): readonly string[] => {
  const width = Math.max(0, ...next.map(({ target }) => target.length));
  const steps = next.map(({ target, part, share, why }, index) => {
    const words = part === "first" && share < 0.995 ? `${PARTS.first} for ${percent(share)}` : PARTS[part];
    return `  ${index + 1}. ${target.padEnd(width)}  ${words}${why === "" ? "" : ` (${why})`}`;
  });
  const stepLines =
    steps.length === 0 ? ["  none: no `when` case matches this request, and there is no `else`"] : steps;
  return [
    `${route}  as of ${at}`,
    "",
    "next",
    ...stepLines,
    ...targets.flatMap((target) => ["", ...targetLines(target)]),
  ];
};

const targetLines = (target: RouteTarget): readonly string[] => [
  target.target,
  `  path      ${target.paths.join(", ")}`,
  `  health    ${healthText(target.health)}`,
  ...(target.keys.length === 0 ? [] : target.keys.map((key) => `  key       ${keyText(key)}`)),
  ...latencyLines(target),
  ...timeoutLines(target),
  `  load      ${loadText(target)}`,
  ...(target.headroom === null ? [] : [`  headroom  ${percent(target.headroom)} of the vendor's rate limits left`]),
  `  budget    ${target.retriesLeft} retries left`,
  ...target.learnedLimits.map((learnedLimit) => `  learned   ${learnedLimit.replace(/^learnt: /u, "")}`),
];

const loadText = ({ outstanding, limit, waiting, errorRate }: TargetStatus): string => {
  const queue = waiting === 0 ? "" : `, ${waiting} waiting`;
  const errors = errorRate < 0.005 ? "" : ` · error rate ${percent(errorRate)} (moving average)`;
  return `${outstanding} in flight, ${limit === null ? "no limit" : `limit ${limit}`}${queue}${errors}`;
};

const healthText = (health: HealthStatus): string => {
  const { breaker, cooldownMs, until, reason, failuresInARow, answers, share } = health;
  const parts = [`circuit breaker ${breaker}`];
  if (reason !== null && !parts.includes(reason)) parts.push(reason);
  if (cooldownMs !== null && cooldownMs > 0) parts.push(`${durationText(cooldownMs)} left, until ${until ?? ""}`);
  if (failuresInARow !== null && failuresInARow > 0)
    parts.push(failuresInARow === 1 ? "the last answer failed" : `${failuresInARow} failures in a row`);
  if (answers !== null && answers.all > 0)
    parts.push(`${answers.failed} of ${answers.all} answers failed within ${durationText(answers.windowMs)}`);
  if (share < 1) parts.push(`gets ${percent(share)} of the requests, and more over time`);
  return parts.join(" · ");
};

const keyText = ({ label, source, cooldownMs, reason }: TargetStatus["keys"][number]): string => {
  const state =
    cooldownMs === null ? "ready" : `cooling down (${reason ?? "refused"}), ${durationText(cooldownMs)} left`;
  return `${source}  ${label}  ${state}`;
};

const latencyLines = ({ firstContentMs, perTokenMs }: TargetStatus): readonly string[] => {
  const token = perTokenMs === null ? "" : ` · ${perTokenMs} ms per token`;
  const kinds = Object.entries(firstContentMs);
  if (kinds.length === 0) return ["  latency   not measured yet"];
  return kinds.map(([pace, latency], index) => `  latency   ${latencyText(pace, latency)}${index === 0 ? token : ""}`);
};

const timeoutLines = ({ timeouts: { streamed, whole, thinking } }: TargetStatus): readonly string[] => {
  const first = [`streamed ${silence(streamed.firstContentMs)}`, `whole ${silence(whole.firstContentMs)}`];
  const thought = `with reasoning ${silence(thinking.firstContentMs)}`;
  return [
    `  timeouts  first token: ${[...first, thought].join(", ")}`,
    `            between events: ${silence(streamed.idleMs)}, with reasoning ${silence(thinking.idleMs)}`,
  ];
};

const silence = ({ ms, from }: TimeoutStatus): string =>
  `${durationText(ms)}${from === "default" ? "" : ` (${from === "learnt" ? "learned" : from})`}`;

const latencyText = (pace: string, { samples, averageMs, p50, p95, p99 }: LatencyStatus): string =>
  `${pace}: first token p50 ${durationText(p50)}, p95 ${durationText(p95)}, p99 ${durationText(p99)}, moving average ${durationText(averageMs)} (${samples === 1 ? "1 sample" : `${samples} samples`})`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;
