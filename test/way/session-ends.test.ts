// How sessions end: close codes both ways, vendors and clients that die, frames that are none, limits, and a shutdown.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WebSocket } from "ws";
import { createGateway, type ConfigFile, type Gateway } from "../../src/index.ts";
import { openSessionVendor, rawOf, type SessionVendor } from "../support/session-vendor.ts";
import { Client } from "../support/sessions.ts";

interface Scene {
  readonly gateway: Gateway;
  readonly vendor: SessionVendor;
  readonly url: string;
  readonly address: string;
}

async function openScene(script: (socket: WebSocket) => void, server: ConfigFile["server"] = {}): Promise<Scene> {
  const vendor = await openSessionVendor(script);
  const gateway = createGateway(
    {
      server: { grace: "50ms", ...server },
      providers: { one: { kind: "openai-compatible", base_url: vendor.baseUrl, api_key: "secret-vendor-key" } },
      routes: { voice: { fallback: ["one/m"], retry: { attempts: 0 } } },
    },
    { environment: {}, warn: () => {}, log: () => {} },
  );
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen({ port: 0 });
  return { gateway, vendor, url, address: `${url}/v1/realtime?model=voice` };
}

async function verdictOf({ gateway }: Scene): Promise<string | undefined> {
  await gateway.close();
  return gateway.attempts().at(-1)?.verdict;
}

async function openClient({ address }: Scene): Promise<Client> {
  const client = new Client(address);
  await client.event("session.created");
  return client;
}

describe("a vendor's close reaches the client", () => {
  test.each([
    [1000, "", "ok"],
    [1001, "session expired", "ok"],
    [1008, "policy", "bad_request"],
    [1011, "internal", "server_error"],
    [1013, "later", "overloaded"],
    [3000, "invalid_request_error", "bad_request"],
    [4321, "its own", "bad_request"],
  ])("%i %s", async (code, reason, verdict) => {
    const scene = await openScene((socket) => socket.on("message", () => socket.close(code, reason)));
    const client = await openClient(scene);
    client.send({ type: "x" });
    expect(await client.ended()).toEqual({ code, reason });
    expect(client.events).toHaveLength(1);
    expect(await verdictOf(scene)).toBe(verdict);
  });

  test("without a key that it quotes, in messages and in the reason", async () => {
    const quote = "refused secret-vendor-key";
    const scene = await openScene((socket) =>
      socket.on("message", () => {
        socket.send(JSON.stringify({ type: "error", error: { message: quote } }));
        socket.close(4000, quote);
      }),
    );
    const client = await openClient(scene);
    client.send({ type: "x" });
    expect(await client.ended()).toEqual({ code: 4000, reason: "refused [key]" });
    expect(client.events.at(-1)).toEqual({ type: "error", error: { message: "refused [key]" } });
  });

  test("if it dies, with an error event and 1011", async () => {
    const scene = await openScene((socket) => socket.on("message", () => socket.terminate()));
    const client = await openClient(scene);
    client.send({ type: "x" });
    expect(await client.ended()).toEqual({ code: 1011, reason: "the connection broke during the session" });
    expect(client.events.at(-1)).toMatchObject({
      type: "error",
      error: { type: "server_error", verdict: "cut", message: expect.stringContaining("The session was interrupted") },
    });
    expect(await verdictOf(scene)).toBe("cut");
  });

  test.each([
    ["frames that are none", [0xf1, 0], "RSV2 and RSV3 must be clear"],
    ["a text that is none", [0x81, 2, 0xff, 0xfe], "invalid UTF-8"],
    ["a message beyond the limit", [0x82, 127, 0, 0, 0, 0, 0x80, 0, 0, 0], "server.sessions.max_message"],
  ])("if it sends %s, that is its fault: an error event and 1011", async (_, bytes, words) => {
    const scene = await openScene((socket) => socket.on("message", () => rawOf(socket).write(Buffer.from(bytes))));
    const client = await openClient(scene);
    client.send({ type: "x" });
    expect(await client.ended()).toMatchObject({ code: 1011, reason: expect.stringContaining(words) });
    expect(client.events.at(-1)).toMatchObject({
      type: "error",
      error: { type: "server_error", verdict: "malformed", message: expect.stringContaining(words) },
    });
    expect(await verdictOf(scene)).toBe("malformed");
  });
});

describe("a client's close reaches the vendor", () => {
  test.each([
    [1000, "done"],
    [1001, ""],
    [4001, "its own"],
  ])("%i %s", async (code, reason) => {
    const closed: string[] = [];
    const scene = await openScene((socket) =>
      socket.on("close", (end, words) => closed.push(`${end} ${words.toString()}`)),
    );
    const client = await openClient(scene);
    client.socket.close(code, reason);
    expect(await client.ended()).toEqual({ code, reason });
    expect(await verdictOf(scene)).toBe("ok");
    expect(closed).toEqual([`${code} ${reason}`]);
  });

  test("if it breaks off, the vendor's end breaks too, and nobody is to blame", async () => {
    const scene = await openScene(() => {});
    const client = await openClient(scene);
    const [socket] = scene.vendor.sockets;
    client.socket.terminate();
    const [code] = await once(socket!, "close");
    expect(code).toBe(1006);
    expect(await verdictOf(scene)).toBe("cancelled");
  });
});

function collectInto(socket: WebSocket, messages: string[]): void {
  socket.on("message", (data) => messages.push((data as Buffer).toString()));
}

/** A client on a plain socket, after its 101. */
async function openRaw({ url }: Scene): Promise<{ readonly socket: Socket; readonly received: () => Buffer }> {
  const { port } = new URL(url);
  const socket = connect(Number(port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  let received = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => (received = Buffer.concat([received, chunk])));
  socket.write(handshake());
  while (!received.includes("session.created")) await once(socket, "data");
  received = Buffer.alloc(0);
  return { socket, received: () => received };
}

function handshake(
  changes: Readonly<Record<string, string | null>> = {},
  line = "GET /v1/realtime?model=voice",
): string {
  const headers = {
    host: "127.0.0.1",
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  return `${line} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}

/** A masked frame, with a mask of zeros. */
function frame(first: number, payload: Uint8Array, length = payload.byteLength): Buffer {
  const head =
    length < 126
      ? [first, 0x80 | length]
      : [first, 0xff, 0, 0, 0, 0, ...[24, 16, 8, 0].map((by) => (length >>> by) & 255)];
  return Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), payload]);
}

describe("bad frames end a session with the right code", () => {
  test.each([
    ["text that is not UTF-8", frame(0x81, Buffer.from([0xff, 0xfe])), 1007],
    ["no mask", Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
    ["a reserved bit", frame(0xf1, Buffer.from("{}")), 1002],
    ["a reserved opcode", frame(0x83, Buffer.from("{}")), 1002],
    ["a fragmented ping", frame(0x09, Buffer.from("x")), 1002],
    ["a long ping", frame(0x89, Buffer.alloc(126)), 1002],
    ["a continuation of nothing", frame(0x80, Buffer.from("{}")), 1002],
    ["a huge length", frame(0x81, Buffer.alloc(0), 2 ** 31), 1009],
    ["a close with a code that cannot be", frame(0x88, Buffer.from([0x03, 0xed])), 1002],
  ])("%s", async (_words, bytes, code) => {
    const scene = await openScene(() => {});
    const { socket, received } = await openRaw(scene);
    socket.write(bytes);
    while (received().byteLength < 4) await once(socket, "data");
    expect([received()[0], received().readUInt16BE(2)]).toEqual([0x88, code]);
    socket.end();
    expect(await verdictOf(scene)).toBe("ok");
  });

  test("fragments are one message, and pings between them are answered", async () => {
    const messages: string[] = [];
    const scene = await openScene((socket) => collectInto(socket, messages));
    const { socket, received } = await openRaw(scene);
    socket.write(frame(0x01, Buffer.from('{"type":')));
    socket.write(frame(0x89, Buffer.from("hi")));
    socket.write(frame(0x80, Buffer.from('"x"}')));
    while (received().byteLength < 4) await once(socket, "data");
    expect(received().toString("latin1")).toBe("\x8a\x02hi");
    await scene.gateway.close();
    expect(messages).toEqual(['{"type":"x"}']);
  });
});

describe("a handshake that is none is refused as HTTP", () => {
  const post = { line: "POST /v1/realtime?model=voice", "content-length": "0" };
  test.each<readonly [string, Readonly<Record<string, string | null>>, number]>([
    ["POST", post, 405],
    ["an old version", { "sec-websocket-version": "8" }, 426],
    ["no key", { "sec-websocket-key": null }, 400],
    ["a short key", { "sec-websocket-key": "abc" }, 400],
    ["a body", { "content-length": "5" }, 400],
    ["a subprotocol twice", { "sec-websocket-protocol": "realtime, realtime" }, 400],
    ["another path", { line: "GET /v1/chat/completions" }, 404],
    ["an unknown path", { line: "GET /socket" }, 404],
    ["another host", { host: "evil.example" }, 403],
    ["a foreign page", { origin: "https://evil.example" }, 403],
  ])("%s", async (_words, { line, ...changes }, status) => {
    const { url } = await openScene(() => {});
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    let received = "";
    socket.on("data", (chunk: Buffer) => (received += chunk.toString()));
    socket.write(handshake(changes, line ?? undefined));
    await once(socket, "end");
    expect(received).toMatch(new RegExp(`^HTTP/1.1 ${status} [^]*"error": ?\\{[^]*"message"`, "u"));
    expect(received.toLowerCase()).toContain("connection: close");
  });
});

describe("limits", () => {
  test("a message beyond the largest is 1009", async () => {
    const scene = await openScene(() => {}, { sessions: { max_message: "10kb" } });
    const client = await openClient(scene);
    client.send({ type: "x", audio: "a".repeat(20_000) });
    expect((await client.ended()).code).toBe(1009);
  });

  test("beyond the most sessions a handshake is 503", async () => {
    const scene = await openScene(() => {}, { sessions: { max: 1 } });
    await openClient(scene);
    const { status, body } = await new Client(scene.address).refused();
    expect([status, JSON.parse(body).error.message]).toEqual([503, expect.stringContaining("server.sessions.max")]);
  });

  test.each([
    ["max_time", { max_time: "60ms" }, "its longest time"],
    ["idle", { idle: "60ms" }, "without a message"],
  ])("%s ends it with an error event and 1001", async (_name, sessions, words) => {
    const scene = await openScene(() => {}, { sessions });
    const client = await openClient(scene);
    const { code, reason } = await client.ended();
    expect([code, reason]).toEqual([1001, expect.stringContaining(words)]);
    expect(client.events.at(-1)).toMatchObject({ type: "error", error: { code: "session_expired" } });
    expect(await verdictOf(scene)).toBe("ok");
  });

  test("a message that could name another model and is no JSON is refused", async () => {
    const messages: string[] = [];
    const scene = await openScene((socket) => collectInto(socket, messages));
    const client = await openClient(scene);
    client.socket.send('{"type":"session.update","session":{"\\u006dodel":"dear"}}');
    client.socket.send('{"type":"session.update","session":{"model":NaN}}');
    expect((await client.ended()).code).toBe(1007);
    expect(client.events.at(-1)).toMatchObject({ type: "error", error: { type: "invalid_request_error" } });
    await scene.gateway.close();
    expect(messages).toEqual(['{"type":"session.update","session":{"model":"m"}}']);
  });
});

test("a shutdown gives sessions their time, then 1001 with an error event", async () => {
  const scene = await openScene(() => {});
  const client = await openClient(scene);
  const closing = scene.gateway.close();
  expect(await client.ended()).toEqual({ code: 1001, reason: "the gateway is shutting down" });
  expect(client.events.at(-1)).toMatchObject({ type: "error", error: { code: "draining" } });
  await closing;
  expect(scene.gateway.attempts().at(-1)?.verdict).toBe("ok");
});

test("a client that leaves during the handshake cancels it", async () => {
  const silent = createServer();
  await once(silent.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => void silent.close());
  const { port: silentPort } = silent.address() as AddressInfo;
  const gateway = createGateway(
    {
      server: { grace: "50ms" },
      providers: { one: { kind: "openai-compatible", base_url: `http://127.0.0.1:${silentPort}/v1`, api_key: "k" } },
      routes: { voice: { fallback: ["one/m"] } },
    },
    { environment: {}, warn: () => {}, log: () => {} },
  );
  onTestFinished(() => gateway.close());
  const { port } = new URL((await gateway.listen({ port: 0 })).url);
  // The gateway also asks for the list of models.
  const asking = new Promise<Socket>((resolve) => {
    silent.on("connection", (one: Socket) => one.on("data", (head) => head.includes("/realtime") && resolve(one)));
  });
  const socket = connect(Number(port), "127.0.0.1");
  socket.write(handshake());
  const asked = await asking;
  socket.destroy();
  await once(asked, "close");
  await gateway.close();
  expect(gateway.attempts().map(({ verdict }) => verdict)).toEqual(["cancelled"]);
});

test("fetch opens no WebSocket, and a request to its path without an upgrade says what is missing", async () => {
  const { gateway, url } = await openScene(() => {});
  const fetched = await gateway.fetch("http://gateway/v1/realtime?model=voice", { headers: { upgrade: "websocket" } });
  expect([fetched.status, await fetched.text()]).toEqual([501, expect.stringContaining("gateway.listen()")]);
  const plain = await fetch(`${url}/v1/realtime?model=voice`);
  expect([plain.status, await plain.text()]).toEqual([426, expect.stringContaining("Upgrade: websocket")]);
});
