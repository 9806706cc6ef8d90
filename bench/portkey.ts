// Portkey's published gateway, installed from npm into a folder of its own outside the repository, for --peers.
import { existsSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Portkey } from "./rows/row.ts";

const packageName = "@portkey-ai/gateway";

/** Installs it. Throws with npm's words when that is not possible here. */
export async function installPortkey(folder: string): Promise<Portkey> {
  await mkdir(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--no-audit", "--no-fund", "--ignore-scripts", packageName];
  await promisify(execFile)("npm", args, { cwd: folder, timeout: 300_000 });
  const home = join(folder, "node_modules", packageName);
  const entry = join(home, "build/start-server.js");
  if (!existsSync(entry)) throw new Error(`${packageName} came without build/start-server.js`);
  const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
  return { entry, version };
}
