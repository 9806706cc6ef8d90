// The ledger's lines in a file, appended in batches off the requests' way. A disk that is full or a file that cannot be
// opened loses lines, says so once, and fails no request (F15); memory that waits for a slow disk is bounded.
import { appendFile } from "node:fs/promises";
import type { Clock } from "../core/clock.ts";
import type { LedgerStore } from "./ledger.ts";

export interface FileStoreOptions {
  readonly file: string;
  readonly clock: Clock;
  /** Told when lines are lost, and when writing works again. */
  readonly warn: (message: string) => void;
  /** Milliseconds between two writes; 250. */
  readonly every?: number;
  /** Lines that may wait; 10,000. */
  readonly most?: number;
}

export function createFileStore(options: FileStoreOptions): LedgerStore {
  const { file, clock, warn, every = 250, most = 10_000 } = options;
  let waiting: string[] = [];
  let scheduled = false;
  let writing: Promise<void> = Promise.resolve();
  let lost = 0;
  let failing = false;
  let crowded = false;

  async function flush(): Promise<void> {
    scheduled = false;
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    // After a failure the last line may have been cut off in the middle.
    const begin = failing ? "\n" : "";
    try {
      await appendFile(file, `${begin}${batch.join("\n")}\n`, { mode: 0o600 });
      if (failing || crowded) warn(`the ledger file ${file} is written again; ${lost} lines were lost`);
      failing = false;
      crowded = false;
      lost = 0;
    } catch (error) {
      lost += batch.length;
      if (!failing)
        warn(`the ledger file ${file} cannot be written (${String(error)}); requests go on, lines are lost`);
      failing = true;
    }
  }

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    clock.after(every, () => {
      writing = writing.then(flush);
    });
  }

  return {
    append(line) {
      if (waiting.length >= most) {
        lost += 1;
        if (!failing && !crowded) warn(`the ledger file ${file} is too slow; requests go on, lines are lost`);
        crowded = true;
        return;
      }
      waiting.push(line);
      schedule();
    },
    async close() {
      writing = writing.then(flush);
      await writing;
    },
  };
}
