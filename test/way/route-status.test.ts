// An operator looks at a running gateway: the primary is broken, the route's status says that it is out, for how long, and
// who stands in; the paths under /admin are there for who has the operator's key, and for nobody else.
import { describe, expect, test } from "vitest";
import type { RouteStatus } from "../../src/index.ts";
import { assistant, openStage, type Stage } from "../support/stage.ts";

const ADMIN_KEY = "operators-own-key-0123456789";
const gemini = "google/gemini-2.5-flash";
const gpt = "openai/gpt-4o";
const breaker = { failures: 2, rest: "60s", max_rest: "60s" };
const route = { ...(assistant as object), breaker, retry: { attempts: 0 } };
const config = { routes: { assistant: route }, server: { admin_key: ADMIN_KEY, keys: ["clients-key"] } };

const ask = (stage: Stage, body: object = {}): Promise<Response> =>
  stage.gateway.fetch("http://gateway/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer clients-key" },
    body: JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "Hello" }], ...body }),
  });

const look = (stage: Stage, path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${stage.url}/admin/routes/${path}`, { headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers } });

describe("a route as of now", () => {
  test("the primary is broken: it is out, until when, and the stand-in is next (F13)", async () => {
    await using stage = await openStage({ config });
    expect((await ask(stage)).headers.get("x-understudy-target")).toBe(gemini);
    const before = stage.gateway.explain("assistant");
    expect(before.next.map(({ target, part }) => [target, part])).toEqual([
      [gemini, "first"],
      [gpt, "stand-in"],
    ]);
    expect(before.targets[0]).toMatchObject({
      health: { breaker: "closed" },
      firstContentMs: { whole: { samples: 1 } },
    });

    stage.simulator.play("google", { fault: "status", status: 503 });
    for (let time = 0; time < 2; time += 1) expect((await ask(stage)).status).toBe(200);
    const routeStatus = (await (await look(stage, "assistant")).json()) as RouteStatus;
    expect(routeStatus.next.map(({ target, part, share }) => [target, part, share])).toEqual([
      [gpt, "first", 1],
      [gemini, "passed-over", 0],
    ]);
    expect(routeStatus.next[1]?.why).toContain("circuit breaker open");
    const { health, keys } = routeStatus.targets[0]!;
    expect(health.breaker).toBe("open");
    expect(health.cooldownMs).toBeGreaterThan(40_000);
    expect(health.cooldownMs).toBeLessThanOrEqual(60_000);
    expect(Date.parse(health.until!)).toBeGreaterThan(Date.parse(routeStatus.at) + 40_000);
    expect(keys).toMatchObject([{ source: "config", cooldownMs: null }]);

    const next = await ask(stage);
    expect(next.headers.get("x-understudy-attempts")).toMatch(/^openai\/gpt-4o:ok:200:\d+$/u); // As was said.
    expect(JSON.stringify(routeStatus)).not.toMatch(/google-key|openai-key|operators-own|clients-key/u);
  });

  test("a key that was refused cools down, masked; a target that no route names can be looked at too", async () => {
    await using stage = await openStage({ config });
    stage.simulator.play("google", { fault: "status", status: 401 });
    expect((await ask(stage)).status).toBe(200);
    const routeStatus = stage.gateway.explain("assistant");
    expect(routeStatus.targets[0]?.keys[0]).toMatchObject({ source: "config", label: "…", reason: "bad_key" });
    expect(routeStatus.targets[0]?.keys[0]?.cooldownMs).toBeGreaterThan(1_000);
    expect(routeStatus.next[0]).toMatchObject({ target: gpt, part: "first" });
    const direct = (await (await look(stage, encodeURIComponent(gpt))).json()) as RouteStatus;
    expect(direct).toMatchObject({ route: gpt, next: [{ target: gpt, part: "first", share: 1 }] });
  });
});

describe("the door", () => {
  test.each([
    ["no key", { authorization: "" }, 401],
    ["a client's key", { authorization: "Bearer clients-key" }, 401],
    ["a key that begins like it", { authorization: `Bearer ${ADMIN_KEY.slice(0, -1)}` }, 401],
    ["the operator's", {}, 200],
    ["the operator's, as x-api-key", { authorization: "", "x-api-key": ADMIN_KEY }, 200],
  ])("%s: %j", async (_name, headers, status) => {
    await using stage = await openStage({ config });
    const response = await look(stage, "assistant", headers);
    expect(response.status).toBe(status);
    const text = await response.text();
    if (status === 401) expect(text).toContain("server.admin_key");
    expect(text).not.toContain(ADMIN_KEY);
  });

  test("the operator's key asks no model: it is not a client's", async () => {
    await using stage = await openStage({ config });
    const headers = { "content-type": "application/json", authorization: `Bearer ${ADMIN_KEY}` };
    const body = JSON.stringify({ model: "assistant", messages: [] });
    const response = await fetch(`${stage.url}/v1/chat/completions`, { method: "POST", headers, body });
    expect(response.status).toBe(401);
    expect(stage.simulator.log()).toEqual([]);
  });

  test.each([
    ["asistant", 404, 'Did you mean "assistant"?'],
    ["assistant?metadata=7", 400, "metadata must be a JSON object"],
    ["assistant?params=%7B", 400, "params must be a JSON object"],
    ["%E0%A4%A", 400, "not valid percent-encoding"],
  ])("%s: %i", async (path, status, words) => {
    await using stage = await openStage({ config });
    const response = await look(stage, path);
    expect({ status: response.status, text: await response.text() }).toEqual({
      status,
      text: expect.stringContaining(words.replaceAll('"', '\\"')),
    });
  });

  test("where no key is configured nothing is there, whatever is sent", async () => {
    await using stage = await openStage();
    const [admin, other] = await Promise.all([look(stage, "assistant"), fetch(`${stage.url}/nothing`)]);
    expect([admin.status, other.status]).toEqual([404, 404]);
    expect(await admin.text()).toContain("There is nothing at GET /admin/routes/assistant.");
  });

  test("only to be read", async () => {
    await using stage = await openStage({ config });
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    const response = await fetch(`${stage.url}/admin/routes/assistant`, { method: "POST", headers });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });
});
