// The path of a gateway's operator socket: in a folder that only this user can enter, named after the gateway's port. A
// folder that another user made, or can write to, is never used.
import { lstat, mkdir, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder of this user's sockets; null if the system has no users (and no modes). */
const folderOf = (environment: Environment): string | null => {
  const user = process.getuid?.();
  if (user === undefined) return null;
  const runtime = environment["XDG_RUNTIME_DIR"];
  return runtime === undefined || runtime === "" ? join(tmpdir(), `understudy-${user}`) : join(runtime, "understudy");
};

/** The socket of the gateway on `port`; null if the system has none. */
export const socketPath = (environment: Environment, port: number): string | null => {
  const folder = folderOf(environment);
  return folder === null ? null : join(folder, `${port}.sock`);
};

/** The ports of this user's gateways by their sockets, and the folder; some may have been left behind. */
export const findSockets = async (
  environment: Environment,
): Promise<{ readonly folder: string; readonly ports: readonly number[] } | null> => {
  const folder = folderOf(environment);
  if (folder === null) return null;
  const names = (await isOurs(folder)) ? await readdir(folder) : [];
  const ports = names.flatMap((name) => (/^\d+\.sock$/.test(name) ? [Number.parseInt(name, 10)] : []));
  return { folder, ports: ports.toSorted((one, other) => one - other) };
};

/** Whether only this user can access the folder. */
export const isOurs = async (folder: string): Promise<boolean> => {
  const stats = await lstat(folder).catch(() => null);
  return stats !== null && stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o077) === 0;
};

/** Creates the folder if it is missing. False if it is not safe to use. */
export const makeFolder = async (folder: string): Promise<boolean> => {
  await mkdir(folder, { mode: 0o700, recursive: true }).catch(() => undefined);
  return isOurs(folder);
};
