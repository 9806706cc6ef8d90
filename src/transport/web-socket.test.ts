// The way out of a WebSocket: the same checks of addresses, the same proxy, no redirect, and each failure in words.
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { Canceller } from "../domain/cancellation.ts";
import { createSystemClock } from "../system-clock.ts";
import type { SocketRequest, SocketResponse } from "../core/transport.ts";
import { createUndiciTransport, type TransportOptions } from "./undici.ts";

const limits = { maxMessage: 1_000_000, pingEvery: 20_000 };

function ask(origin: string, more: Partial<SocketRequest> = {}): SocketRequest {
  return {
    origin,
    path: "/v1/realtime?model=m",
    method: "GET",
    headers: { authorization: "Bearer k" },
    body: null,
    guarded: false,
    cancellation: new Canceller(),
    onSent() {},
    subprotocols: [],
    limits,
    ...more,
  };
}

function open(request: SocketRequest, options: Partial<TransportOptions> = {}): Promise<SocketResponse> {
  const transport = createUndiciTransport({ trustedHosts: new Set(), clock: createSystemClock(), ...options });
  onTestFinished(() => transport.close());
  if (transport.open === undefined) throw new Error("it opens no WebSockets");
  return transport.open(request);
}

async function openVendor(): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(302, { location: "http://elsewhere.test/" }).end("moved");
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    if (request.url === "/moved")
      return void socket.end("HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 5\r\n\r\nmoved");
    if (request.url === "/odd")
      return void socket.end("HTTP/1.1 101 Odd\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
    sockets.handleUpgrade(request, socket, head, (one) => one.on("message", (data) => one.send(data)));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    for (const one of sockets.clients) one.terminate();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test("messages pass both ways, and a close ends the reading", async () => {
  const { status, socket } = await open(ask(`http://127.0.0.1:${await openVendor()}`));
  expect(status).toBe(101);
  void socket?.send({ data: Buffer.from("hello"), isText: false });
  expect(Buffer.from((await socket?.next())?.data ?? []).toString()).toBe("hello");
  socket?.close({ code: 4000, reason: "done" });
  expect([await socket?.next(), socket?.closed]).toEqual([null, { code: 4000, reason: "done" }]);
});

test("a guarded address is checked after DNS, and pinned", async () => {
  const port = await openVendor();
  const resolve = ((_name: string, _options: unknown, answer: (...result: unknown[]) => void) =>
    answer(null, [{ address: "127.0.0.1", family: 4 }])) as unknown as NonNullable<TransportOptions["resolve"]>;
  const named = open(ask(`http://vendor.test:${port}`, { guarded: true }), { resolve });
  await expect(named).rejects.toMatchObject({ wire: { code: "forbidden-address" } });
  const literal = open(ask(`http://127.0.0.1:${port}`, { guarded: true }));
  await expect(literal).rejects.toMatchObject({ wire: { code: "forbidden-address" } });
  const trusted = open(ask(`http://vendor.test:${port}`, { guarded: true }), {
    resolve,
    trustedHosts: new Set(["vendor.test"]),
  });
  expect((await trusted).status).toBe(101);
});

test("through a proxy it is a tunnel, also without TLS", async () => {
  const port = await openVendor();
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    asked.push(`${request.method} ${request.url}`);
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    socket.on("error", () => onward.destroy());
  });
  await once(proxy.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const { status, socket } = await open(ask("http://vendor.test"), {
    proxy: { http: address, https: address, except: "" },
  });
  socket?.cancel();
  expect([status, asked]).toEqual([101, ["CONNECT vendor.test:80"]]);
});

test("another status is an answer with a body, and a redirect is not followed", async () => {
  const { status, socket, body } = await open(ask(`http://127.0.0.1:${await openVendor()}`, { path: "/moved" }));
  expect([status, socket, Buffer.from((await body.next()) ?? []).toString()]).toEqual([302, null, "moved"]);
  expect(await body.next()).toBeNull();
});

test.each([
  ["a refused connection", async () => ask("http://127.0.0.1:1"), { phase: "connect", code: "ECONNREFUSED" }],
  ["a vendor without TLS", async () => ask(`https://127.0.0.1:${await openVendor()}`), { phase: "connect" }],
  [
    "a 101 that accepts another key",
    async () => ask(`http://127.0.0.1:${await openVendor()}`, { path: "/odd" }),
    { phase: "sent", code: "bad-http" },
  ],
])("%s fails in words", async (_words, request, wire) => {
  await expect(open(await request())).rejects.toMatchObject({ wire });
});

test("a cancelled handshake fails at once", async () => {
  const cancellation = new Canceller();
  const opening = open(ask(`http://127.0.0.1:${await openVendor()}`, { cancellation }));
  cancellation.cancel();
  await expect(opening).rejects.toMatchObject({ wire: { code: "cancelled" } });
});
