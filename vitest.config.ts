// How the tests run: "unit" stands beside the code, "end-to-end" goes through real sockets and a real browser.
// No test file may keep module state, so files share their worker (isolate: false), which is several times faster.
import { defineConfig, type ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = defineConfig({
  test: {
    environment: "node",
    isolate: false,
    pool: "threads",
    maxWorkers: 2,
    setupFiles: ["test/support/fixed-seed.ts"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["src/**/*.test.ts", "bench/**/*.test.ts"],
          testTimeout: 10_000,
          hookTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: { name: "end-to-end", include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 120_000 },
      },
    ],
  },
});

// Vite reads its configuration from the default export; nothing else in this repository has one.
export default config;
