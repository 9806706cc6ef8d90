// A gateway in a process of its own, whose memory a test can read: `node --expose-gc passing-gateway.ts BASE_URL`. It sends its
// URL first; then it answers `idle` with its resident memory after a collection, and `peak` with the largest since then.
import { createGateway } from "../../src/index.ts";

const [, , baseUrl = ""] = process.argv;
const gateway = createGateway(
  { providers: { one: { kind: "openai-compatible", base_url: baseUrl, api_key: "key-one" } }, ledger: "off" },
  { environment: {}, warn: () => {}, log: () => {} },
);
let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 20).unref();
process.on("message", (question) => {
  if (question === "idle") {
    globalThis.gc?.();
    peak = process.memoryUsage.rss();
  }
  process.send?.(peak);
});
process.on("disconnect", () => process.exit(0));
const { url } = await gateway.listen({ port: 0 });
process.send?.(url);
