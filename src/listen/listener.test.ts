import { request as httpRequest, Agent, type IncomingMessage } from "node:http";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import type { ClientRequest, Reply } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import { connectRaw, gate, HandSource, openListener, refuse, requestText } from "./listener.test-support.ts";
import { createListener } from "./listener.ts";

const text = (body: string, headers: Record<string, string> = {}): Reply => ({ status: 200, headers, body });
const echo = async (request: ClientRequest): Promise<Reply> => ({ status: 200, headers: {}, body: request.body });

describe("a request", () => {
  test("two Host headers are refused: a proxy in front may have read another one", async () => {
    const { port } = await openListener(async () => ({ status: 200, headers: {}, body: "never" }));
    const client = await connectRaw(port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n");
    await client.until(/more than one Host/u);
    expect(client.received).toMatch(/^HTTP\/1.1 400 /u);
  });

  test("arrives with its method, path, query, joined headers and body", async () => {
    const seen: ClientRequest[] = [];
    const { port } = await openListener(async (request) => {
      seen.push(request);
      return text("ok");
    });
    const client = await connectRaw(port);
    client.send(
      "POST /v1/chat?alt=sse&x=%20 HTTP/1.1\r\nHost: a\r\nX-Many: 1\r\nx-many: 2\r\nSet-Cookie: a=b\r\nContent-Length: 3\r\n\r\nabc",
    );
    await client.until("ok");
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method: "POST", path: "/v1/chat", query: "alt=sse&x=%20" });
    expect(seen[0]?.headers).toEqual({ host: "a", "x-many": "1, 2", "content-length": "3" });
    expect(Buffer.from(seen[0]?.body ?? []).toString()).toBe("abc");
  });

  test("in absolute form is read by its path", async () => {
    const { port } = await openListener(async (request) => text(`[${request.path}|${request.query}]`));
    const client = await connectRaw(port);
    client.send(requestText("http://elsewhere.test/v1/models?x=1"));
    await client.until("[/v1/models|x=1]");
    expect(client.received).toContain("200 OK");
  });

  test("that offers another protocol is answered in this one", async () => {
    const { port } = await openListener(echo);
    const client = await connectRaw(port);
    client.send(
      requestText("/", "body", { connection: "Upgrade, HTTP2-Settings", upgrade: "h2c", "http2-settings": "A" }),
    );
    await client.until(/200 OK[^]*body$/u);
    client.send(requestText("/", "again"));
    await client.until(/200 OK[^]*again$/u);
    expect(client.received).not.toContain("101");
  });

  test("without a body has an empty one, also when it says so", async () => {
    const { url } = await openListener(async (request) => text(String(request.body.byteLength)));
    expect(await (await fetch(url)).text()).toBe("0");
    expect(await (await fetch(url, { method: "POST", body: "" })).text()).toBe("0");
    expect(await (await fetch(url, { method: "POST" })).text()).toBe("0");
  });

  test.each([1, 1000, 65_536, 300_000, 999_999])(
    "of %i bytes arrives whole, with a length or in chunks",
    async (size) => {
      const { url } = await openListener(echo);
      const body = Buffer.alloc(size, "0123456789");
      const known = await fetch(url, { method: "POST", body });
      expect(Buffer.from(await known.arrayBuffer()).equals(body)).toBe(true);
      const pieces = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(body.subarray(0, size >> 1));
          controller.enqueue(body.subarray(size >> 1));
          controller.close();
        },
      });
      const init = { method: "POST", body: pieces, duplex: "half" };
      const chunked = await fetch(url, init);
      expect(Buffer.from(await chunked.arrayBuffer()).equals(body)).toBe(true);
    },
  );

  test("whose client waits for 100 Continue is told to go on", async () => {
    const { port } = await openListener(echo);
    const client = await connectRaw(port);
    client.send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n");
    await client.until("HTTP/1.1 100 Continue\r\n\r\n");
    client.send("wait");
    await client.until(/200 OK[^]*wait$/u);
    expect(client.received).toContain("content-length: 4");
  });
});

describe("a body that is too large", () => {
  test("is answered before it is sent, and the connection closed once the client has gone", async () => {
    const { port, listener, clock } = await openListener(echo);
    const client = await connectRaw(port);
    client.send("POST /v1/messages HTTP/1.1\r\nhost: a\r\ncontent-length: 1000001\r\n\r\nfirst bytes");
    const answer = await client.until('"path":"/v1/messages"}');
    expect(answer).toMatch(/^HTTP\/1.1 413 [^]*connection: close\r\n/iu);
    expect(answer).toContain('"code":"request_too_large"');
    expect(answer).toContain("larger than 1000000 bytes");
    expect(listener.inFlight).toBe(1);
    clock.fire();
    expect(await client.untilClosed()).toBe("end");
  });

  test("is not asked for when the client waits for 100 Continue", async () => {
    const { port } = await openListener(echo);
    const client = await connectRaw(port);
    client.send("POST / HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 1000001\r\n\r\n");
    const answer = await client.until("request_too_large");
    expect(answer).not.toContain("100 Continue");
  });

  test("in chunks is refused where it passes the limit", async () => {
    const { port } = await openListener(echo, { maxBody: () => 10 });
    const client = await connectRaw(port);
    client.send("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\na\r\n0123456789\r\n");
    client.send("1\r\nx\r\n");
    await client.until("request_too_large");
    client.send("0\r\n\r\n");
    expect(await client.untilClosed()).toBe("end");
  });

  test("of exactly the limit is taken", async () => {
    const { url } = await openListener(echo, { maxBody: () => 10 });
    expect(await (await fetch(url, { method: "POST", body: "0123456789" })).text()).toBe("0123456789");
  });

  test("reaches a client that writes all of it before it reads", async () => {
    const { url, errors } = await openListener(echo);
    for (let round = 0; round < 5; round += 1) {
      const response = await fetch(url, { method: "POST", body: Buffer.alloc(8_000_000) });
      expect(response.status).toBe(413);
      expect(await response.json()).toMatchObject({ code: "request_too_large" });
    }
    expect(errors).toEqual([]);
  });
});

describe("an answer", () => {
  test("whose body is there carries its length in bytes", async () => {
    const { port } = await openListener(async () => text("grüß"));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    expect(await client.until("\r\n\r\n")).toContain("content-length: 6\r\n");
  });

  test("may have no body", async () => {
    const { url } = await openListener(async (request) => ({
      status: request.path === "/none" ? 204 : 200,
      headers: {},
      body: null,
    }));
    expect((await fetch(url)).headers.get("content-length")).toBe("0");
    const none = await fetch(`${url}/none`);
    expect([none.status, none.headers.get("content-length")]).toEqual([204, null]);
  });

  test("to HEAD has the head alone, and its stream is given up", async () => {
    const source = new HandSource();
    const { port } = await openListener(async (request) =>
      request.path === "/stream" ? { status: 200, headers: { "x-kind": "stream" }, body: source } : text("12345"),
    );
    const client = await connectRaw(port);
    client.send("HEAD / HTTP/1.1\r\nhost: a\r\n\r\nHEAD /stream HTTP/1.1\r\nhost: a\r\n\r\n");
    await client.until("x-kind: stream");
    client.send("HEAD / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    await client.untilClosed();
    expect(client.received.match(/content-length: 5\r\n/gu)).toHaveLength(2);
    expect(client.received).not.toContain("12345");
    expect(source.cancelled).toBe(true);
  });

  test("streams each piece as it comes, text and bytes", async () => {
    const source = new HandSource();
    const { port } = await openListener(async () => ({ status: 200, headers: { a: "b" }, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    source.give("one ");
    await client.until("one ");
    source.give("two ü");
    await client.until("two ");
    source.give("").give(null);
    await client.until("\r\n0\r\n\r\n");
    expect(client.received).toContain("6\r\ntwo Ã¼\r\n");
  });

  test("sends its head when the first piece is late", async () => {
    const source = new HandSource();
    const { port } = await openListener(async () => ({ status: 200, headers: { early: "yes" }, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    await client.until("early: yes");
    source.give("late").give(null);
    await client.until("\r\n4\r\nlate\r\n0\r\n\r\n");
    expect(client.received.match(/HTTP\/1.1/gu)).toHaveLength(1);
  });

  test("whose stream breaks is never ended as if it were whole", async () => {
    const source = new HandSource();
    const { port, errors, url } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    source.give("half");
    await client.until("half");
    source.give(new Error("vendor gone"));
    await client.untilClosed();
    expect(client.received).not.toContain("0\r\n\r\n");
    expect(errors).toEqual([new Error("vendor gone")]);
    expect(source.cancelled).toBe(true);

    source.give("half");
    const response = await fetch(url);
    source.give(new Error("again"));
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("streams without chunks to a client of HTTP/1.0, and ends with the connection", async () => {
    const source = new HandSource().give("one ").give("two").give(null);
    const { port } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send("GET / HTTP/1.0\r\n\r\n");
    expect(await client.untilClosed()).toBe("end");
    expect(client.received).toMatch(/\r\n\r\none two$/u);
  });

  test("whose stream breaks is reset for a client of HTTP/1.0, which knows no chunks", async () => {
    const source = new HandSource();
    const { port } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send("GET / HTTP/1.0\r\n\r\n");
    source.give("half");
    await client.until("half");
    source.give(new Error("vendor gone"));
    expect(await client.untilClosed()).toBe("error");
  });

  test("whose stream breaks before its first piece can still be an error", async () => {
    const source = new HandSource().give(new Error("at once"));
    const { url, errors } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ code: "internal_error" });
    expect(errors).toEqual([new Error("at once")]);
  });

  test.each([
    [new GatewayFailure("no such model", { code: "unknown_model", status: 404 }), 404, "unknown_model"],
    [new Error("secret detail"), 500, "internal_error"],
  ])("is a refusal when the handler throws %s", async (error, status, code) => {
    const { url } = await openListener(() => Promise.reject(error));
    const response = await fetch(`${url}/v1/x?y=1`);
    const body = await response.text();
    expect(response.status).toBe(status);
    expect(JSON.parse(body)).toMatchObject({ code, path: "/v1/x" });
    expect(body).not.toContain("secret detail");
  });

  test("is plain text where not even the refusal can be rendered", async () => {
    const broken = (): never => {
      throw new Error("renderer");
    };
    const { url, errors } = await openListener(() => Promise.reject(new Error("handler")), { refuse: broken });
    const response = await fetch(url);
    expect([response.status, response.headers.get("content-type")]).toEqual([500, "text/plain"]);
    expect(errors).toEqual([new Error("handler"), new Error("renderer")]);
  });

  test("with a header that HTTP cannot carry is a refusal", async () => {
    const { url, errors } = await openListener(async () => text("x", { bad: "a\nb" }));
    expect((await fetch(url)).status).toBe(500);
    expect(errors).toHaveLength(1);
    const stream = await openListener(async () => ({
      status: 200,
      headers: { bad: "a\nb" },
      body: new HandSource().give("x"),
    }));
    expect((await fetch(stream.url)).status).toBe(500);
  });
});

describe("a connection", () => {
  test("serves one request after the other", async () => {
    const { port } = await openListener(async (request) => text(request.path));
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const sockets = new Set<unknown>();
    for (let count = 0; count < 5; count += 1) {
      const request = httpRequest({ port, path: `/${count}`, agent });
      request.on("socket", (socket) => sockets.add(socket));
      const [response] = (await once(request.end(), "response")) as [IncomingMessage];
      expect(String(await response.setEncoding("utf8").toArray())).toBe(`/${count}`);
    }
    expect(sockets.size).toBe(1);
    agent.destroy();
  });

  test("answers pipelined requests in their order, also where a later answer is ready first", async () => {
    const first = gate();
    const source = new HandSource().give("two ");
    const { port } = await openListener(async (request) => {
      if (request.path === "/1") await first.promise;
      return request.path === "/2" ? { status: 200, headers: {}, body: source } : text(request.path);
    });
    const client = await connectRaw(port);
    client.send(requestText("/1") + requestText("/2") + requestText("/3", "body"));
    await expect.poll(() => source.pulls).toBe(2);
    first.open();
    await client.until("two ");
    source.give("and more").give(null);
    await client.until(/\/1[^]*4\r\ntwo \r\n8\r\nand more\r\n0\r\n\r\nHTTP[^]*\/3/u);
    expect(client.received.match(/200 OK/gu)).toHaveLength(3);
  });

  test("that does not speak HTTP is told so", async () => {
    const { port } = await openListener(echo);
    const client = await connectRaw(port);
    client.send("SSH-2.0-OpenSSH_9.9\r\n\r\n");
    await client.untilClosed();
    expect(client.received).toMatch(/^HTTP\/1.1 400 Bad Request\r\n[^]*"code":"bad_request"/u);
  });

  test("with a head beyond reason is told so", async () => {
    const { port } = await openListener(echo);
    const client = await connectRaw(port);
    client.send(requestText("/", "", { long: "x".repeat(70_000) }));
    await client.untilClosed();
    expect(client.received).toMatch(/^HTTP\/1.1 431 /u);
  });

  test("whose next request is broken does not get bytes into an answer under way", async () => {
    const source = new HandSource();
    const { port } = await openListener(async () => ({ status: 200, headers: {}, body: source }));
    const client = await connectRaw(port);
    client.send(requestText("/"));
    source.give("half");
    await client.until("half");
    client.send("no HTTP\r\n\r\n");
    await client.untilClosed();
    expect(client.received).not.toContain("400");
    await source.untilCancelled();
    expect(source.cancelled).toBe(true);
  });

  test("of each of a thousand clients at once is served", async () => {
    const { url, listener } = await openListener(async (request) => text(request.path));
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, count) => (await fetch(`${url}/${count}`)).text()),
    );
    expect(answers).toEqual(Array.from({ length: 1000 }, (_, count) => `/${count}`));
    expect(listener.inFlight).toBe(0);
  });
});

describe("listening", () => {
  const options = { handle: echo, maxBody: () => 1, grace: () => 1, refuse };

  test("on a port that is taken says which and what to do", async () => {
    const { port, clock } = await openListener(echo);
    const second = createListener({ ...options, clock });
    const failure = await second.listen({ host: "127.0.0.1", port }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(GatewayFailure);
    expect((failure as Error).message).toBe(
      `another program uses port ${port} on 127.0.0.1; stop it, or choose another port`,
    );
  });

  test("on an address of another machine says so", async () => {
    const { clock } = await openListener(echo);
    const listener = createListener({ ...options, clock });
    await expect(listener.listen({ host: "192.0.2.1", port: 0 })).rejects.toThrow("not an address of this machine");
  });

  test("on all addresses names one that can be called", async () => {
    const { clock } = await openListener(echo);
    const listener = createListener({ ...options, clock });
    const { url } = await listener.listen({ host: "0.0.0.0", port: 0 });
    expect((await fetch(url)).status).toBe(200);
    await listener.drain();
  });
});
