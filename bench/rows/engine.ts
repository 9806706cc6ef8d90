// The rows of the engine's own cost: a request to a route compared with one to a single target, inside one process
// without sockets, and once over the network, with two gateways in turn.
import { join } from "node:path";
import { engineCases } from "../engine-routes.ts";
import { startGateway } from "../gateway.ts";
import { startUpstream } from "../nginx.ts";
import { runToEnd, serverCore } from "../processes.ts";
import { measureSides, toLine, upstreamPlace } from "./requests.ts";
import type { Line, Row, Side, Target } from "./row.ts";

const unit = "µs CPU / request";
/** The promised limit, in microseconds. */
const target: Target = { of: "above floor", atMost: 10 };

/** One measurement in the program's output. */
interface Measured {
  readonly id: string;
  readonly micros: number;
  readonly single: number;
}

/** All cases of the engine, a line each. */
export const engineRow: Row = {
  id: "engine",
  title: "the engine by itself, each kind of route beside a single target",
  needs: ["pinning"],
  run: async ({ effort, folder, say }) => {
    const program = join(import.meta.dirname, "../engine.ts");
    const words = [effort.rounds, effort.seconds, effort.warmup].map(String);
    const printed = await runToEnd({
      file: process.execPath,
      args: [program, ...words],
      core: serverCore,
      cwd: folder,
    });
    const measured = printed.trim().split("\n").map(readMeasured);
    return engineCases.map(({ id, title }): Line => {
      const rounds = measured.filter((one) => one.id === id);
      if (rounds.length === 0) throw new Error(`nothing was measured for ${id}`);
      const sides = { gateway: rounds.map(({ micros }) => micros), floor: rounds.map(({ single }) => single) };
      say(`  ${id.padEnd(22)} ${sides.gateway.map((micros) => micros.toFixed(1)).join(" ")} µs`);
      return { id, title: `engine: ${title}`, unit, sides, target };
    });
  },
};

/** Throws if the line is not a measurement. */
export function readMeasured(line: string): Measured {
  const { id, micros, single } = JSON.parse(line) as Partial<Measured>;
  if (typeof id !== "string" || !(Number(micros) > 0) || !(Number(single) > 0))
    throw new Error(`no measurement: ${line.slice(0, 80)}`);
  return { id, micros: Number(micros), single: Number(single) };
}

/** A nested route and a single target, each served by a gateway of its own. */
export const engineWireRow: Row = {
  id: "engine-wire",
  title: "engine over the wire: a nested route beside a single target",
  needs: ["wrk", "nginx", "pinning", "proc"],
  run: async (surroundings) => {
    if (!surroundings.withGateway) return [];
    const upstream = await startUpstream(surroundings.group, upstreamPlace(surroundings));
    const sides = [await open("gateway", "tree"), await open("floor", "small")];
    const samples = await measureSides(surroundings, sides, { upstream, callsPerRequest: 1 });
    return [toLine({ id: "engine-wire", title: engineWireRow.title, target }, samples)];

    async function open(name: "gateway" | "floor", model: string): Promise<Side> {
      const vendors = { openai: upstream.quick, gemini: upstream.quick };
      const folder = join(surroundings.folder, name);
      const { running, port } = await startGateway(surroundings.group, folder, vendors);
      return { name, pid: running.pid, output: running.output, port, model, wire: "chat" };
    }
  },
};
