import { describe, expect, test } from "vitest";
import { answerText, ask, openTransport, openVendor, textOf, untilClosed } from "./raw-vendor.test-support.ts";

describe("a request", () => {
  test("goes out with method, path, headers and body, and is told when it does", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("hello", "x-a: 1\r\nX-A: 2\r\n")));
    let sent = 0;
    const response = await openTransport().send(
      ask(vendor.origin, {
        path: "/v1/x?y=1",
        headers: { "x-key": "k" },
        body: Buffer.from("grüß"),
        onSent: () => (sent += 1),
      }),
    );
    expect(vendor.requests[0]).toMatch(/^POST \/v1\/x\?y=1 HTTP\/1.1\r\nhost: 127.0.0.1:\d+\r\n[^]*x-key: k\r\n/u);
    expect(vendor.requests[0]).toContain("content-length: 6\r\n\r\n");
    expect(response.status).toBe(200);
    expect(response.headers).toMatchObject({ "content-type": "text/plain", "content-length": "5", "x-a": "1, 2" });
    expect(await textOf(response.body)).toBe("hello");
    expect(await response.body.next()).toBe(null);
    expect(sent).toBe(1);
  });

  test("may be a GET without a body", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const response = await openTransport().send(ask(vendor.origin, { method: "GET", body: null }));
    expect(await textOf(response.body)).toBe("ok");
    expect(vendor.requests[0]).not.toContain("content-length");
  });

  test("of several megabytes arrives whole", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const body = Buffer.alloc(5_000_000, "0123456789");
    await openTransport().send(ask(vendor.origin, { body }));
    expect(vendor.requests[0]?.endsWith(`\r\n\r\n${body.toString()}`)).toBe(true);
  });

  test("whose headers cannot be sent fails before anything is", async () => {
    const vendor = await openVendor(() => {});
    const transport = openTransport();
    const bad = transport.send(ask(vendor.origin, { headers: { "x-a": "b\r\nx-evil: 1" } }));
    await expect(bad).rejects.toMatchObject({ wire: { phase: "connect", code: "bad-request" } });
    const path = transport.send(ask(vendor.origin, { path: "/a b" }));
    await expect(path).rejects.toMatchObject({ wire: { phase: "connect", code: "bad-request" } });
    expect(vendor.sockets).toHaveLength(0);
  });

  test.each(["", "no address", "http://", "http://a b/"])("to the origin %j fails in words", async (origin) => {
    const failure = openTransport().send(ask(origin));
    await expect(failure).rejects.toMatchObject({ wire: { phase: "connect", code: "bad-address" } });
  });
});

describe("an answer", () => {
  test("in chunks comes piece by piece", async () => {
    const vendor = await openVendor((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n");
    });
    const { body } = await openTransport().send(ask(vendor.origin));
    expect(Buffer.from((await body.next()) ?? []).toString()).toBe("one");
    const second = body.next();
    (await vendor.connection(0)).write("3\r\ntwo\r\n0\r\n\r\n");
    expect(Buffer.from((await second) ?? []).toString()).toBe("two");
    expect(await body.next()).toBe(null);
  });

  test("that is a redirect is not followed", async () => {
    const vendor = await openVendor((socket) => {
      socket.write("HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n");
    });
    const response = await openTransport().send(ask(vendor.origin));
    expect([response.status, response.headers["location"]]).toEqual([307, "/elsewhere"]);
    expect(await textOf(response.body)).toBe("");
    expect(vendor.requests).toHaveLength(1);
  });

  test("that is announced (103) is waited for", async () => {
    const vendor = await openVendor((socket) => {
      socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${answerText("ok")}`);
    });
    const response = await openTransport().send(ask(vendor.origin));
    expect([response.status, response.headers["link"]]).toEqual([200, undefined]);
    expect(await textOf(response.body)).toBe("ok");
  });

  test("may have a status without a body", async () => {
    const vendor = await openVendor((socket) => void socket.write("HTTP/1.1 204 No Content\r\n\r\n"));
    const response = await openTransport().send(ask(vendor.origin));
    expect([response.status, await response.body.next()]).toEqual([204, null]);
  });

  test("may be ended by its connection", async () => {
    const vendor = await openVendor((socket) => void socket.end("HTTP/1.1 200 OK\r\n\r\nall of it"));
    expect(await textOf((await openTransport().send(ask(vendor.origin))).body)).toBe("all of it");
  });

  test("with headers of 50 kB is read", async () => {
    const long = "x".repeat(50_000);
    const vendor = await openVendor((socket) => void socket.write(answerText("ok", `x-long: ${long}\r\n`)));
    expect((await openTransport().send(ask(vendor.origin))).headers["x-long"]).toBe(long);
  });

  test("may name headers as objects do", async () => {
    const vendor = await openVendor((socket) => {
      socket.write(answerText("ok", "__proto__: a\r\nconstructor: b\r\ntoString: c\r\n"));
    });
    const { headers, body } = await openTransport().send(ask(vendor.origin));
    expect(headers).toMatchObject({ constructor: "b", tostring: "c" });
    expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
    expect(await textOf(body)).toBe("ok");
  });
});

describe("connections", () => {
  test("are used again, the last one first, and no more are opened than are needed", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const transport = openTransport();
    for (let count = 0; count < 5; count += 1) await textOf((await transport.send(ask(vendor.origin))).body);
    expect(vendor.sockets).toHaveLength(1);
    const three = [0, 1, 2].map(async () => textOf((await transport.send(ask(vendor.origin))).body));
    expect(await Promise.all(three)).toEqual(["ok", "ok", "ok"]);
    expect(vendor.sockets).toHaveLength(3);
    for (let count = 0; count < 5; count += 1) await textOf((await transport.send(ask(vendor.origin))).body);
    expect(vendor.sockets).toHaveLength(3);
  });

  test("that the vendor closes after each answer are opened anew", async () => {
    const vendor = await openVendor((socket) => void socket.end(answerText("ok", "connection: close\r\n")));
    const transport = openTransport();
    for (let count = 0; count < 3; count += 1)
      expect(await textOf((await transport.send(ask(vendor.origin))).body)).toBe("ok");
    expect(vendor.sockets).toHaveLength(3);
  });

  test("that the vendor closed while idle are not used again", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const transport = openTransport();
    await textOf((await transport.send(ask(vendor.origin))).body);
    const first = await vendor.connection(0);
    const closed = untilClosed(first);
    first.end();
    await closed;
    expect(await textOf((await transport.send(ask(vendor.origin))).body)).toBe("ok");
    expect(vendor.sockets).toHaveLength(2);
  });

  test("of an origin that is let go finish what is under way and are then closed", async () => {
    const answers = (text: string) => (socket: { write: (text: string) => unknown }) =>
      void socket.write(`HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${text.length}\r\n${text}\r\n`);
    const vendors = [await openVendor(answers("a")), await openVendor(answers("b")), await openVendor(answers("c"))];
    const transport = openTransport({ origins: 2 });
    const bodies = [];
    for (const vendor of vendors) bodies.push((await transport.send(ask(vendor.origin))).body);
    // The first origin is gone from the table, but its answer continues.
    const socket = await vendors[0]!.connection(0);
    socket.write("4\r\nrest\r\n0\r\n\r\n");
    const closed = untilClosed(socket);
    expect(await textOf(bodies[0]!)).toBe("arest");
    await closed;
  });

  test("of an origin that is let go are closed at once where they are idle", async () => {
    const vendors = [];
    for (let count = 0; count < 3; count += 1)
      vendors.push(await openVendor((socket) => void socket.write(answerText("ok"))));
    const transport = openTransport({ origins: 2 });
    await textOf((await transport.send(ask(vendors[0]!.origin))).body);
    const closed = untilClosed(await vendors[0]!.connection(0));
    await textOf((await transport.send(ask(vendors[1]!.origin))).body);
    await textOf((await transport.send(ask(vendors[2]!.origin))).body);
    await closed;
    await textOf((await transport.send(ask(vendors[0]!.origin))).body);
    expect(vendors[0]!.sockets).toHaveLength(2);
  });

  test("are all closed with the transport, and what is under way fails", async () => {
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/idle")) socket.write(answerText("ok"));
      else socket.write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf");
    });
    const transport = openTransport();
    const { body } = await transport.send(ask(vendor.origin));
    await textOf((await transport.send(ask(vendor.origin, { path: "/idle" }))).body);
    await body.next();
    const closed = Promise.all(vendor.sockets.map((socket) => untilClosed(socket)));
    await transport.close();
    await closed;
    await expect(body.next()).rejects.toMatchObject({ wire: { phase: "body", code: "stopped" } });
  });
});

describe("F12: what is not pulled is not read", () => {
  test.each(["with a length", "in chunks"])("%s", async (kind) => {
    const size = 64 * 1024 * 1024;
    const vendor = await openVendor((socket) => {
      const piece = Buffer.alloc(1024 * 1024, "x");
      socket.write(
        kind === "in chunks"
          ? "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
          : `HTTP/1.1 200 OK\r\ncontent-length: ${size}\r\n\r\n`,
      );
      let left = size / piece.length;
      const more = (): void => {
        if (left === 0) return void (kind === "in chunks" && socket.write("0\r\n\r\n"));
        left -= 1;
        if (kind === "in chunks") socket.write("100000\r\n");
        socket.write(piece, more);
        if (kind === "in chunks") socket.write("\r\n");
      };
      more();
    });
    // Other test files share this process, and leave memory that was not collected yet.
    const atFirst = process.memoryUsage().arrayBuffers;
    const { body } = await openTransport().send(ask(vendor.origin));
    const socket = await vendor.connection(0);
    // The vendor stops writing when the sockets' buffers are full.
    let before = -1;
    await expect
      .poll(
        () => {
          const rested = socket.bytesWritten === before && socket.writableLength > 0;
          before = socket.bytesWritten;
          return rested;
        },
        { interval: 50 },
      )
      .toBe(true);
    const waitedUnread = process.memoryUsage().arrayBuffers - atFirst;
    expect(waitedUnread).toBeLessThan(size);
    expect(socket.bytesWritten).toBeLessThan(size / 2);
    let read = 0;
    for (let chunk = await body.next(); chunk !== null; chunk = await body.next()) read += chunk.byteLength;
    expect(read).toBe(size);
  });
});
