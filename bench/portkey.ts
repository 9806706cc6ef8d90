// Portkey's published gateway, installed from npm into a folder of its own outside the repository, for --peers.
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Portkey } from "./rows/row.ts";

const packageName = "@portkey-ai/gateway";

// With @hono/node-server 1.19, which a usual installation gets, version 1.15.2 answers every stream with a 500
// ("TypeError: immutable", it appends to the headers of a fetched response). An older version makes the comparison
// fair.
const overrides = { "@hono/node-server": "1.13.8" };

/** Installs it. Throws with npm's output if that fails. */
export async function installPortkey(folder: string): Promise<Portkey> {
  await mkdir(folder, { recursive: true });
  const manifest = { private: true, dependencies: { [packageName]: "1.x" }, overrides };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
  await promisify(execFile)("npm", args, { cwd: folder, timeout: 300_000 });
  const home = join(folder, "node_modules", packageName);
  const entry = join(home, "build/start-server.js");
  if (!existsSync(entry)) throw new Error(`${packageName} came without build/start-server.js`);
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  return { entry, version };
}
