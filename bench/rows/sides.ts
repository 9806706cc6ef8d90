// Starts the sides of a row on the server's core and probes each one before the measurement.
import { join } from "node:path";
import { startGateway, type GatewayOptions } from "../gateway.ts";
import { startProxy, type ProxyOptions } from "../nginx.ts";
import { freePort, serverCore, untilAnswers } from "../processes.ts";
import type { WireName } from "../wire.ts";
import type { Side, Surroundings } from "./row.ts";

/** The sides of a row: the gateway's configuration and request, the floor, and nginx's upstream. */
export interface SidePlan {
  readonly model: string;
  /** The protocol of requests to the gateway; all other sides get OpenAI's chat. */
  readonly wire?: WireName;
  readonly gateway: GatewayOptions;
  readonly floor: { readonly program: "forward" | "buffer" | "stream"; readonly upstreams: readonly string[] };
  /** Absent: not measured. */
  readonly nginx?: ProxyOptions;
  readonly portkeyUpstream?: string;
}

/** Starts the gateway (if there is one), the floor, nginx (if installed) and Portkey (if requested), in this order. */
export async function startSides(surroundings: Surroundings, plan: SidePlan): Promise<Side[]> {
  const { group, folder } = surroundings;
  const sides: Side[] = [];
  if (surroundings.withGateway) {
    const { running, port } = await startGateway(group, join(folder, "gateway"), plan.gateway);
    const { model, wire = "chat" } = plan;
    sides.push({ name: "gateway", pid: running.pid, output: running.output, port, model, wire });
  }
  sides.push(await startFloorSide(surroundings, plan.floor));
  if (surroundings.withNginx && plan.nginx !== undefined) {
    const { running, port } = await startProxy(group, { folder: join(folder, "nginx"), core: serverCore }, plan.nginx);
    sides.push({ name: "nginx", pid: running.pid, output: running.output, port, model: "gpt-4o", wire: "chat" });
  }
  if (surroundings.portkey !== undefined && plan.portkeyUpstream !== undefined)
    sides.push(await startPortkeySide(surroundings, plan.portkeyUpstream));
  return sides;
}

/** Probes every side. Portkey, a guest, is left out if it fails; any other failure ends the row. */
export async function probeSides(
  surroundings: Surroundings,
  sides: readonly Side[],
  probe: (side: Side) => Promise<void>,
): Promise<Side[]> {
  const sound: Side[] = [];
  for (const side of sides)
    try {
      await probe(side);
      sound.push(side);
    } catch (error) {
      if (side.name !== "portkey") throw error;
      surroundings.say(`  portkey is left out: ${error instanceof Error ? error.message : String(error)}`);
    }
  return sound;
}

/** Starts one floor program on the server's core. */
export async function startFloorSide(surroundings: Surroundings, floor: SidePlan["floor"]): Promise<Side> {
  const running = surroundings.group.start(`${floor.program} floor`, {
    file: process.execPath,
    args: [
      join(import.meta.dirname, `../floors/${floor.program}.ts`),
      ...floor.upstreams.flatMap((upstream) => ["--upstream", upstream]),
    ],
    core: serverCore,
    cwd: surroundings.folder,
  });
  const port = Number(await running.printed(/^listening (\d+)$/m));
  return { name: "floor", pid: running.pid, output: running.output, port, model: "gpt-4o", wire: "chat" };
}

async function startPortkeySide(surroundings: Surroundings, upstream: string): Promise<Side> {
  const port = await freePort();
  const entry = surroundings.portkey?.entry ?? "";
  const running = surroundings.group.start("portkey", {
    file: process.execPath,
    args: [entry, `--port=${port}`, "--headless"],
    core: serverCore,
    cwd: surroundings.folder,
  });
  await untilAnswers(`http://127.0.0.1:${port}/`, running);
  const config = JSON.stringify({ provider: "openai", api_key: "bench", custom_host: `${upstream}/v1` });
  return {
    name: "portkey",
    pid: running.pid,
    output: running.output,
    port,
    model: "gpt-4o",
    wire: "chat",
    headers: { "x-portkey-config": config },
  };
}
