// The way out through a proxy on loopback: CONNECT for https, the whole address for http, and hosts that need none.
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGateway } from "../../src/index.ts";
import { openFakeVendor } from "../support/fake-vendor.ts";

const answer = { choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }] };

interface Proxy {
  readonly address: string;
  /** `GET http://…` or `CONNECT host:port`, with the credentials that came along. */
  readonly asked: (readonly [string, string | undefined])[];
}

/** Resolves every name to `port` on loopback. */
async function openProxy(port: number): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const server = createServer((request, response) => {
    asked.push([`${request.method} ${request.url}`, request.headers["proxy-authorization"]]);
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  server.on("connect", (request, socket) => {
    asked.push([`CONNECT ${request.url}`, request.headers["proxy-authorization"]]);
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function askThrough(
  base_url: string,
  environment: Record<string, string>,
  server: { readonly proxy?: string } = {},
): Promise<{ readonly status: number; readonly text: string }> {
  const gateway = createGateway(
    {
      server,
      providers: { far: { kind: "openai-compatible", base_url } },
      routes: { far: { fallback: ["far/m"], retry: { attempts: 0 }, timeout: { total: "10s" } } },
    },
    { environment, warn: () => {}, log: () => {} },
  );
  onTestFinished(() => gateway.close());
  const body = JSON.stringify({ model: "far", messages: [{ role: "user", content: "Hi." }] });
  const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
  return { status: response.status, text: await response.text() };
}

const basic = `Basic ${Buffer.from("me:secret").toString("base64")}`;

test("plain http goes through the proxy of the variables, and of the configuration", async () => {
  await using vendor = await openFakeVendor(() => ({ body: answer }));
  const proxy = await openProxy(Number(new URL(vendor.baseUrl).port));
  const first = await askThrough("http://vendor.test/v1", { HTTP_PROXY: `http://me:secret@${proxy.address}` });
  const second = await askThrough("http://vendor.test/v1", {}, { proxy: `http://${proxy.address}` });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(proxy.asked.map(([line]) => line).join()).toMatch(/vendor\.test.*vendor\.test/u);
  expect(proxy.asked[0]?.[1]).toBe(basic);
});

test("https opens a tunnel, and no failure tells the password", async () => {
  await using vendor = await openFakeVendor(() => ({ body: answer }));
  const proxy = await openProxy(Number(new URL(vendor.baseUrl).port));
  const { status, text } = await askThrough("https://vendor.test/v1", {
    https_proxy: `http://me:secret@${proxy.address}`,
  });
  // The vendor behind the tunnel speaks no TLS.
  expect([status, proxy.asked[0]]).toEqual([502, ["CONNECT vendor.test:443", basic]]);
  expect(text).not.toContain("secret");
});

test("F11: a caller that leaves ends its request at the proxy", async () => {
  const gone = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const server = createServer((request) => {
    asked.resolve();
    request.socket.on("close", () => gone.resolve());
  });
  server.on("connect", (_, socket) => {
    asked.resolve();
    socket.on("error", () => {});
    socket.on("close", () => gone.resolve());
    socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    socket.resume();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void server.close());
  const gateway = createGateway(
    {
      server: { proxy: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
      providers: { far: { kind: "openai-compatible", base_url: "http://vendor.test/v1" } },
      routes: { far: { fallback: ["far/m"] } },
    },
    { environment: {}, warn: () => {}, log: () => {} },
  );
  onTestFinished(() => gateway.close());
  const leaving = new AbortController();
  const body = JSON.stringify({ model: "far", messages: [{ role: "user", content: "Hi." }] });
  const options = { method: "POST", body, signal: leaving.signal };
  const answer = gateway.fetch("http://gateway/v1/chat/completions", options).catch(() => "left");
  await asked.promise;
  leaving.abort();
  await gone.promise;
  expect(await answer).toBe("left");
});

test("NO_PROXY and the own machine need no proxy", async () => {
  await using vendor = await openFakeVendor(() => ({ body: answer }));
  const proxy = await openProxy(1);
  const environment = { HTTP_PROXY: `http://${proxy.address}`, NO_PROXY: "near.invalid" };
  expect((await askThrough(vendor.baseUrl, environment)).status).toBe(200);
  expect((await askThrough("http://near.invalid/v1", environment)).status).toBe(502);
  expect(proxy.asked).toEqual([]);
});
