// F21: an incident leaves a trace without any setting: a line for each request that failed or fell back, for each circuit
// breaker that opens or closes and for each key that cools down; no prompt, answer or key in any of them.
import { expect, test } from "vitest";
import { createGateway, type Incident } from "../../src/index.ts";
import { openStage, type Stage } from "../support/stage.ts";

const [gemini, gpt] = ["google/gemini-2.5-flash", "openai/gpt-4o"] as const;

async function ask(stage: Stage, stream = false): Promise<number> {
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "assistant", stream, messages: [{ role: "user", content: "My secret question" }] }),
  });
  await response.text().catch(() => "");
  return response.status;
}

test("F21: an outage from its first failure to its end, by the lines of the log", async () => {
  const [lines, incidents] = [[] as string[], [] as Incident[]];
  const log = (text: string, incident: Incident): void => {
    lines.push(text);
    incidents.push(incident);
  };
  await using stage = await openStage({ options: { log } });
  expect(await ask(stage)).toBe(200);
  stage.simulator.play("google", { fault: "status", status: 503 });
  for (let call = 0; call < 8; call += 1) expect(await ask(stage, call === 1)).toBe(200);
  stage.simulator.play("openai", { fault: "status", status: 500 });
  expect(await ask(stage)).toBeGreaterThanOrEqual(500);
  await stage.gateway.close();

  const text = lines.join("\n");
  expect(text).toContain(`route assistant: ${gpt} answered request req_`);
  expect(text).toMatch(/circuit breaker of google\/gemini-2\.5-flash at http:\S+ open for .+: overloaded/u);
  expect(text).toMatch(/route assistant: request req_\w+ failed with 5\d\d \w+: /u);
  expect(incidents[0]).toMatchObject({ event: "request_fell_back", route: "assistant", target: gpt });
  expect(incidents[0]).toHaveProperty("failed.0", {
    target: gemini,
    verdict: "overloaded",
    status: 503,
    message: null,
  });
  expect(text).not.toMatch(/secret|google-key|openai-key/u);
  for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z [^\n]+$/u);
});

test("F21: a key that is refused has a line, and the client's 401 for it does not come", async () => {
  await using stage = await openStage();
  stage.simulator.play("google", { fault: "status", status: 401 });
  expect(await ask(stage)).toBe(200);
  await stage.gateway.close();
  expect(stage.incidents.join("\n")).toMatch(/API key of google \(config \S+\) cooling down for .+: bad_key/u);
});

test("F21: without `log`, the lines go where warnings go", async () => {
  const warnings: string[] = [];
  const providers = { openai: { base_url: "http://127.0.0.1:9/v1", api_key: "test-key" } };
  const routes = { one: { target: gpt, retry: { attempts: 0 } } };
  const gateway = createGateway({ providers, routes }, { environment: {}, warn: (message) => warnings.push(message) });
  const body = JSON.stringify({ model: "one", messages: [{ role: "user", content: "Hi" }] });
  const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
  expect(response.status).toBe(502);
  await response.text();
  await gateway.close();
  expect(warnings).toEqual([
    expect.stringMatching(
      /^\S+Z route one: request req_\w+ failed with 502 unreachable: openai\/gpt-4o unreachable \(.+\)$/u,
    ),
  ]);
});
