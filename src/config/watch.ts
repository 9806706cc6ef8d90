// Hot reload: watches the folder of a configuration, since editors replace files by renaming, and loads the file after a
// short pause without changes. A bad or empty file is refused with its reason, and the previous configuration stays. It
// never loads twice at the same time, so the last state of the file always wins.
import { realpathSync, watch, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import type { Cancel, Clock } from "../core/clock.ts";

export interface WatchOptions<Value> {
  readonly path: string;
  readonly clock: Clock;
  readonly load: () => Promise<Value>;
  /** The file changed and is valid: replace all rules. */
  readonly onLoad: (value: Value) => void;
  /** The file changed and is invalid, or can no longer be watched. */
  readonly onRefuse: (reason: Error) => void;
  /** How long the file must not change, in milliseconds. Default 100. */
  readonly quiet?: number;
}

export interface Watch {
  /** Loads now, for a signal; resolves when done. Never rejects. */
  reload(): Promise<void>;
  close(): void;
}

/** A file that is just being written, or whose disk was full: it must not remove all routes. */
const refuseEmpty = async (path: string): Promise<void> => {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => null, // Loading it reports the reason.
  );
  if (size === 0) throw new Error(`${path}  is empty. To remove all routes, write: routes: {}`);
};

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));

/** The file that a symbolic link leads to now; null if the path is no link. */
const behindLink = (path: string): string | null => {
  try {
    const real = realpathSync(path);
    return real === resolve(path) ? null : real;
  } catch {
    return null;
  }
};

/** Starts to watch. Does not keep the process alive. */
export const watchConfig = <Value>(options: WatchOptions<Value>): Watch => {
  const name = basename(options.path);
  let pending: Cancel | null = null;
  let running: Promise<void> = Promise.resolve();
  let closed = false;

  const load = async (): Promise<void> => {
    if (closed) return;
    try {
      await refuseEmpty(options.path);
      const value = await options.load();
      if (!closed) options.onLoad(value);
    } catch (reason) {
      if (!closed) options.onRefuse(asError(reason));
    }
  };
  const reload = (): Promise<void> => {
    running = running.then(load);
    return running;
  };
  const watchFolder = (folder: string, names: readonly string[]): FSWatcher => {
    const watcher = watch(folder, { persistent: false }, (_, changed) => {
      // Null comes from a platform that does not name the file.
      if (changed !== null && !names.includes(changed)) return;
      pending?.();
      pending = options.clock.after(options.quiet ?? 100, () => void reload(), "background");
    });
    return watcher.on("error", (reason) => options.onRefuse(asError(reason)));
  };
  // A mounted ConfigMap replaces `..data`.
  const watchers = [watchFolder(dirname(options.path), [name, "..data"])];
  const real = behindLink(options.path);
  if (real !== null) watchers.push(watchFolder(dirname(real), [basename(real)]));

  return {
    reload,
    close: () => {
      closed = true;
      pending?.();
      for (const watcher of watchers) watcher.close();
    },
  };
};
