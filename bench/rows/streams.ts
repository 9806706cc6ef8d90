// The rows of streams: 200 at a time, back to back, in CPU time per event; and a thousand or more open at once, with
// memory.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openFileLimit } from "../machine.ts";
import { probeStream } from "../probe.ts";
import { loadCore, ProcessGroup, runToEnd } from "../processes.ts";
import { type WireName, wires } from "../wire.ts";
import { interleave, pick, type Line, type Row, type Side, type Surroundings, type Target, withOutput } from "./row.ts";
import { probeSides, startSides, type SidePlan } from "./sides.ts";

/** A row of streams in steady state. */
export interface StreamRowOptions {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly target?: Target;
  /** The protocol of requests to the gateway. Default: OpenAI's chat. */
  readonly wire?: WireName;
  /** Whether to measure nginx as well. Default true. */
  readonly withNginx?: boolean;
}

/** The mock's pace: the number of events, and the time between them. */
interface Pace {
  readonly events: number;
  readonly intervalMilliseconds: number;
}

/** The options of the load program, with its names. */
interface LoadOptions {
  readonly connections: number;
  readonly events: number;
  readonly warmup?: number;
  readonly seconds?: number;
  readonly once?: true;
  readonly ramp?: number;
}

/** The output of the load program. */
interface StreamReport {
  readonly events: number;
  readonly streams: number;
  readonly cpuMicros: number;
  readonly seconds: number;
  readonly complete: number;
  readonly broken: number;
  readonly problem: string | null;
  readonly residentBefore?: number;
  readonly residentLive?: number;
  readonly liveAtOnce?: number;
}

const usualPace: Pace = { events: 100, intervalMilliseconds: 20 };

/** 200 connections that stream 100 events, one per 20 ms, over and over. */
export function streamRow(options: StreamRowOptions): Row {
  const { id, title, target } = options;
  return {
    id,
    title,
    needs: ["pinning", "proc"],
    run: async (surroundings) => {
      const started = await startStreamSides(surroundings, options, usualPace);
      const sides = await probeSides(surroundings, started, (side) =>
        probeStream(side, streamBody(side), usualPace.events),
      );
      const { warmup, seconds } = surroundings.effort;
      const samples = await interleave(sides, surroundings, async (side) => {
        const report = await load(surroundings, side, {
          connections: 200,
          events: usualPace.events,
          warmup: Math.max(2, warmup),
          seconds,
        });
        const perEvent = report.cpuMicros / report.events;
        const text = `${perEvent.toFixed(1).padStart(8)} µs  ${Math.round(report.events / report.seconds)} events/s`;
        return { value: perEvent, text: `${text}, ${report.complete} streams complete` };
      });
      return [{ id, title, unit: "µs CPU / event", sides: samples, ...(target ? { target } : {}) }];
    },
  };
}

/** Many open streams: memory per stream, and CPU per event. With slower events, so that one core can carry them. */
export function concurrencyRow(wanted: number): Row {
  const id = `streams-${wanted}`;
  return {
    id,
    title: `${wanted.toLocaleString("en")} concurrent streams`,
    needs: ["pinning", "proc"],
    run: async (surroundings) => {
      const count = Math.min(wanted, affordableStreams());
      const effort = { ...surroundings.effort, rounds: Math.min(surroundings.effort.rounds, wanted > 1_000 ? 2 : 3) };
      const samples = await measureCrowds({ ...surroundings, effort, portkey: undefined }, count);
      const title = `${count.toLocaleString("en")} concurrent streams`;
      const notes =
        count < wanted
          ? [
              `${count} instead of ${wanted} streams: a process may open ${openFileLimit()} files (ulimit -n), a stream takes two`,
            ]
          : [];
      const memory = pick(samples, (sample) => sample.kilobytesPerStream);
      const cpu = pick(samples, (sample) => sample.microsPerEvent);
      const lines: Line[] = [
        { id: `${id}-memory`, title: `${title}: memory`, unit: "kB / stream", sides: memory, notes },
        { id: `${id}-cpu`, title: `${title}: CPU`, unit: "µs CPU / event", sides: cpu },
      ];
      return lines;
    },
  };
}

interface CrowdSample {
  readonly kilobytesPerStream: number;
  readonly microsPerEvent: number;
}

// Memory is not returned, so every measurement has fresh processes, warmed up with a few streams.
async function measureCrowds(
  surroundings: Surroundings,
  count: number,
): Promise<Partial<Record<Side["name"], CrowdSample[]>>> {
  const many = count > 2_000;
  const pace: Pace = many ? { events: 12, intervalMilliseconds: 1_500 } : { events: 50, intervalMilliseconds: 200 };
  const names = await sideNames(surroundings, pace);
  return interleave(names, surroundings, async ({ name }) => {
    const group = new ProcessGroup();
    try {
      const sides = await startStreamSides({ ...surroundings, group }, { model: "small" }, pace);
      const side = sides.find((candidate) => candidate.name === name)!;
      await load(surroundings, side, { once: true, connections: 200, ramp: 1, events: pace.events });
      const ramp = many ? count / 1_250 : 2;
      const report = await load(surroundings, side, { once: true, connections: count, ramp, events: pace.events });
      const grown = (report.residentLive ?? 0) - (report.residentBefore ?? 0);
      const value = { kilobytesPerStream: grown / 1_024 / count, microsPerEvent: report.cpuMicros / report.events };
      const text = `${value.kilobytesPerStream.toFixed(1).padStart(8)} kB a stream, ${value.microsPerEvent.toFixed(1)} µs an event`;
      return { value, text: `${text}, ${report.liveAtOnce} live at once` };
    } finally {
      await group.stopAll();
    }
  });
}

// The sides are known only after starting them once; this also probes them.
async function sideNames(surroundings: Surroundings, pace: Pace): Promise<Side[]> {
  const group = new ProcessGroup();
  try {
    const sides = await startStreamSides({ ...surroundings, group }, { model: "small" }, pace);
    await Promise.all(sides.map((side) => probeStream(side, streamBody(side), pace.events)));
    return sides;
  } finally {
    await group.stopAll();
  }
}

async function startStreamSides(
  surroundings: Surroundings,
  asked: Pick<StreamRowOptions, "model" | "wire" | "withNginx">,
  pace: Pace,
): Promise<Side[]> {
  const mock = surroundings.group.start("stream mock", {
    file: process.execPath,
    args: [
      join(import.meta.dirname, "../upstream/stream.ts"),
      "--events",
      String(pace.events),
      "--interval",
      String(pace.intervalMilliseconds),
    ],
    core: loadCore,
    cwd: surroundings.folder,
  });
  const upstream = `http://127.0.0.1:${await mock.printed(/^listening (\d+)$/m)}`;
  const plan: SidePlan = {
    model: asked.model,
    ...(asked.wire === undefined ? {} : { wire: asked.wire }),
    gateway: { openai: upstream, gemini: upstream },
    floor: { program: "stream", upstreams: [upstream] },
    ...(asked.withNginx === false ? {} : { nginx: { upstream, streaming: true } }),
    ...(asked.wire === undefined ? { portkeyUpstream: upstream } : {}),
  };
  return startSides(surroundings, plan);
}

function streamBody({ wire, model }: Side): string {
  return wires[wire].body({ model, bytes: 1_024, stream: true });
}

async function load(surroundings: Surroundings, side: Side, options: LoadOptions): Promise<StreamReport> {
  const body = join(surroundings.folder, "stream-body.json");
  writeFileSync(body, streamBody(side));
  const headers = Object.entries(side.headers ?? {}).flatMap(([name, value]) => ["--header", `${name}: ${value}`]);
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : [`--${name}`, String(value)],
  );
  const program = join(import.meta.dirname, "../load/streams.ts");
  const whom = ["--port", String(side.port), "--pid", String(side.pid), "--body", body, "--wire", side.wire];
  whom.push("--model", side.model);
  const printed = await runToEnd({
    file: process.execPath,
    args: [program, ...whom, ...headers, ...flags],
    core: loadCore,
    cwd: surroundings.folder,
  });
  const report = JSON.parse(printed) as StreamReport;
  if (report.broken > 0 || report.problem !== null)
    throw withOutput(
      side,
      `broken run: ${report.broken} streams, ${report.complete} complete; the first: ${report.problem}`,
    );
  if (report.events === 0) throw new Error("broken run: not one event arrived");
  return report;
}

// A server has two sockets per stream; the rest is for its listeners, files and the warm-up.
function affordableStreams(): number {
  return Math.floor((openFileLimit() - 200) / 200) * 100;
}
