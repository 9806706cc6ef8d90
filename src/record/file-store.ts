// Appends the ledger's lines to a file in batches, off the request path. A full disk or an unwritable file loses lines,
// warns once, and fails no request (F15). The memory that waits for a slow disk is bounded, and so is the file: a full one
// is moved aside, in place of the older one.
import { appendFile, mkdir, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { LedgerStore } from "./ledger.ts";

export interface FileStoreOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Called when lines are lost, and when writing works again. */
  readonly warn: (message: string) => void;
  /** Milliseconds between two writes; 250. */
  readonly every?: number;
  /** Lines that may wait; 10,000. */
  readonly most?: number;
  /** Bytes of the file; a larger one becomes `FILE.1` before the next lines. Default: no limit. */
  readonly maxSize?: number;
  /** Makes the file's folder if it is missing, for this user alone. */
  readonly makesFolder?: boolean;
}

const LINE_END = Buffer.from("\n");
const CHUNK = 64 * 1024;

/** Waiting lines, as bytes: the garbage collector would copy strings until they are written. */
class Batch {
  lines = 0;
  readonly #full: Uint8Array[] = [];
  #chunk: Buffer | null = null;
  #filled = 0;

  add(line: string): void {
    this.lines += 1;
    // A UTF-16 unit takes at most three bytes.
    const neededBytes = line.length * 3 + 1;
    if (this.#chunk === null || this.#filled + neededBytes > this.#chunk.length) this.#turn(neededBytes);
    const chunk = this.#chunk;
    if (chunk === null) return;
    this.#filled += chunk.write(line, this.#filled, "utf8");
    this.#filled = chunk.writeUInt8(10, this.#filled);
  }

  chunks(): Uint8Array[] {
    return this.#chunk === null ? this.#full : [...this.#full, this.#chunk.subarray(0, this.#filled)];
  }

  #turn(neededBytes: number): void {
    if (this.#chunk !== null) this.#full.push(this.#chunk.subarray(0, this.#filled));
    this.#chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, neededBytes));
    this.#filled = 0;
  }
}

/** The file, its folder and its size. */
class BoundedFile {
  readonly #file: string;
  readonly #maxSize: number;
  readonly #makesFolder: boolean;
  /** Null: not known, look. */
  #size: number | null = null;

  constructor({ file, maxSize = Infinity, makesFolder = false }: FileStoreOptions) {
    this.#file = file;
    this.#maxSize = maxSize;
    this.#makesFolder = makesFolder;
  }

  async append(bytes: Uint8Array): Promise<void> {
    // Looked up again near the limit: somebody else may have moved the file.
    if (this.#size === null || this.#size + bytes.length > this.#maxSize) await this.#makeRoom(bytes.length);
    try {
      await this.#write(bytes);
    } catch (error) {
      this.#size = null;
      throw error;
    }
    this.#size = (this.#size ?? 0) + bytes.length;
  }

  async #makeRoom(needed: number): Promise<void> {
    const stats = await stat(this.#file).catch(() => null);
    this.#size = stats?.size ?? 0;
    // A pipe or a terminal has no size, and cannot be moved.
    if (stats === null || !stats.isFile() || this.#size === 0 || this.#size + needed <= this.#maxSize) return;
    await rename(this.#file, `${this.#file}.1`);
    this.#size = 0;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    try {
      await appendFile(this.#file, bytes, { mode: 0o600 });
    } catch (error) {
      if (!this.#makesFolder || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      await appendFile(this.#file, bytes, { mode: 0o600 });
    }
  }
}

export function createFileStore(options: FileStoreOptions): LedgerStore {
  const { file, clock, warn, every = 250, most = 10_000 } = options;
  const target = new BoundedFile(options);
  let waiting = new Batch();
  let scheduled = false;
  let lostLines = 0;
  let failing = false;
  let crowded = false;

  // At once, so that a place that cannot be written is known at the start.
  let writing: Promise<void> = write(new Batch());

  async function flush(): Promise<void> {
    scheduled = false;
    const batch = waiting;
    if (batch.lines === 0) return;
    waiting = new Batch();
    await write(batch);
  }

  async function write(batch: Batch): Promise<void> {
    // After a failure, the last line may be incomplete.
    const begin = failing ? [LINE_END] : [];
    try {
      await target.append(Buffer.concat([...begin, ...batch.chunks()]));
      if (failing || crowded) warn(`the ledger file ${file} can be written again; ${lostLines} lines were lost`);
      failing = false;
      crowded = false;
      lostLines = 0;
    } catch (error) {
      lostLines += batch.lines;
      if (!failing)
        warn(`cannot write the ledger file ${file} (${String(error)}); requests continue, ledger lines are lost`);
      failing = true;
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    clock.after(
      every,
      () => {
        writing = writing.then(flush);
      },
      "background",
    );
  }

  return {
    append(line) {
      if (waiting.lines >= most) {
        lostLines += 1;
        if (!failing && !crowded)
          warn(`writing the ledger file ${file} is too slow; requests continue, ledger lines are lost`);
        crowded = true;
        return;
      }
      waiting.add(line);
      schedule();
    },
    async close() {
      writing = writing.then(flush);
      await writing;
    },
  };
}
