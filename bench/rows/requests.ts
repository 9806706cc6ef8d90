// The rows of whole answers: many small requests or large ones, loaded by wrk, in CPU time of the server per request.
import { join } from "node:path";
import { startUpstream, type NginxUpstream } from "../nginx.ts";
import { probeCompletion } from "../probe.ts";
import { loadCore } from "../processes.ts";
import { median } from "../statistics.ts";
import { wires } from "../wire.ts";
import { measureRequests, type RequestSample } from "../wrk.ts";
import {
  interleave,
  pick,
  type Line,
  type Row,
  type Side,
  type SideName,
  type Surroundings,
  type Target,
  withOutput,
} from "./row.ts";
import { probeSides, startFloorSide, startSides, type SidePlan } from "./sides.ts";

/**
 * A row of whole answers. `callsPerRequest`: the upstream's requests per gateway request, without which the row does
 * not count.
 */
export interface RequestRowOptions {
  readonly id: string;
  readonly title: string;
  readonly bytes?: number;
  readonly target?: Target;
  readonly plan: (upstream: NginxUpstream) => SidePlan;
  readonly callsPerRequest?: number;
}

const unit = "µs CPU / request";

/** A row that loads the gateway, the floor and nginx with one body. */
export function requestRow(options: RequestRowOptions): Row {
  const { id, title } = options;
  return {
    id,
    title,
    needs: ["wrk", "nginx", "pinning", "proc"],
    run: async (surroundings) => {
      const upstream = await startUpstream(surroundings.group, upstreamPlace(surroundings));
      const sides = await startSides(surroundings, options.plan(upstream));
      const samples = await measureSides(surroundings, sides, { ...options, upstream });
      return [toLine(options, samples)];
    },
  };
}

/** The rig compared with itself: two processes of one floor, whose ratio should be 1. */
export const selfTestRow: Row = {
  id: "selftest",
  title: "self-test: the floor against a second copy of itself",
  needs: ["wrk", "nginx", "pinning", "proc"],
  run: async (surroundings) => {
    const upstream = await startUpstream(surroundings.group, upstreamPlace(surroundings));
    const floor: SidePlan["floor"] = { program: "forward", upstreams: [upstream.quick] };
    const copy = await startFloorSide(surroundings, floor);
    const sides: Side[] = [{ ...copy, name: "gateway" }, await startFloorSide(surroundings, floor)];
    const samples = await measureSides(surroundings, sides, { upstream });
    const target: Target = { of: "ratio to floor", atLeast: 0.9, atMost: 1.1 };
    return [toLine({ id: "selftest", title: selfTestRow.title, target }, samples)];
  },
};

export function upstreamPlace(surroundings: Surroundings): { folder: string; core: number } {
  return { folder: join(surroundings.folder, "upstream"), core: loadCore };
}

interface MeasureOptions {
  readonly bytes?: number;
  readonly upstream: NginxUpstream;
  readonly callsPerRequest?: number;
}

/** Every round of every side, in CPU time per request. */
export async function measureSides(
  surroundings: Surroundings,
  sides: readonly Side[],
  options: MeasureOptions,
): Promise<Partial<Record<SideName, RequestSample[]>>> {
  const bodyFor = ({ wire, model }: Side): string =>
    wires[wire].body({ model, bytes: options.bytes ?? 1_024, stream: false });
  const sound = await probeSides(surroundings, sides, (side) => probeCompletion(side, bodyFor(side)));
  return interleave(sound, surroundings, async (side) => {
    const servedBefore = await options.upstream.requestsServed();
    const url = `http://127.0.0.1:${side.port}${wires[side.wire].path({ model: side.model, stream: false })}`;
    const target = { url, pid: side.pid, body: bodyFor(side), ...(side.headers ? { headers: side.headers } : {}) };
    const sample = await measureRequests(target, surroundings.folder, surroundings.effort).catch((error: unknown) => {
      throw withOutput(side, error instanceof Error ? error.message : String(error));
    });
    const calls = ((await options.upstream.requestsServed()) - servedBefore) / sample.posted;
    if (side.name === "gateway") checkCalls(calls, options.callsPerRequest);
    const pace = `${Math.round(sample.perSecond)}/s`.padStart(8);
    return {
      value: sample,
      text: `${sample.cpuMicros.toFixed(1).padStart(8)} µs  ${pace}  p99 ${sample.p99Milliseconds.toFixed(1)} ms`,
    };
  });
}

// The fallback rows are worthless if the first target was skipped, or asked three times.
function checkCalls(calls: number, expected: number | undefined): void {
  if (expected === undefined || Math.abs(calls - expected) < 0.05) return;
  throw new Error(`the upstream saw ${calls.toFixed(2)} calls for a request where this row needs ${expected}`);
}

export function toLine(
  options: { readonly id: string; readonly title: string; readonly target?: Target },
  samples: Partial<Record<SideName, RequestSample[]>>,
): Line {
  const paces = Object.entries(samples).map(([name, rounds]) => {
    const perSecond = Math.round(median(rounds.map((sample) => sample.perSecond)));
    const p99 = median(rounds.map((sample) => sample.p99Milliseconds)).toFixed(1);
    return `${name} ${perSecond.toLocaleString("en")}/s, p99 ${p99} ms`;
  });
  return {
    id: options.id,
    title: options.title,
    unit,
    sides: pick(samples, (sample) => sample.cpuMicros),
    ...(options.target ? { target: options.target } : {}),
    notes: [`on one core: ${paces.join("; ")}`],
  };
}
