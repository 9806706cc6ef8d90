// Debian's Chromium, driven by Playwright; nothing is downloaded. Without it, its tests are skipped with a message. No
// wait on a page is endless: after some seconds it fails and says what was missing.
import { existsSync } from "node:fs";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";

const launchTimeoutMs = 20_000;
const waitTimeoutMs = 8_000;

const paths = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The browser's path, or null. */
export const chromiumPath: string | null = paths.find((path) => path !== undefined && existsSync(path)) ?? null;

/** A page of its own (no shared cookies or cache), which records all problems in its console. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** Errors in the console, uncaught exceptions, and requests that got no answer. */
  readonly problems: readonly string[];
}

/** Opens Chromium without a window. Rejects within 20 s if it does not start. */
export function openBrowser({ args = [] }: { readonly args?: readonly string[] } = {}): Promise<Browser> {
  if (chromiumPath === null) throw new Error("no Chromium: install Debian's package chromium, or set CHROMIUM_PATH");
  // Playwright itself adds a new profile, --headless, and --no-sandbox (which a root user's Chromium needs).
  return chromium.launch({
    executablePath: chromiumPath,
    timeout: launchTimeoutMs,
    args: ["--disable-gpu", "--disable-quic", "--disable-sync", ...args],
  });
}

/** Opens a tab of 1440 x 900 pixels unless `options` set another size; `await using` closes it. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(waitTimeoutMs);
  context.setDefaultNavigationTimeout(waitTimeoutMs);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  return {
    page,
    problems,
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}
