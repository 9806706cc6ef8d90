// `node scripts/upload-memory.ts [UPLOADS] [MEGABYTES]`: the gateway's memory while 50 clients upload 100 MB each, at a time.
// Exits with 1 at 100 MB over idle. The test of it uses smaller numbers.
import { measureUploads } from "../test/support/upload-memory.ts";

const [uploads = 50, megabytes = 100] = process.argv.slice(2).map(Number);
const MOST = 100;
const { idle, peak, received, statuses } = await measureUploads(uploads, megabytes);
const over = peak - idle;
console.log(
  `${uploads} uploads of ${megabytes} MB: ${Math.round(received / 1024 / 1024)} MB passed, ${new Set(statuses).size === 1 ? `all ${statuses[0]}` : statuses.join(" ")}`,
);
console.log(`idle ${idle.toFixed(0)} MB, peak ${peak.toFixed(0)} MB: ${over.toFixed(0)} MB over idle`);
process.exitCode = over < MOST ? 0 : 1;
