// Takes the README's pictures of the example's page again: the real demonstration on free ports, used by a script in
// Chromium. Gemini answers, then breaks off and is continued, then is down, and GPT-4o is in the middle of its answer.
// Run: npm run pictures
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Page } from "playwright-core";
import { ask, flip, say, visit } from "../test/browser/person.ts";
import { openBrowser, openTab } from "../test/support/browser.ts";
import { root } from "./run-step.ts";

const folder = join(root, "docs", "pictures");
const startTimeoutMs = 15_000;

interface Demonstration extends AsyncDisposable {
  readonly page: string;
  readonly simulator: string;
}

/** Starts `understudy demo` without a `.env` and without keys, so that the vendors are simulated. */
const startDemonstration = async (): Promise<Demonstration> => {
  const directory = await mkdtemp(join(tmpdir(), "understudy-pictures-"));
  const command = [join(root, "src", "cli", "main.ts"), "demo", "--port", "0", "--app-port", "0"];
  const child = spawn(process.execPath, command, {
    cwd: directory,
    env: { PATH: process.env["PATH"] },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const stop = async (): Promise<void> => {
    child.kill();
    await ended;
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { ...(await readAddresses(child)), [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const readAddresses = async (
  child: ChildProcessByStdio<null, Readable, null>,
): Promise<{ page: string; simulator: string }> => {
  const timer = setTimeout(() => child.kill(), startTimeoutMs);
  const found = new Map<string, string>();
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const [, name, url] = /^\s*(Application|Simulator)\s+(\S+)/u.exec(line) ?? [];
      if (name !== undefined && url !== undefined) found.set(name, url);
      const [page, simulator] = [found.get("Application"), found.get("Simulator")];
      if (page !== undefined && simulator !== undefined) return { page, simulator };
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error("The demonstration ended before it told its addresses.");
};

/** GPT-4o answers slowly, so that both pictures show the middle of the same answer. */
const slowDown = async (simulator: string): Promise<void> => {
  const body = JSON.stringify({ vendor: "openai", firstTokenMs: 350, tokensPerSecond: 25 });
  const response = await fetch(`${simulator}/pace`, { method: "PUT", body });
  if (!response.ok) throw new Error(`The simulator answered ${response.status}: ${await response.text()}`);
};

const play = async (page: Page, simulator: string): Promise<void> => {
  await slowDown(simulator);
  await ask(page, "Why does a theatre keep an understudy?");
  await flip(page, "google", "dies-mid-answer");
  await ask(page, "Explain a circuit breaker in three sentences");
  await flip(page, "google", "down");
  await say(page, "Show me a fetch with a timeout in JavaScript");
  await page.mouse.move(0, 0);
  // Some words after the code: most of the answer is there, and more will come.
  await page
    .locator("[data-testid=message-assistant]:last-child[data-state=streaming] pre + p > code")
    .first()
    .waitFor();
};

const takePictures = async (): Promise<void> => {
  await mkdir(folder, { recursive: true });
  await using demonstration = await startDemonstration();
  await using stack = new AsyncDisposableStack();
  const browser = stack.adopt(await openBrowser(), (opened) => opened.close());
  const { page } = stack.use(await openTab(browser, { reducedMotion: "reduce", colorScheme: "light" }));
  await visit(page, demonstration.page, "simulated");
  await play(page, demonstration.simulator);
  for (const colorScheme of ["light", "dark"] as const) {
    const path = join(folder, `example-${colorScheme}.png`);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.screenshot({ path });
    console.log(`${path}: ${Math.round((await stat(path)).size / 1024)} kB`);
  }
};

await takePictures();
