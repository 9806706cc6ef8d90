// The text form of a gateway's current status: a table with a line for each target of each route. Pure.
import type { GatewayStatus } from "../attempt/explain/gateway-status.ts";
import type { RouteTarget } from "../attempt/explain/route-status.ts";
import type { LatencyStatus, TargetStatus } from "../attempt/target-state/target-status.ts";
import type { ListStatus } from "../core/models.ts";
import { durationText } from "../domain/duration-text.ts";

const HEAD = ["route", "target", "circuit", "since", "errors", "slow", "p50", "p95", "in flight", "cooldown"] as const;

/** `where`: the port of the gateway, or its URL. */
export const overviewLines = (
  where: string,
  { at, startedAt, config, routes, direct, modelLists }: GatewayStatus,
): readonly string[] => {
  const place = /^\d+$/.test(where) ? `port ${where}` : where;
  const up = durationText(Math.max(0, Date.parse(at) - Date.parse(startedAt)));
  const rows = [
    ...routes.flatMap(({ route, lastModel, targets }) =>
      targets.map((target, index) => rowOf(index === 0 ? labelOf(route, lastModel) : "", target, at)),
    ),
    ...direct.map((target, index) => rowOf(index === 0 ? "(direct)" : "", target, at)),
  ];
  const title = `gateway on ${place}  ${config}, up ${up}, as of ${at}`;
  const table = rows.length === 0 ? ["no routes, and no target was asked yet"] : tableLines([HEAD, ...rows]);
  return [title, "", ...table, ...listLines(modelLists ?? [], at)];
};

/** The providers' lists of models: those that came in one line, those that failed in one each. */
const listLines = (lists: readonly ListStatus[], at: string): readonly string[] => {
  const came = lists.filter(({ state }) => state === "listed");
  const failed = lists.filter(({ state }) => state === "failed");
  const counts = came.map(({ provider, models, at: since }) => `${provider} ${models} (${sinceText(since, at)})`);
  const failures = failed.map(({ provider, models, failure }) => {
    const ending = models === null ? "no list" : `still ${models}`;
    return `models of ${provider}: ${failure} (${ending})`;
  });
  const all = [...(counts.length === 0 ? [] : [`models listed: ${counts.join(", ")}`]), ...failures];
  return all.length === 0 ? [] : ["", ...all];
};

const labelOf = (route: string, lastModel: string | null | undefined): string =>
  lastModel == null ? route : `${route} (last: ${lastModel})`;

const tableLines = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
};

const NOTHING = "-";

const rowOf = (route: string, target: RouteTarget, at: string): readonly string[] => {
  const latency = mostMeasured(target);
  return [
    route,
    target.target,
    circuitText(target.health),
    sinceText(target.health.since, at),
    percent(target.errorRate),
    slowText(target.health.slow),
    latency === null ? NOTHING : durationText(latency.p50),
    latency === null ? NOTHING : durationText(latency.p95),
    `${target.outstanding}${target.limit === null ? "" : ` of ${target.limit}`}${target.waiting === 0 ? "" : `, ${target.waiting} wait`}`,
    cooldownText(target.keys),
  ];
};

const circuitText = ({ breaker, cooldownMs, share }: TargetStatus["health"]): string => {
  if (breaker === "open" && cooldownMs !== null && cooldownMs > 0) return `open, ${durationText(cooldownMs)} left`;
  if (breaker === "open") return "open, probe is next";
  if (breaker === "closed" && share < 1) return `closed, gets ${Math.round(share * 100)} %`;
  return breaker;
};

/** How long ago: it needs no time zone. */
const sinceText = (since: string | null, at: string): string =>
  since === null ? NOTHING : `${durationText(Math.max(0, Date.parse(at) - Date.parse(since)))} ago`;

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const slowText = (slow: TargetStatus["health"]["slow"]): string =>
  slow === null || slow.all === 0 ? NOTHING : percent(slow.slow / slow.all);

/** Of the kind of answers that it gives most. */
const mostMeasured = ({ firstContentMs }: TargetStatus): LatencyStatus | null =>
  Object.values(firstContentMs).reduce<LatencyStatus | null>(
    (most, one) => (most === null || one.samples > most.samples ? one : most),
    null,
  );

const cooldownText = (keys: TargetStatus["keys"]): string => {
  const cooling = keys.filter(({ cooldownMs }) => cooldownMs !== null);
  const [first] = cooling;
  if (first === undefined) return NOTHING;
  const longest = durationText(Math.max(...cooling.map(({ cooldownMs }) => cooldownMs ?? 0)));
  const which = keys.length === 1 ? "key" : `${cooling.length} of ${keys.length} keys`;
  return `${which}, ${longest} (${first.reason ?? "refused"})`;
};
