// What a person does at the example's page, and what they can read there. The tests and the pictures share it.
// It finds everything by what the page calls it (data-testid), never by its looks.
import type { Locator, Page } from "playwright-core";

export type Vendor = "google" | "openai";
export type Switch = "healthy" | "down" | "rate-limited" | "silent" | "dies-mid-answer";

const endings = ["done", "interrupted", "failed", "stopped"];

/** An answer that has ended, as the chat and the timeline show it. */
export interface Outcome {
  /** `done`, `interrupted`, `failed` or `stopped`. */
  readonly state: string;
  readonly text: string;
  /** `google/gemini-2.5-flash`, or null where nobody answered. */
  readonly servedBy: string | null;
  /** One for each row of the timeline's newest entry, such as `google/gemini-2.5-flash rate_limited`. */
  readonly attempts: readonly string[];
  /** The same rows as they read, such as `Gemini 2.5 Flash · rate limited 429`. */
  readonly rows: readonly string[];
  /** The entry's last words, such as `served by GPT-4o`. */
  readonly verdict: string;
  /** What the chat says of an answer that is not whole; empty otherwise. */
  readonly error: string;
}

/** Opens the page and waits until it knows whether its vendors are `simulated` or `real`. */
export async function visit(page: Page, url: string, mode: "simulated" | "real"): Promise<void> {
  await page.goto(url);
  await page.locator(`[data-testid=banner][data-mode=${mode}]`).waitFor();
}

export async function flip(page: Page, vendor: Vendor, fault: Switch): Promise<void> {
  await page.getByTestId(`vendor-${vendor}-fault-${fault}`).check();
  await page.locator(`[data-testid=vendor-${vendor}][data-fault=${fault}]`).waitFor();
}

export async function say(page: Page, question: string): Promise<void> {
  await page.getByTestId("prompt").fill(question);
  await page.getByTestId("send").click();
}

/** Waits until the newest answer shows at least one word. */
export async function waitForWords(page: Page): Promise<void> {
  await page.locator("[data-testid=message-assistant]:last-child[data-state=streaming]").waitFor();
}

/** Waits for the end of the newest answer, whatever it is, and reads what the page says of it. */
export async function readOutcome(page: Page): Promise<Outcome> {
  const ended = endings.map((state) => `[data-state=${state}]`).join(",");
  const answer = page.locator(`[data-testid=message-assistant]:last-child:is(${ended})`);
  await answer.waitFor();
  const state = (await answer.getAttribute("data-state")) ?? "";
  const entry = page.locator(`[data-testid=timeline-entry]:first-child[data-phase=${state}]`);
  await entry.waitFor();
  const rows = await entry.getByTestId("attempt").all();
  const served = answer.getByTestId("served-by");
  return {
    state,
    text: await answer.getByTestId("message-text").innerText(),
    servedBy: (await served.count()) > 0 ? await served.getAttribute("data-target") : null,
    attempts: await Promise.all(rows.map(async (row) => `${await read(row, "target")} ${await read(row, "verdict")}`)),
    rows: await Promise.all(rows.map(readRow)),
    verdict: await textOf(entry.getByTestId("outcome")),
    error: await textOf(answer.getByTestId("answer-error")),
  };
}

export async function ask(page: Page, question: string): Promise<Outcome> {
  await say(page, question);
  return readOutcome(page);
}

export async function tryAgain(page: Page): Promise<Outcome> {
  await page.getByTestId("try-again").last().click();
  return readOutcome(page);
}

function read(row: Locator, name: string): Promise<string | null> {
  return row.getAttribute(`data-${name}`);
}

async function readRow(row: Locator): Promise<string> {
  const words = await row.getByTestId("attempt-words").innerText();
  return `${await row.locator(".name").innerText()} · ${words.replace(/\s+/gu, " ").trim()}`;
}

async function textOf(locator: Locator): Promise<string> {
  return (await locator.count()) > 0 ? (await locator.innerText()).replace(/\s+/gu, " ").trim() : "";
}
