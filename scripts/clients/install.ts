// Installs a client outside the repository, in a cache folder of its own: npm packages, a Python environment or a Go
// module. A complete installation is kept, a partial one is repeated. It must never write into the repository.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../run-step.ts";
import type { Client, Packages } from "./vocabulary.ts";

/** The drivers of the SDKs. */
export const drivers: string = join(root, "scripts", "clients", "drivers");

const run = promisify(execFile);
const longest = 600_000; // milliseconds for one step of an installation

/** The folder of all clients. */
function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "understudy", "clients");
}

/** The folder of the installed client. Rejects with the installer's last output. */
export async function install({ name, packages }: Client, say: (words: string) => void): Promise<string> {
  const version = Object.values(packages.wanted)[0] ?? "0";
  const folder = join(cacheFolder(), `${packages.folder ?? name}@${version}`);
  const receipt = join(folder, "installed.json");
  const wanted = JSON.stringify([packages, packages.from === "go" ? goDrivers() : {}]);
  if (existsSync(receipt) && readFileSync(receipt, "utf8") === wanted) return folder;
  const began = Date.now();
  say(
    `installing ${Object.entries(packages.wanted)
      .map(([one, at]) => `${one} ${at}`)
      .join(", ")} from ${packages.from}`,
  );
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    await installers[packages.from](folder, packages.wanted);
  } catch (error) {
    throw new Error(`${name} could not be installed in ${folder}: ${lastWords(error)}`, { cause: error });
  }
  writeFileSync(receipt, wanted);
  say(`installed in ${Math.round((Date.now() - began) / 1000)} s`);
  return folder;
}

/** A Go driver is built where its modules are: its source by its name. */
function goDrivers(): Record<string, string> {
  const files = readdirSync(drivers).filter((file) => file.endsWith(".go"));
  return Object.fromEntries(files.map((file) => [file.slice(0, -3), readFileSync(join(drivers, file), "utf8")]));
}

type Installer = (folder: string, wanted: Packages["wanted"]) => Promise<void>;

const installers: Readonly<Record<Packages["from"], Installer>> = {
  nowhere: () => Promise.resolve(),
  async npm(folder, wanted) {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
    const names = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
    await step(folder, "npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...names]);
  },
  async pypi(folder, wanted) {
    const names = Object.entries(wanted).map(([name, version]) => `${name}==${version}`);
    await step(folder, "python3", ["-m", "venv", "venv"]);
    await step(folder, join(folder, "venv", "bin", "pip"), ["install", "--quiet", "--no-input", ...names]);
  },
  async go(folder, wanted) {
    const names = Object.entries(wanted).map(([name, version]) => `${name}@${version}`);
    await step(folder, "go", ["mod", "init", "played"]);
    await step(folder, "go", ["get", ...names]);
    for (const [name, source] of Object.entries(goDrivers())) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "main.go"), source);
    }
    await step(folder, "go", ["mod", "tidy"]);
    for (const name of Object.keys(goDrivers())) await step(folder, "go", ["build", "-o", `${name}.bin`, `./${name}`]);
  },
};

async function step(folder: string, command: string, args: readonly string[]): Promise<void> {
  await run(command, args, { cwd: folder, timeout: longest, maxBuffer: 64 * 1024 * 1024 });
}

function lastWords(error: unknown): string {
  const { stderr = "", message = String(error) } = error as { stderr?: string; message?: string };
  return stderr.trim().split("\n").slice(-8).join("\n") || message;
}

/** A command of an installation. */
export function binOf(folder: string, { from }: Packages, name: string): string {
  return from === "npm"
    ? join(folder, "node_modules", ".bin", name)
    : join(folder, from === "pypi" ? "venv/bin" : "", name);
}
