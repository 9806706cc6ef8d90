// Uploads at the same time leave the gateway's memory flat. `node scripts/upload-memory.ts` measures fifty of 100 MB.
import { expect, test } from "vitest";
import { measureUploads } from "../support/upload-memory.ts";

test("ten uploads of 12 MB at a time take less than 60 MB over idle", { timeout: 60_000 }, async () => {
  const { idle, peak, received, statuses } = await measureUploads(10, 12);
  expect(statuses).toEqual(Array.from({ length: 10 }, () => 200));
  expect(received).toBeGreaterThan(10 * 12 * 1024 * 1024);
  // 10 MB are held; the rest is the sockets' and the collector's.
  expect(peak - idle).toBeLessThan(60);
});
