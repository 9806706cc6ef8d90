// A person at the example's page: asks, breaks Gemini in each of four ways, and sees GPT-4o answer.
// The real application in front of the real gateway; the vendors are simulated over real HTTP.
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApplication } from "../support/application.ts";
import { chromiumPath, openBrowser, openTab, type Tab } from "../support/browser.ts";
import { openStage, type Stage } from "../support/stage.ts";
import { ask, flip, readOutcome, say, tryAgain, visit, waitForWords } from "./person.ts";

const gemini = "google/gemini-2.5-flash";
const gpt = "openai/gpt-4o";
const applications = ["app.ts", "app-portkey.ts"] as const;

// Room for a machine that is busy with other tests, and yet short enough for a vendor that says nothing.
const timeout = { connect: "2s", first_token: "1200ms", idle: "1200ms", total: "20s" };
const retry = { attempts: 1, max_wait: "300ms" };
// As the example's own route says it; the one that comes from Portkey's SDK says nothing of it.
const assistant = { fallback: [gemini, gpt], retry, mid_stream: "continue" } as const;
const config = { defaults: { timeout }, routes: { assistant } };

interface Scene extends AsyncDisposable, Pick<Tab, "page" | "problems"> {
  readonly stage: Stage;
}

/** Who speaks in the last request that Gemini saw, turn by turn. */
function lastTurns(stage: Stage): readonly string[] {
  const last = stage.simulator.log().findLast(({ method }) => method === "POST")?.body;
  const { contents = [], messages = contents } = last as Record<string, readonly { role: string }[] | undefined>;
  return messages.map(({ role }) => role);
}

// The title is what a reader of the skipped tests sees.
describe.skipIf(chromiumPath === null)("the example's page (needs Debian's chromium, or CHROMIUM_PATH)", () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** Everything anew, so that no scene begins with the breakers and cooldowns of another. */
  async function openScene(file: string, options: BrowserContextOptions = {}): Promise<Scene> {
    await using stack = new AsyncDisposableStack();
    const stage = stack.use(await openStage({ config }));
    const { google, openai } = stage.simulator.vendors;
    const application = await startApplication(file, {
      UNDERSTUDY_URL: `${stage.url}/v1`,
      UNDERSTUDY_SIMULATOR_URL: stage.simulator.controlUrl,
      GOOGLE_BASE_URL: google.baseUrl,
      OPENAI_BASE_URL: openai.baseUrl,
    });
    stack.use(application);
    const { page, problems } = stack.use(await openTab(browser!, options));
    await visit(page, application.url, "simulated");
    const scene = stack.move();
    return { stage, page, problems, [Symbol.asyncDispose]: () => scene.disposeAsync() };
  }

  describe.each(applications)("%s", (file) => {
    test("Gemini answers while it can", async () => {
      await using scene = await openScene(file);
      const answer = await ask(scene.page, "Why does a theatre keep an understudy?");
      expect(answer).toMatchObject({ state: "done", servedBy: gemini, attempts: [`${gemini} ok`], error: "" });
      expect(answer.text).toMatch(/\w{3}/u);
      expect(answer.rows).toEqual(["Gemini 2.5 Flash · answered"]);
      expect(answer.verdict).toBe("served by Gemini 2.5 Flash");
      expect(scene.problems).toEqual([]);
    });

    test.each([
      ["down", "overloaded", "Gemini 2.5 Flash · overloaded 503"],
      ["rate-limited", "rate_limited", "Gemini 2.5 Flash · rate limited 429"],
      ["silent", "no_response", "Gemini 2.5 Flash · said nothing"],
    ] as const)("Gemini is %s: GPT-4o answers", async (fault, verdict, row) => {
      await using scene = await openScene(file);
      await flip(scene.page, "google", fault);
      const answer = await ask(scene.page, "Why does a theatre keep an understudy?");
      expect(answer).toMatchObject({ state: "done", servedBy: gpt, verdict: "served by GPT-4o", error: "" });
      expect(answer.text).toMatch(/\w{3}/u);
      // The route of app.ts allows one more try where that may help, so Gemini can stand there twice.
      expect(answer.attempts[0]).toBe(`${gemini} ${verdict}`);
      expect(answer.attempts.at(-1)).toBe(`${gpt} ok`);
      expect(answer.rows[0]).toBe(row);
      expect(answer.rows.at(-1)).toBe("GPT-4o · answered");
      expect(scene.problems).toEqual([]);
    });

    test("the person leaves in mid-answer: the vendor is told to stop", async () => {
      await using scene = await openScene(file);
      scene.stage.simulator.setPace("google", { firstTokenMs: 50, tokensPerSecond: 40 });
      await say(scene.page, "Write 1000 words about tides.");
      await waitForWords(scene.page);
      await scene.page.reload();
      await scene.stage.simulator.waitFor(({ events }) => events.some(({ what }) => what === "client-closed"), 5_000);
      expect(scene.problems).toEqual([]);
    });
  });

  test("Gemini dies in mid-answer: GPT-4o finishes it, and the page says who did what", async () => {
    await using scene = await openScene("app.ts");
    await flip(scene.page, "google", "dies-mid-answer");
    const answer = await ask(scene.page, "Write 100 words about tides.");
    expect(answer).toMatchObject({ state: "done", servedBy: gemini, error: "" });
    expect(answer.attempts).toEqual([`${gemini} cut`, `${gpt} ok`]);
    expect(answer.rows).toEqual(["Gemini 2.5 Flash · broke off", "GPT-4o · finished the answer"]);
    expect(answer.verdict).toBe("begun by Gemini 2.5 Flash, finished by GPT-4o");
    const message = scene.page.locator("[data-testid=message-assistant]:last-child");
    expect(await message.getByTestId("continued-by").getAttribute("data-target")).toBe(gpt);
    expect(await message.locator("footer").innerText()).toMatch(/finished by GPT-4o\s+Gemini 2\.5 Flash broke off/u);
    const [begun, whole] = scene.stage.simulator.log().map(({ vendor }) => vendor);
    expect([begun, whole]).toEqual(["google", "openai"]);

    await ask(scene.page, "Count to 4");
    // The whole answer was said; a conversation whose stream just broke begins at the next target for a while.
    expect(lastTurns(scene.stage)).toEqual(["user", "assistant", "user"]);
    expect(scene.problems).toEqual([]);
  });

  test("GPT-4o goes on and breaks off as well: the piece is called a piece", async () => {
    await using scene = await openScene("app.ts");
    await flip(scene.page, "google", "dies-mid-answer");
    await flip(scene.page, "openai", "dies-mid-answer");
    const piece = await ask(scene.page, "Write 100 words about tides.");
    expect(piece).toMatchObject({ state: "interrupted", servedBy: gemini });
    expect(piece.rows).toEqual(["Gemini 2.5 Flash · broke off", "GPT-4o · broke off"]);
    expect(piece.error).toMatch(/^Interrupted .+ Try again$/u);
    expect(scene.problems).toEqual([]);
  });

  test("no target finishes a broken answer: the piece is called a piece, and trying again brings the whole", async () => {
    await using scene = await openScene("app-portkey.ts");
    await flip(scene.page, "google", "dies-mid-answer");
    await flip(scene.page, "openai", "dies-mid-answer");
    const piece = await ask(scene.page, "Write 100 words about tides.");
    expect(piece).toMatchObject({ state: "interrupted", servedBy: gemini });
    expect(piece.attempts[0]).toBe(`${gemini} cut`);
    expect(piece.text).toMatch(/\w{3}/u);
    expect(piece.verdict).toMatch(/^broke off in mid/u);
    expect(piece.error).toMatch(/^Interrupted .+ Try again$/u);

    await flip(scene.page, "google", "healthy");
    await flip(scene.page, "openai", "healthy");
    const whole = await tryAgain(scene.page);
    expect(whole).toMatchObject({ state: "done", error: "" });
    expect(whole.text.length).toBeGreaterThan(piece.text.length);
    expect(scene.problems).toEqual([]);
  });

  test("both are down: the page says so, and who failed how", async () => {
    await using scene = await openScene("app.ts");
    await flip(scene.page, "google", "down");
    await flip(scene.page, "openai", "rate-limited");
    const none = await ask(scene.page, "Is anybody there?");
    expect(none).toMatchObject({ state: "failed", text: "", servedBy: null, verdict: "nobody could answer" });
    expect(none.attempts[0]).toBe(`${gemini} overloaded`);
    expect(none.attempts.at(-1)).toBe(`${gpt} rate_limited`);
    expect(none.error).toMatch(/^No answer .+ Try again$/u);

    await flip(scene.page, "google", "healthy");
    expect(await ask(scene.page, "And now?")).toMatchObject({ state: "done", servedBy: gemini });
    expect(lastTurns(scene.stage)).toEqual(["user"]); // The question that nobody answered is not sent again.
  });

  test("a vendor that asked for a rest gets it, and the page says so", async () => {
    await using scene = await openScene("app.ts");
    await flip(scene.page, "google", "rate-limited");
    await ask(scene.page, "What is rain?");
    await flip(scene.page, "google", "healthy");
    const second = await ask(scene.page, "And snow?");
    expect(second).toMatchObject({ state: "done", servedBy: gpt });
    expect(second.rows).toEqual([
      expect.stringMatching(/^Gemini 2\.5 Flash · not asked: API key cooling down \(rate_limited\), [\d.]+ s left$/u),
      "GPT-4o · answered",
    ]);
    const cooldown = scene.page.getByTestId("vendor-google-cooldown");
    expect(await cooldown.textContent()).toMatch(/^The gateway asks it again in [1-8] s\.$/u);
  });

  test("stop keeps what was said and says who stopped it", async () => {
    await using scene = await openScene("app.ts");
    scene.stage.simulator.setPace("google", { firstTokenMs: 50, tokensPerSecond: 40 });
    await say(scene.page, "Write 1000 words about tides.");
    await waitForWords(scene.page);
    await scene.page.getByTestId("stop").click();
    const answer = await readOutcome(scene.page);
    expect(answer).toMatchObject({ state: "stopped", servedBy: gemini, verdict: "stopped by you" });
    expect(answer.text).toMatch(/\w/u);

    await ask(scene.page, "Count to 4");
    expect(lastTurns(scene.stage)).toEqual(["user", "model", "user"]); // The model knows what it had said.
    expect(scene.problems).toEqual([]);
  });

  test("a narrow window holds all of it, in the dark too", async () => {
    await using scene = await openScene("app.ts", { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    await flip(scene.page, "google", "down");
    await ask(scene.page, "Why does a theatre keep an understudy?");
    const overhang = await scene.page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(overhang).toBeLessThanOrEqual(0);
    expect(scene.problems).toEqual([]);
  });

  test("real vendors cannot be broken from the page", async () => {
    await using application = await startApplication("app.ts", {});
    await using tab = await openTab(browser!);
    await visit(tab.page, application.url, "real");
    expect(await tab.page.locator("input[type=radio]:enabled").count()).toBe(0);
    expect(await tab.page.locator("input[type=radio]:disabled").count()).toBe(10);
    expect(tab.problems).toEqual([]);
  });
});
