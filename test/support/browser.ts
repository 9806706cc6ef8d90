// Debian's Chromium, driven by Playwright; nothing is downloaded. Where it is missing, its tests say so and are skipped.
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const paths = [
  process.env["CHROMIUM_PATH"],
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The browser's path, or null. */
export const chromiumPath: string | null = paths.find((path) => path !== undefined && existsSync(path)) ?? null;

export function openBrowser(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("no Chromium: install Debian's package chromium, or set CHROMIUM_PATH");
  return chromium.launch({
    executablePath: chromiumPath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
