// A person at the example's page: asks, breaks Gemini in each of four ways, and sees GPT-4o answer.
// With UNDERSTUDY_PICTURES set to a folder, the pictures of the README are taken on the way.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApplication } from "../support/application.ts";
import { chromiumPath, openBrowser } from "../support/browser.ts";
import { openStage, type Stage } from "../support/stage.ts";

const pictures = process.env["UNDERSTUDY_PICTURES"];
if (chromiumPath === null)
  process.stderr.write("The browser tests are skipped: install Debian's package chromium, or set CHROMIUM_PATH.\n");

async function setFault(page: Page, vendor: string, fault: string): Promise<void> {
  await page.getByTestId(`vendor-${vendor}-fault-${fault}`).check({ force: true });
  await page.locator(`[data-testid=vendor-${vendor}][data-fault=${fault}]`).waitFor();
}

/** Asks, and waits for what came of it: the state of the answer and the finished entry of the timeline. */
async function askPage(
  page: Page,
  question: string,
  state: string,
): Promise<{ text: string; attempts: string[]; outcome: string }> {
  const before = await page.getByTestId("message-assistant").count();
  await page.getByTestId("prompt").fill(question);
  await page.getByTestId("send").click();
  const answer = page.getByTestId("message-assistant").nth(before);
  await page.locator(`[data-testid=message-assistant][data-state=${state}]`).nth(0).waitFor();
  await expect.poll(() => answer.getAttribute("data-state"), { timeout: 20_000 }).toBe(state);
  const entry = page.getByTestId("timeline-entry").first();
  await expect.poll(() => entry.getAttribute("data-phase"), { timeout: 5_000 }).toBe(state);
  const attempts: string[] = [];
  for (const attempt of await entry.getByTestId("attempt").all()) {
    attempts.push(`${await attempt.getAttribute("data-target")} ${await attempt.getAttribute("data-verdict")}`);
  }
  return {
    text: await answer.getByTestId("message-text").innerText(),
    attempts,
    outcome: await entry.getByTestId("outcome").innerText(),
  };
}

describe.skipIf(chromiumPath === null)("the example's page", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  async function open(
    stage: Stage,
    file: string,
  ): Promise<{ page: Page; application: AsyncDisposable; problems: string[] }> {
    const { google, openai } = stage.simulator.vendors;
    const application = await startApplication(file, {
      UNDERSTUDY_URL: `${stage.url}/v1`,
      UNDERSTUDY_SIMULATOR_URL: stage.simulator.controlUrl,
      GEMINI_API_KEY: "google-key",
      OPENAI_API_KEY: "openai-key",
      GOOGLE_BASE_URL: google.baseUrl,
      OPENAI_BASE_URL: openai.baseUrl,
    });
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, deviceScaleFactor: 1 });
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
    await page.goto(application.url);
    await page.locator("[data-testid=banner][data-mode=simulated]").waitFor();
    return { page, application, problems };
  }

  test.each(["app.ts", "app-portkey.ts"])("%s: Gemini answers, and when it is broken GPT-4o does", async (file) => {
    await using stage = await openStage();
    const { page, application, problems } = await open(stage, file);
    await using _ = application;
    stage.simulator.setPace("google", { firstTokenMs: 120, tokensPerSecond: 200 });
    stage.simulator.setPace("openai", { firstTokenMs: 160, tokensPerSecond: 200 });

    const healthy = await askPage(page, "Show me a fetch in JavaScript.", "done");
    expect(healthy.text).toMatch(/\w{3}/u);
    expect(healthy.attempts).toEqual(["google/gemini-2.5-flash ok"]);

    await setFault(page, "google", "down");
    const down = await askPage(page, "Why does a theatre keep an understudy?", "done");
    expect(down.text).toMatch(/\w{3}/u);
    expect(down.attempts[0]).toBe("google/gemini-2.5-flash overloaded");
    expect(down.attempts.at(-1)).toBe("openai/gpt-4o ok");
    if (pictures !== undefined && file === "app.ts") await page.screenshot({ path: `${pictures}/example.png` });
    expect(problems).toEqual([]);
  });

  test("rate limited, silent, and dying in mid-answer", async () => {
    await using stage = await openStage();
    const { page, application } = await open(stage, "app.ts");
    await using _ = application;
    await setFault(page, "google", "rate-limited");
    const limited = await askPage(page, "What is rain?", "done");
    expect(limited.attempts).toEqual(["google/gemini-2.5-flash rate_limited", "openai/gpt-4o ok"]);
    await page.close();

    await using fresh = await openStage();
    const second = await open(fresh, "app.ts");
    await using _second = second.application;
    await setFault(second.page, "google", "silent");
    const silent = await askPage(second.page, "What is rain?", "done");
    expect(silent.attempts).toEqual(["google/gemini-2.5-flash no_response", "openai/gpt-4o ok"]);

    await setFault(second.page, "google", "dies-mid-answer");
    const dying = await askPage(second.page, "Tell me a long story.", "interrupted");
    expect(dying.text).toMatch(/\w/u);
    await setFault(second.page, "google", "healthy");
    await second.page.getByTestId("try-again").click();
    await second.page.locator("[data-testid=message-assistant][data-state=done]").nth(1).waitFor();
    expect(await second.page.getByTestId("served-by").last().getAttribute("data-target")).toBe(
      "google/gemini-2.5-flash",
    );
  });
});
