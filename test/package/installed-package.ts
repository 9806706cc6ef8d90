// The package as its users get it: packed from the working tree, installed from the tarball into an empty project, and
// run by the versions of Node that it promises to run on. Everything happens in one temporary folder outside the
// repository, which the tests remove. Where the registry cannot be reached it says so instead of failing.
import { access, cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { runChild, tell, type Ended } from "../support/children.ts";

const root = join(import.meta.dirname, "..", "..");

/** What the package is made of and with; `files` in package.json decides what of it is shipped. */
const SOURCES = ["src", "scripts", "package.json", "tsconfig.json", "tsconfig.build.json", ".npmrc"];
const PAPERS = ["README.md", "LICENSE", "CHANGELOG.md"];

/** Lines of Node beside the one that the repository brings: the newest of each is asked for. 20 is too old. */
const OLDER_NODES = ["20", "22", "24"] as const;

export type NodeLine = (typeof OLDER_NODES)[number] | "26";

export interface InstalledPackage {
  /** The empty project that depends on the tarball alone. */
  readonly project: string;
  readonly tarball: string;
  /** The environment of a user who has that Node and nothing of this repository. */
  environment(line: NodeLine): Record<string, string>;
  remove(): Promise<void>;
}

/** The registry could not be reached: nothing can be said about the package. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

const NETWORK =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT|FETCH_ERROR|EPROTO)\b/;

/** The same without this repository's binaries, the test runner's marks, keys, and npm's account of the script it runs. */
function cleanEnvironment(): Record<string, string> {
  const keep =
    /^(path|home|user|lang|tmpdir|temp|tmp|systemroot|appdata|localappdata|https?_proxy|no_proxy|ssl_cert_file|node_extra_ca_certs)$|^npm_config_(?!local_prefix|global_prefix|prefix)/i;
  const kept = Object.entries(process.env).filter(([name, value]) => keep.test(name) && value !== undefined);
  const path = (process.env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => !folder.startsWith(join(root, "node_modules")));
  return { ...(Object.fromEntries(kept) as Record<string, string>), PATH: path.join(delimiter) };
}

const withNode = (folder: string): Record<string, string> => {
  const environment = cleanEnvironment();
  return { ...environment, PATH: [folder, environment["PATH"]].join(delimiter) };
};

/** Node of the repository, for npm as well: the machine's own may be too old to build. */
const ownNode = join(root, "node_modules", "node", "bin");

async function npm(words: readonly string[], cwd: string): Promise<Ended> {
  const where = { cwd, env: { ...withNode(ownNode), NODE_ENV: "production" }, limitMs: 50_000 };
  const ended = await runChild("npm", [...words, "--loglevel=error", "--no-update-notifier"], where);
  const what = `npm ${words.join(" ")}`;
  if (ended.cut) throw new Unreachable(`${what} took longer than ${where.limitMs / 1000} s`);
  if (ended.code !== 0 && NETWORK.test(ended.error)) throw new Unreachable(`${what}: ${tell(ended)}`);
  if (ended.code !== 0) throw new Error(`${what} ended with ${ended.code}: ${tell(ended)}`);
  return ended;
}

/** What is in npm's cache is taken from there; a registry that does not answer is given up soon. */
const INSTALL = ["--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-retry-mintimeout=500"];

const install = (packages: readonly string[], cwd: string): Promise<Ended> =>
  npm(["install", ...INSTALL, ...packages], cwd);

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Builds and packs a copy of the working tree, so that a build of this repository under way is not disturbed. */
async function pack(folder: string): Promise<string> {
  const copy = join(folder, "source");
  for (const name of SOURCES) await cp(join(root, name), join(copy, name), { recursive: true });
  for (const name of PAPERS) if (await exists(join(root, name))) await cp(join(root, name), join(copy, name));
  await symlink(join(root, "node_modules"), join(copy, "node_modules"));
  const { out } = await npm(["pack", "--json", "--pack-destination", folder], copy);
  const name = /"filename": *"([^"]+)"/.exec(out)?.[1];
  if (name === undefined) throw new Error(`npm pack named no file: ${out}`);
  return join(folder, name);
}

/** The platform's package that the npm package `node` would fetch by a script, fetched without one. */
async function installNodes(folder: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `${platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node"}-${platform}-${process.arch}`;
  await install(
    OLDER_NODES.map((line) => `node-${line}@npm:${name}@${line}`),
    folder,
  );
}

async function installTarball(tarball: string, project: string): Promise<void> {
  await mkdir(project);
  await writeFile(join(project, "package.json"), '{ "name": "empty", "private": true, "type": "module" }\n');
  await install([tarball], project);
}

/** Packs and installs. Throws Unreachable where the registry is. */
export async function installPackage(): Promise<InstalledPackage> {
  // Real, since npm and tsc compare paths and a temporary folder may be a link.
  const folder = await realpath(await mkdtemp(join(tmpdir(), "understudy-package-")));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const nodes = join(folder, "nodes");
  const project = join(folder, "project");
  const packed = pack(folder).then(async (tarball) => {
    await installTarball(tarball, project);
    return tarball;
  });
  const [tarball, noded] = await Promise.allSettled([packed, installNodes(nodes)]);
  if (tarball.status === "rejected" || noded.status === "rejected") {
    await remove();
    throw tarball.status === "rejected" ? tarball.reason : (noded as PromiseRejectedResult).reason;
  }
  const binaries = (line: NodeLine): string =>
    line === "26" ? ownNode : join(nodes, "node_modules", `node-${line}`, process.platform === "win32" ? "." : "bin");
  return { project, tarball: tarball.value, environment: (line) => withNode(binaries(line)), remove };
}

/** The repository's own tool of that name, to look at the package with. */
export const tool = (name: string): string => join(dirname(ownNode), "..", ".bin", name);

/** Lets the project import one of this repository's packages, as if it had installed it. */
export async function lend(name: string, project: string): Promise<void> {
  const link = join(project, "node_modules", name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(join(root, "node_modules", name), link);
}
