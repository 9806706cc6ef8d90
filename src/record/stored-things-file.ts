// The ids of stored things in a file beside the ledger, so that a restart forgets none of the latest ones. It is written as a
// whole, in the background, and put in the place of the older one at once: a crash leaves the one or the other. It holds
// ids, providers' names and keys' labels, never a key.
import { readFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";
import type { StoredThing, StoredThingStore } from "../core/stored-thing.ts";

export interface StoredThingsFileOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Called once when it cannot be read or written. */
  readonly warn: (message: string) => void;
  /** Milliseconds between a change and the next writing; 1,000. */
  readonly every?: number;
  /** Entries; 10,000, which is about 1 MB. */
  readonly most?: number;
}

type Entry = readonly [id: string, thing: StoredThing];

const MOST_BYTES = 16 * 1_048_576;

export function openStoredThingsFile({
  file,
  clock,
  warn,
  every = 1_000,
  most = 10_000,
}: StoredThingsFileOptions): StoredThingStore {
  let unwritten: (() => Iterable<Entry>) | null = null;
  let writing: Promise<void> = Promise.resolve();
  let isScheduled = false;
  let failing = false;

  function complain(action: string, error: unknown): void {
    if (!failing) warn(`cannot ${action} ${file} (${String(error)}); a restart forgets which provider stores what`);
    failing = true;
  }

  async function write(): Promise<void> {
    isScheduled = false;
    const all = unwritten;
    unwritten = null;
    if (all === null) return;
    try {
      const temporary = `${file}.new`;
      await writeFile(temporary, textOf(all(), most), { mode: 0o600 });
      await rename(temporary, file);
      failing = false;
    } catch (error) {
      complain("write", error);
    }
  }

  return {
    load() {
      try {
        return readEntries(readFileSync(file, "utf8")).slice(-most);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") complain("read", error);
        return [];
      }
    },
    changed(all) {
      unwritten = all;
      if (isScheduled) return;
      isScheduled = true;
      clock.after(every, () => void (writing = writing.then(write)), "background");
    },
    async close() {
      await (writing = writing.then(write));
    },
  };
}

/** One entry a line, the oldest first. */
function textOf(newestFirst: Iterable<Entry>, most: number): string {
  const lines: string[] = [];
  for (const entry of newestFirst) {
    if (lines.length >= most) break;
    lines.push(JSON.stringify(entry));
  }
  return lines.toReversed().join("\n");
}

/** Lines that are none are left out. */
function readEntries(text: string): readonly Entry[] {
  if (text.length > MOST_BYTES) throw new RangeError("it is too large");
  return text.split("\n").flatMap((line) => {
    const entry = line === "" ? null : entryIn(line);
    return entry === null ? [] : [entry];
  });
}

function entryIn(line: string): Entry | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return null;
  }
  if (!Array.isArray(parsed)) return null;
  const [id, about] = parsed as readonly unknown[];
  if (typeof id !== "string" || id === "" || typeof about !== "object" || about === null) return null;
  const thing: { readonly provider?: unknown; readonly key?: unknown } = about;
  if (typeof thing.provider !== "string") return null;
  const { index, label } = (thing.key ?? {}) as { readonly index?: unknown; readonly label?: unknown };
  const key = typeof index === "number" && typeof label === "string" ? { index, label } : null;
  return [id, { provider: thing.provider, key }];
}
