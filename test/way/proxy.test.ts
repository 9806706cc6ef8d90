// The way out through a proxy on loopback: CONNECT for https, the whole address for http, and hosts that need none.
import { once } from "node:events";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
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

interface Reply {
  readonly status: number;
  readonly text: string;
}

/** A gateway whose only vendor is at `base_url`. */
function openAsk(
  base_url: string,
  environment: Record<string, string>,
  server: { readonly proxy?: string } = {},
): () => Promise<Reply> {
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
  return async () => {
    const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
    return { status: response.status, text: await response.text() };
  };
}

function askThrough(...given: Parameters<typeof openAsk>): Promise<Reply> {
  return openAsk(...given)();
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

/** A throw-away certificate for vendor.test, which this process trusts until the test is over. */
function trustedCertificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), "understudy-proxy-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const names = ["-subj", "/CN=vendor.test", "-addext", "subjectAltName=DNS:vendor.test"];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"];
  execFileSync("openssl", ["req", "-x509", ...curve, ...names, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const pair = { key: readFileSync(key), cert: readFileSync(cert) };
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, pair.cert.toString()]);
  onTestFinished(() => {
    tls.setDefaultCACertificates(before);
    rmSync(folder, { recursive: true });
  });
  return pair;
}

const canSetCertificates = "setDefaultCACertificates" in tls;

test.skipIf(!canSetCertificates)("https through CONNECT: the tunnel is kept, and a stale one is replaced", async () => {
  const sockets: { destroy(): void }[] = [];
  const paths: string[] = [];
  const vendor = createSecureServer(trustedCertificate(), (request, response) => {
    request.resume();
    request.on("end", () => {
      paths.push(request.url ?? "");
      // The third request meets a connection that its vendor closes unanswered.
      if (paths.length === 3) {
        request.socket.destroy();
        return;
      }
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  });
  vendor.on("secureConnection", (socket) => sockets.push(socket));
  await once(vendor.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    vendor.close();
  });
  const proxy = await openProxy((vendor.address() as AddressInfo).port);
  const ask = openAsk("https://vendor.test/v1", { HTTPS_PROXY: `http://me:secret@${proxy.address}` });
  expect([(await ask()).status, (await ask()).status, proxy.asked.length]).toEqual([200, 200, 1]);
  expect((await ask()).status).toBe(200);
  expect(paths).toHaveLength(4);
  expect(proxy.asked).toEqual([
    ["CONNECT vendor.test:443", basic],
    ["CONNECT vendor.test:443", basic],
  ]);
});

test("plain http: a kept connection to the proxy that closes unanswered is replaced", async () => {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    if (asked === 2) request.socket.destroy();
    else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = openAsk("http://vendor.test/v1", { HTTP_PROXY: address });
  expect([(await ask()).status, (await ask()).status, asked]).toEqual([200, 200, 3]);
});

test.each([
  [
    "https://vendor.test/v1",
    407,
    /the proxy http:\/\/…@127\.0\.0\.1:\d+ wants a user and password that it accepts \(407\)/u,
  ],
  ["https://vendor.test/v1", 502, /the proxy http:\/\/…@127\.0\.0\.1:\d+ refused the connection \(502\)/u],
  [
    "http://vendor.test/v1",
    407,
    /the proxy http:\/\/…@127\.0\.0\.1:\d+ wants a user and password that it accepts \(407\)/u,
  ],
])("a proxy that refuses is named, without its password: %s, %i", async (base, status, words) => {
  const server = createServer((_, response) => response.writeHead(status).end("secret words of the proxy"));
  server.on("connect", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxied = { HTTP_PROXY: `http://me:secret@${address}`, HTTPS_PROXY: `http://me:secret@${address}` };
  const reply = await askThrough(base, proxied);
  expect([reply.status, words.test(reply.text)]).toEqual([502, true]);
  expect(reply.text).not.toContain("secret");
});

test("a proxy that is not there is named", async () => {
  const { status, text } = await askThrough("https://vendor.test/v1", { HTTPS_PROXY: "http://me:secret@127.0.0.1:9" });
  expect([status, /the proxy http:\/\/…@127\.0\.0\.1:9 could not be reached \(ECONNREFUSED\)/u.test(text)]).toEqual([
    502,
    true,
  ]);
  expect(text).not.toContain("secret");
});
