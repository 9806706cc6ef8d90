// Web pages at a gateway on loopback, as the requests that a browser sends for them: a page of a stranger is refused at
// every path, and a page that the operator allows can use it and read all of the answer. The same for the simulator's
// control endpoint.
import { once } from "node:events";
import { request, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { openStage } from "../support/stage.ts";

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** With any `Host` and `Origin`, which fetch does not let a program set. */
function send(url: string, { method = "POST", headers = {}, body }: Sent): Promise<Received> {
  return new Promise((resolve, reject) => {
    const sending = request(url, { method, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    sending.on("error", reject).end(body);
  });
}

const json = { "content-type": "application/json" };
const chat = JSON.stringify({ model: "assistant", messages: [{ role: "user", content: "Hi" }] });
const app = "https://app.example";
const paths = [
  "POST /v1/chat/completions",
  "POST /v1/messages",
  "POST /v1/responses",
  "POST /v1beta/models/assistant:generateContent",
  "GET /v1/models",
  "GET /healthz",
  "GET /readyz",
  "GET /admin/routes/assistant",
  "OPTIONS /v1/chat/completions",
] as const;

test("the host of an absolute target counts, whatever Host says", async () => {
  await using stage = await openStage();
  const status = async (target: string): Promise<string> => {
    const socket = connect(Number(new URL(stage.url).port), "127.0.0.1");
    socket.setEncoding("utf8").write(`GET ${target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    const [answer] = (await once(socket, "data")) as [string];
    socket.destroy();
    return answer.slice(9, 12);
  };
  expect(await status("http://localhost/v1/models")).toBe("200");
  expect(await status("http://evil.example/v1/models")).toBe("403");
  expect(await status("http://localhost@evil.example/v1/models")).toBe("403");
});

test.each(paths)("%s: a page of another site and another name are refused", async (path) => {
  await using stage = await openStage();
  const [method = "", place = ""] = path.split(" ");
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  const ask = (headers: Record<string, string>): Promise<Received> =>
    send(stage.url + place, { method, headers: { ...json, ...headers }, ...(method === "POST" ? { body: chat } : {}) });
  const page = await ask(foreign);
  expect(page.status).toBe(403);
  expect(page.text).toContain("server.cors");
  expect(page.headers["access-control-allow-origin"]).toBeUndefined();
  const form = await ask({ ...foreign, "content-type": "text/plain" });
  expect(form.status).toBe(403);
  const rebound = await ask({ host: `evil.example:${new URL(stage.url).port}`, "sec-fetch-site": "same-origin" });
  expect(rebound.status).toBe(403);
  expect(rebound.text).toContain("server.hosts");
  expect(stage.simulator.log()).toEqual([]);
});

test("an allowed page gets the preflight, the answer, the stream, the error, and every header of them", async () => {
  await using stage = await openStage({
    config: { server: { cors: [app], hosts: ["llm.example"], keys: ["team-key"] } },
  });
  const url = `${stage.url}/v1/chat/completions`;
  const page = { origin: app, "sec-fetch-site": "cross-site", host: "llm.example" };
  const preflight = await send(url, {
    method: "OPTIONS",
    headers: {
      ...page,
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization,content-type,x-stainless-lang",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers).toMatchObject({
    "access-control-allow-origin": app,
    "access-control-allow-headers": "authorization,content-type,x-stainless-lang",
    "access-control-allow-methods": expect.stringContaining("POST"),
    vary: "origin",
  });
  const key = { authorization: "Bearer team-key" };
  for (const body of [chat, JSON.stringify({ ...(JSON.parse(chat) as object), stream: true })]) {
    const whole = await send(url, { headers: { ...json, ...page, ...key }, body });
    expect(whole.status).toBe(200);
    expect(whole.headers["access-control-allow-origin"]).toBe(app);
    const exposed = String(whole.headers["access-control-expose-headers"]);
    for (const name of Object.keys(whole.headers).filter((one) => one.startsWith("x-")))
      expect(exposed).toContain(name);
    expect(exposed).toContain("x-understudy-target");
  }
  const stranger = await send(url, { headers: { ...json, ...page }, body: chat });
  expect(stranger.status).toBe(401);
  expect(stranger.headers["access-control-allow-origin"]).toBe(app);
  const form = await send(url, { headers: { ...page, ...key, "content-type": "text/plain" }, body: chat });
  expect(form.status).toBe(415);
  expect(form.text).toContain("application/json");
  const other = await send(url, {
    headers: { ...json, ...page, ...key, origin: "https://app.example.evil" },
    body: chat,
  });
  expect(other.status).toBe(403);
});

test("without a browser nothing changes: any type of body, any loopback name", async () => {
  await using stage = await openStage();
  const { port } = new URL(stage.url);
  for (const host of ["localhost", `localhost:${port}`, `127.0.0.1:${port}`, "[::1]:1", "127.1.2.3"]) {
    const { status } = await send(`${stage.url}/v1/chat/completions`, { headers: { host }, body: chat });
    expect(status).toBe(200);
  }
});

test("the simulator's control endpoint takes no requests of pages", async () => {
  await using stage = await openStage();
  const url = `${stage.simulator.controlUrl}/faults`;
  const body = JSON.stringify({ vendor: "google", fault: "status", status: 503 });
  const cross = { origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": "text/plain" };
  expect((await send(url, { headers: cross, body })).status).toBe(403);
  expect((await send(url, { headers: { host: "evil.example" }, body })).status).toBe(403);
  expect((await send(`${stage.simulator.controlUrl}/log`, { method: "GET", headers: { host: "evil" } })).status).toBe(
    403,
  );
  const { active } = (await (await fetch(url)).json()) as { active: unknown[] };
  expect(active).toEqual([]);
  expect((await send(url, { body })).status).toBe(200);
});

test("with keys, a stranger's body is not read", async () => {
  await using stage = await openStage({ config: { server: { keys: ["team-key"] } } });
  // It announces a body and sends none: the answer comes anyway.
  const answer = await new Promise<Received>((resolve, reject) => {
    const headers = { ...json, "content-length": "30000000" };
    const sending = request(`${stage.url}/v1/messages`, { method: "POST", headers, agent: false }, (response) => {
      response.on("data", () => {});
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text: "" });
      sending.destroy();
    });
    sending.on("error", reject).flushHeaders();
  });
  expect(answer.status).toBe(401);
});

test("the bodies held at a time are bounded, and a request that finds no room can be sent again", async () => {
  await using stage = await openStage({ config: { server: { max_bodies: 100_000 } } });
  const url = `${stage.url}/v1/chat/completions`;
  const held = request(url, { method: "POST", headers: { ...json, "content-length": "90000" }, agent: false });
  held.on("error", () => {});
  held.write(" ".repeat(80_000));
  const large = chat + " ".repeat(50_000);
  let refused: Received;
  do refused = await send(url, { headers: json, body: large });
  while (refused.status === 200);
  expect(refused.status).toBe(503);
  expect(refused.headers["retry-after"]).toBe("1");
  expect(refused.text).toContain("server.max_bodies");
  expect((await send(url, { headers: json, body: chat })).status).toBe(200);
  held.destroy();
  let again: Received;
  do again = await send(url, { headers: json, body: large });
  while (again.status === 503);
  expect(again.status).toBe(200);
});
