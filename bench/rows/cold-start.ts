// The row of cold starts: from the start of the process to the first 200 of /healthz.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { builtEntry, gatewayConfig, serveCommand, sourceEntry } from "../gateway.ts";
import { type Command, freePort, ProcessGroup, serverCore, untilAnswers } from "../processes.ts";
import type { Line, Row, SideName, Surroundings } from "./row.ts";

const starts = 7;

/** Seven starts of `serve` from the checkout and, if built, from the package; next to each a start of the floor. */
export const coldStartRow: Row = {
  id: "cold-start",
  title: "cold start of serve",
  needs: ["pinning"],
  run: async (surroundings) => {
    const lines = [
      await measure(surroundings, { id: "cold-start", title: "cold start of serve, sources", entry: sourceEntry }),
    ];
    if (existsSync(builtEntry))
      lines.push(
        await measure(surroundings, {
          id: "cold-start-built",
          title: "cold start of serve, built package",
          entry: builtEntry,
        }),
      );
    else lines[0] = { ...lines[0]!, notes: ["dist/ is not built here, so only the sources were started"] };
    return lines;
  },
};

async function measure(
  surroundings: Surroundings,
  what: { readonly id: string; readonly title: string; readonly entry: string },
): Promise<Line> {
  const nobody = "http://127.0.0.1:9";
  const config = gatewayConfig({ openai: nobody, gemini: nobody });
  const sides: Partial<Record<SideName, number[]>> = {};
  for (let round = 1; round <= starts; round++) {
    const port = await freePort();
    const floor = await startOnce(
      "floor",
      {
        file: process.execPath,
        args: [join(import.meta.dirname, "../floors/forward.ts"), "--upstream", nobody, "--port", String(port)],
        core: serverCore,
        cwd: surroundings.folder,
      },
      port,
    );
    (sides.floor ??= []).push(floor);
    let text = `floor ${floor.toFixed(0)} ms`;
    if (surroundings.withGateway) {
      const own = await freePort();
      const folder = join(surroundings.folder, "gateway");
      const gateway = await startOnce("gateway", serveCommand(folder, config, { port: own, entry: what.entry }), own);
      (sides.gateway ??= []).push(gateway);
      text = `gateway ${gateway.toFixed(0)} ms, ${text}`;
    }
    surroundings.say(`  start ${round}/${starts}  ${text}`);
  }
  return { id: what.id, title: what.title, unit: "ms", sides, target: { of: "value", atMost: 300 } };
}

async function startOnce(name: string, command: Command, port: number): Promise<number> {
  const group = new ProcessGroup();
  try {
    const began = performance.now();
    const running = group.start(name, command);
    await untilAnswers(`http://127.0.0.1:${port}/healthz`, running);
    return performance.now() - began;
  } finally {
    await group.stopAll();
  }
}
