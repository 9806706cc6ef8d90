// The rows in the order of the table. docs/performance.md explains them.
import type { NginxUpstream } from "../nginx.ts";
import { coldStartRow } from "./cold-start.ts";
import { engineRow, engineWireRow } from "./engine.ts";
import { requestRow, selfTestRow } from "./requests.ts";
import type { Row, Target } from "./row.ts";
import type { SidePlan } from "./sides.ts";
import { concurrencyRow, streamRow } from "./streams.ts";
import { translatedRows } from "./translated.ts";

const ratioAtMost = (atMost: number): Target => ({ of: "ratio to floor", atMost });

function passThrough(upstream: string, model: string, extraRoutes: number = 0): SidePlan {
  return {
    model,
    gateway: { openai: upstream, gemini: upstream, extraRoutes },
    floor: { program: "forward", upstreams: [upstream] },
    nginx: { upstream },
  };
}

function fallBack({ quick }: NginxUpstream, model: string): SidePlan {
  const down = `${quick}/down`;
  return {
    model,
    gateway: { openai: quick, gemini: quick, down },
    floor: { program: "forward", upstreams: [down, quick] },
    nginx: { upstream: quick, first: "/down/v1" },
  };
}

function manyRoutes(count: number): Row {
  return requestRow({
    id: `routes-${count}`,
    title: `small body, the last of ${count.toLocaleString("en")} route${count === 1 ? "" : "s"}`,
    plan: ({ quick }) => passThrough(quick, `route-${count - 1}`, count),
  });
}

/** Every row of the benchmark. */
export const allRows: readonly Row[] = [
  selfTestRow,
  requestRow({
    id: "small",
    title: "small body (1 kB) passed through",
    target: ratioAtMost(1.6),
    plan: ({ quick }) => ({ ...passThrough(quick, "small"), portkeyUpstream: quick }),
  }),
  requestRow({
    id: "large",
    title: "1 MB body passed through",
    bytes: 1_048_576,
    target: ratioAtMost(1.3),
    plan: ({ patient }) => ({
      ...passThrough(patient, "small"),
      floor: { program: "buffer", upstreams: [patient] },
    }),
  }),
  streamRow({ id: "stream", title: "stream passed through", model: "small", target: ratioAtMost(1.4) }),
  ...translatedRows,
  requestRow({
    id: "fallback",
    title: "fallback taken: the first target answers 503 each time",
    plan: (upstream) => fallBack(upstream, "fallback-each-time"),
    callsPerRequest: 2,
  }),
  requestRow({
    id: "fallback-breaker",
    title: "fallback with the breaker open: the first target is skipped",
    plan: (upstream) => ({
      ...passThrough(upstream.quick, "fallback-breaker"),
      gateway: fallBack(upstream, "").gateway,
    }),
  }),
  engineRow,
  engineWireRow,
  concurrencyRow(1_000),
  concurrencyRow(10_000),
  manyRoutes(1),
  manyRoutes(100),
  manyRoutes(10_000),
  coldStartRow,
];
