// The lock file must serve every platform and name no registry: npm leaves platform packages out in silence when the
// registry at hand lacks them, and `npm ci` then fails on another machine. It reads the lock file only, never the network.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

type Locked = {
  version?: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
};

const lock = JSON.parse(readFileSync(join(import.meta.dirname, "..", "package-lock.json"), "utf8")) as {
  packages: Record<string, Locked>;
};
const installed = Object.entries(lock.packages).filter(([path]) => path !== "");

/** Finds the package that `name` means at `path`, looking upwards through node_modules as Node does. */
const find = (path: string, name: string): Locked | undefined => {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    const found = lock.packages[`${at === "" ? "" : `${at}/`}node_modules/${name}`];
    if (found !== undefined) return found;
    if (at === "" || !at.includes("node_modules/")) return undefined;
    if (!at.includes("/node_modules/")) at = "";
    if (at === "") return lock.packages[`node_modules/${name}`];
  }
};

test("every package that a platform may need is locked", () => {
  const missing = installed.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => find(path, name) === undefined)
      .map((name) => `${name} (wanted by ${path})`),
  );
  expect(missing).toEqual([]);
});

test("every package has a checksum and none names the registry it came from", () => {
  expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  expect(installed.filter(([, { integrity }]) => integrity === undefined).map(([path]) => path)).toEqual([]);
});
