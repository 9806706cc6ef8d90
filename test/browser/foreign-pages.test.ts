// A real browser on the operator's machine, with a page of a stranger in it: forms, scripts and DNS rebinding get nothing
// from a gateway on loopback. A page that the operator allows uses the gateway with an official SDK.
import { createServer, type Server } from "node:http";
import { readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chromiumPath, openBrowser, openTab } from "../support/browser.ts";
import { openStage } from "../support/stage.ts";

const chat = { model: "assistant", messages: [{ role: "user", content: "Hi" }] };

/** Serves an empty page, and the files of the SDKs. */
function serveSite(): Promise<Server> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://site").pathname;
    if (!path.startsWith("/node_modules/")) {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>a page</title>");
      return;
    }
    readFile(new URL(`../..${path}`, import.meta.url)).then(
      (bytes) => response.writeHead(200, { "content-type": "text/javascript" }).end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

describe.skipIf(chromiumPath === null)("pages in a browser (needs Debian's chromium, or CHROMIUM_PATH)", () => {
  let browser: Browser | undefined;
  let site: Server | undefined;
  beforeAll(async () => {
    site = await serveSite();
    // All names are this machine: a stranger's server that is near, and a name that was rebound to loopback.
    browser = await openBrowser({ args: ["--host-resolver-rules=MAP *.example 127.0.0.1"] });
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });

  test("a stranger's form and script send nothing to a vendor, and a rebound name reads nothing", async () => {
    await using stage = await openStage();
    await using tab = await openTab(browser!);
    const { page } = tab;
    await page.goto(`http://evil.example:${portOf(site!)}/`);
    await page.evaluate(`fetch("${stage.url}/v1/chat/completions", { method: "POST", mode: "no-cors",
      headers: { "content-type": "text/plain" }, body: ${JSON.stringify(JSON.stringify(chat))} }).catch(() => {})`);
    await page.evaluate(`fetch("${stage.simulator.controlUrl}/faults", { method: "POST", mode: "no-cors",
      body: '{"vendor":"google","fault":"status","status":503}' }).catch(() => {})`);
    await page.setContent(`<form method="post" enctype="text/plain" action="${stage.url}/v1/chat/completions">
      <input name='{"model":"assistant","messages":[{"role":"user","content":"Hi"}],"x":"' value='"}'></form>`);
    const [formReply] = await Promise.all([
      page.waitForResponse(
        (response) => response.url().startsWith(stage.url) && response.request().isNavigationRequest(),
      ),
      page.evaluate("document.forms[0].submit()"),
    ]);
    expect(formReply.status()).toBe(403);
    // The next navigation must not meet the form's own.
    await page.waitForURL((url) => url.href.startsWith(stage.url));
    const { port } = new URL(stage.url);
    for (const path of ["/v1/models", "/readyz"]) {
      const rebound = await page.goto(`http://evil.example:${port}${path}`);
      expect(rebound?.status()).toBe(403);
    }
    const control = await page.goto(`http://evil.example:${new URL(stage.simulator.controlUrl).port}/log`);
    expect(control?.status()).toBe(403);
    expect(stage.simulator.log()).toEqual([]);
    const { active } = (await (await fetch(`${stage.simulator.controlUrl}/faults`)).json()) as { active: unknown[] };
    expect(active).toEqual([]);
  });

  test("an allowed page uses the gateway with OpenAI's SDK, whole, streamed, and with the headers", async () => {
    const origin = `http://app.example:${portOf(site!)}`;
    await using stage = await openStage({ config: { server: { cors: [origin] } } });
    await using tab = await openTab(browser!);
    await tab.page.goto(origin);
    const said = await tab.page.evaluate(`(async () => {
      const { default: OpenAI } = await import("/node_modules/openai/index.mjs");
      const client = new OpenAI({ baseURL: "${stage.url}/v1", apiKey: "none", dangerouslyAllowBrowser: true });
      const request = ${JSON.stringify(chat)};
      const { data, response } = await client.chat.completions.create(request).withResponse();
      let streamed = "";
      for await (const chunk of await client.chat.completions.create({ ...request, stream: true }))
        streamed += chunk.choices[0]?.delta?.content ?? "";
      const failure = await client.chat.completions.create({ ...request, model: "nothing" }).catch((error) => error);
      return {
        whole: data.choices[0].message.content,
        target: response.headers.get("x-understudy-target"),
        streamed,
        code: failure.code,
      };
    })()`);
    expect(said).toMatchObject({ target: "google/gemini-2.5-flash", code: "model_not_found" });
    expect((said as { whole: string }).whole).toMatch(/\w/u);
    expect((said as { streamed: string }).streamed).toMatch(/\w/u);
  });
});
