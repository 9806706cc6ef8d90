// Appends the ledger's lines to a file in batches, off the request path. A full disk or an unwritable file loses lines,
// warns once, and fails no request (F15). The memory that waits for a slow disk is bounded.
import { appendFile } from "node:fs/promises";
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

export function createFileStore(options: FileStoreOptions): LedgerStore {
  const { file, clock, warn, every = 250, most = 10_000 } = options;
  let waiting = new Batch();
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();
  let lostLines = 0;
  let failing = false;
  let crowded = false;

  async function flush(): Promise<void> {
    scheduled = false;
    const batch = waiting;
    if (batch.lines === 0) return;
    waiting = new Batch();
    // After a failure, the last line may be incomplete.
    const begin = failing ? [LINE_END] : [];
    try {
      await appendFile(file, Buffer.concat([...begin, ...batch.chunks()]), { mode: 0o600 });
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
