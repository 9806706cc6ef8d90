import { once } from "node:events";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { Canceller } from "../domain/cancellation.ts";
import {
  answerText,
  ask,
  failureOf,
  openTransport,
  openVendor,
  textOf,
  untilClosed,
} from "./raw-vendor.test-support.ts";

const head = (headers: string): string => `HTTP/1.1 200 OK\r\n${headers}\r\n`;

describe("a connection that does not come about", () => {
  test("is refused", async () => {
    const vendor = await openVendor(() => {});
    await vendor.close();
    const wire = await failureOf(openTransport().send(ask(vendor.origin)));
    expect(wire).toMatchObject({ phase: "connect", code: "ECONNREFUSED" });
    expect(wire.message).toContain(`connect ECONNREFUSED 127.0.0.1:${vendor.port}`);
  });

  test("is refused at every address of a name", async () => {
    const vendor = await openVendor(() => {});
    await vendor.close();
    const transport = openTransport({
      resolve: ((_: string, __: object, answer: (error: null, found: object[]) => void) =>
        answer(null, [
          { address: "127.0.0.1", family: 4 },
          { address: "127.0.0.2", family: 4 },
        ])) as never,
    });
    const wire = await failureOf(transport.send(ask(`http://two.test:${vendor.port}`)));
    expect(wire).toMatchObject({ phase: "connect", code: "ECONNREFUSED" });
    expect(wire.message).toMatch(/127\.0\.0\.1[^]*127\.0\.0\.2/u);
  });

  test("has no address", async () => {
    const wire = await failureOf(openTransport().send(ask("http://nobody.invalid")));
    expect(wire.phase).toBe("connect");
    expect(wire.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/u);
  });

  test("fails in the TLS handshake", async () => {
    // Without a certificate, a server cannot complete a handshake.
    const server = createTlsServer({}).listen(0, "127.0.0.1");
    server.on("tlsClientError", () => {});
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const wire = await failureOf(
      openTransport().send(ask(`https://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    );
    expect(wire).toMatchObject({ phase: "connect" });
    expect(wire.code).toMatch(/^ERR_SSL/u);
  });

  test("speaks no TLS", async () => {
    const vendor = await openVendor(
      () => {},
      (socket) => void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    const wire = await failureOf(openTransport().send(ask(`https://127.0.0.1:${vendor.port}`)));
    expect(wire).toMatchObject({ phase: "connect" });
    expect(wire.code).toMatch(/^(ERR_SSL|EPROTO)/u);
  });

  test("is closed in the TLS handshake", async () => {
    const vendor = await openVendor(
      () => {},
      (socket) => void socket.resetAndDestroy(),
    );
    const wire = await failureOf(openTransport().send(ask(`https://127.0.0.1:${vendor.port}`)));
    expect(wire).toMatchObject({ phase: "connect", code: "ECONNRESET" });
  });
});

describe("an answer that does not come", () => {
  test.each([
    ["RST", "ECONNRESET"],
    ["FIN", "closed"],
  ])("because of a %s", async (how, code) => {
    const vendor = await openVendor((socket) => void (how === "RST" ? socket.resetAndDestroy() : socket.end()));
    let sent = 0;
    const wire = await failureOf(openTransport().send(ask(vendor.origin, { onSent: () => (sent += 1) })));
    expect(wire).toMatchObject({ phase: "sent", code });
    expect(sent).toBe(1);
  });

  test.each([
    ["RST", "ECONNRESET"],
    ["FIN", "closed"],
  ])("because a new connection ends with a %s, too, after a reused one did", async (how, code) => {
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/first")) socket.write(answerText("ok"));
      else if (how === "RST") socket.resetAndDestroy();
      else socket.end();
    });
    const transport = openTransport();
    await textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body);
    const wire = await failureOf(transport.send(ask(vendor.origin)));
    expect(wire).toMatchObject({ phase: "sent", code });
    expect(vendor.sockets).toHaveLength(2);
    await textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body);
    expect(vendor.sockets).toHaveLength(3);
  });

  test("because a reused connection closes after a long silence, which is not tried again", async () => {
    let now = 0;
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/first")) return void socket.write(answerText("ok"));
      now += 5_000;
      socket.end();
    });
    const transport = openTransport({ now: () => now });
    await textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body);
    expect(await failureOf(transport.send(ask(vendor.origin)))).toMatchObject({ phase: "sent", code: "closed" });
    expect(vendor.requests).toHaveLength(2);
  });

  test("because a reused connection closes after half a head, which is not tried again", async () => {
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/first")) return void socket.write(answerText("ok"));
      socket.end("HTTP/1.1 200 OK\r\ncontent-le");
    });
    const transport = openTransport();
    await textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body);
    expect(await failureOf(transport.send(ask(vendor.origin)))).toMatchObject({ phase: "sent" });
    expect(vendor.requests).toHaveLength(2);
  });

  test("whole: its head breaks off", async () => {
    const vendor = await openVendor((socket) => void socket.end("HTTP/1.1 200 OK\r\ncontent-le"));
    expect(await failureOf(openTransport().send(ask(vendor.origin)))).toMatchObject({ phase: "sent" });
  });

  test("as HTTP", async () => {
    const vendor = await openVendor((socket) => void socket.write("SSH-2.0-OpenSSH_9.9\r\n"));
    const wire = await failureOf(openTransport().send(ask(vendor.origin)));
    expect(wire).toMatchObject({ phase: "sent", code: "bad-http" });
    expect(wire.message).toMatch(/^the answer is not HTTP: /u);
  });

  test("because its head is beyond reason", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok", `x: ${"x".repeat(70_000)}\r\n`)));
    expect(await failureOf(openTransport().send(ask(vendor.origin)))).toMatchObject({
      phase: "sent",
      code: "head-too-large",
    });
  });
});

describe("a reused connection that closes unanswered", () => {
  test.each(["RST", "FIN"])("with a %s: the request goes out again, on a new connection", async (how) => {
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/first") || socket !== vendor.sockets[0]) socket.write(answerText("ok"));
      else if (how === "RST") socket.resetAndDestroy();
      else socket.end();
    });
    const transport = openTransport();
    await textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body);
    const told: string[] = [];
    const body = [Buffer.from("{"), Buffer.from("}")];
    const listeners = { onSent: () => void told.push("sent"), onResent: () => void told.push("resent") };
    const answer = await transport.send(ask(vendor.origin, { body, ...listeners }));
    expect(await textOf(answer.body)).toBe("ok");
    expect(told).toEqual(["sent", "resent"]);
    expect(vendor.requests).toHaveLength(3);
    expect(vendor.requests[2]).toBe(vendor.requests[1]);
  });

  test("the new connection is new, although others are idle", async () => {
    const held: (() => void)[] = [];
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/first")) held.push(() => void socket.write(answerText("ok")));
      else if (vendor.sockets.indexOf(socket) < 2) socket.resetAndDestroy();
      else socket.write(answerText("ok"));
      if (held.length === 2) for (const answer of held.splice(0)) answer();
    });
    const transport = openTransport();
    const first = [0, 1].map(async () => textOf((await transport.send(ask(vendor.origin, { path: "/first" }))).body));
    await Promise.all(first);
    expect(await textOf((await transport.send(ask(vendor.origin))).body)).toBe("ok");
    expect(vendor.sockets).toHaveLength(3);
  });
});

describe("F1: an answer that breaks off is a failure of its body", () => {
  const chunked = head("transfer-encoding: chunked\r\n");
  const closing = head("connection: close\r\ntransfer-encoding: chunked\r\n");
  test.each([
    ["FIN after the head", "FIN", chunked, "", "closed"],
    ["RST after the head", "RST", chunked, "", "ECONNRESET"],
    ["FIN without the last chunk", "FIN", `${chunked}3\r\none\r\n`, "one", "closed"],
    ["FIN without the last chunk, announced", "FIN", `${closing}3\r\none\r\n`, "one", "cut"],
    ["FIN inside a chunk", "FIN", `${chunked}9\r\none`, "one", "closed"],
    ["FIN inside a chunk, announced", "FIN", `${closing}9\r\none`, "one", "cut"],
    ["FIN before the last line end", "FIN", `${closing}3\r\none\r\n0\r\n`, "one", "cut"],
    ["RST inside a chunk", "RST", `${chunked}9\r\none`, "one", "ECONNRESET"],
    ["RST without the last chunk, announced", "RST", `${closing}3\r\none\r\n`, "one", /^(ECONNRESET|cut)$/u],
    ["fewer bytes than announced", "FIN", `${head("content-length: 5\r\n")}one`, "one", "closed"],
    ["fewer bytes, closing", "FIN", `${head("connection: close\r\ncontent-length: 5\r\n")}one`, "one", "cut"],
    ["RST of an answer without a length", "RST", `${head("connection: close\r\n")}one`, "one", "ECONNRESET"],
    ["RST of an answer of HTTP/1.0", "RST", "HTTP/1.0 200 OK\r\n\r\none", "one", "ECONNRESET"],
    ["a chunk size that is none", "none", `${chunked}3\r\none\r\nzz\r\n`, "one", "bad-http"],
  ])("%s", async (...[, how, text, expected, code]) => {
    const vendor = await openVendor((socket) => void socket.write(text));
    const { body } = await openTransport().send(ask(vendor.origin));
    let got = "";
    while (got !== expected) got += Buffer.from((await body.next()) ?? Buffer.from("?")).toString();
    const socket = await vendor.connection(0);
    if (how === "FIN") socket.end();
    else if (how === "RST") socket.resetAndDestroy();
    const wire = await failureOf(body.next());
    expect(wire.phase).toBe("body");
    expect(wire.code).toMatch(code);
    // And nothing more comes.
    expect((await failureOf(body.next())).phase).toBe("body");
  });

  test("also when it broke off before anybody read it", async () => {
    const vendor = await openVendor((socket) => void socket.end(`${closing}3\r\none\r\n3\r\ntwo\r\n`));
    const { body } = await openTransport().send(ask(vendor.origin));
    await untilClosed(await vendor.connection(0));
    const wire = await failureOf(textOf(body));
    expect(wire).toMatchObject({ phase: "body", code: "cut" });
  });

  test("bytes beyond the announced length are not part of it, and not of the next answer", async () => {
    const vendor = await openVendor((socket) => void socket.write(`${head("content-length: 3\r\n")}one and more`));
    const transport = openTransport();
    expect(await textOf((await transport.send(ask(vendor.origin))).body)).toBe("one");
    expect(await textOf((await transport.send(ask(vendor.origin))).body)).toBe("one");
    expect(vendor.sockets).toHaveLength(2);
  });
});

describe("a cancelled request", () => {
  test("that was cancelled before asks nobody", async () => {
    const vendor = await openVendor(() => {});
    const canceller = new Canceller();
    canceller.cancel();
    const wire = await failureOf(openTransport().send(ask(vendor.origin, { cancellation: canceller })));
    expect(wire).toMatchObject({ phase: "connect", code: "cancelled" });
    expect(vendor.sockets).toHaveLength(0);
  });

  test("gives up the connection that is being opened", async () => {
    // A server that never answers the TLS handshake: the connection opens, the handshake does not end.
    const vendor = await openVendor(() => {});
    const canceller = new Canceller();
    const answer = openTransport().send(
      ask(`https://127.0.0.1:${vendor.port}`, { cancellation: canceller, body: "x" }),
    );
    const closed = untilClosed(await vendor.connection(0));
    canceller.cancel();
    expect(await failureOf(answer)).toMatchObject({ phase: "connect", code: "cancelled" });
    await closed;
    expect(vendor.requests).toHaveLength(0);
  });

  test("gives up the look-up of a name", async () => {
    const asked = Promise.withResolvers<void>();
    const transport = openTransport({ resolve: (() => asked.resolve()) as never });
    const canceller = new Canceller();
    const answer = transport.send(ask("http://slow.test", { cancellation: canceller }));
    await asked.promise;
    canceller.cancel();
    expect(await failureOf(answer)).toMatchObject({ phase: "connect", code: "cancelled" });
  });

  test("in the moment it is sent is not sent", async () => {
    const vendor = await openVendor(() => {});
    const canceller = new Canceller();
    const request = ask(vendor.origin, { cancellation: canceller, onSent: () => canceller.cancel() });
    const wire = await failureOf(openTransport().send(request));
    expect(wire).toMatchObject({ phase: "sent", code: "cancelled" });
    const socket = await vendor.connection(0);
    await untilClosed(socket);
    expect(vendor.requests).toHaveLength(0);
  });

  test("while it waits for an answer closes its connection", async () => {
    const asked = Promise.withResolvers<void>();
    const vendor = await openVendor(() => asked.resolve());
    const canceller = new Canceller();
    const answer = openTransport().send(ask(vendor.origin, { cancellation: canceller }));
    await asked.promise;
    const closed = untilClosed(await vendor.connection(0));
    const left = performance.now();
    canceller.cancel();
    expect(await failureOf(answer)).toMatchObject({ phase: "sent", code: "cancelled" });
    await closed;
    expect(performance.now() - left).toBeLessThan(100);
  });

  test.each(["by its caller", "by its reader"])("in the answer's body, %s, gives nothing more", async (by) => {
    const vendor = await openVendor((socket) => {
      socket.write(`${head("transfer-encoding: chunked\r\n")}3\r\none\r\n`);
    });
    const canceller = new Canceller();
    const { body } = await openTransport().send(ask(vendor.origin, { cancellation: canceller }));
    await body.next();
    const waiting = body.next();
    const closed = untilClosed(await vendor.connection(0));
    if (by === "by its caller") canceller.cancel();
    else body.cancel();
    expect(await failureOf(waiting)).toMatchObject({ phase: "body", code: "cancelled" });
    await closed;
    expect(await failureOf(body.next())).toMatchObject({ code: "cancelled" });
  });

  test("drops what had come already", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("all there")));
    const transport = openTransport();
    const first = (await transport.send(ask(vendor.origin))).body;
    first.cancel();
    expect(await first.next()).toBe(null);
    const paused = await openVendor((socket) => {
      socket.write(`${head("content-length: 10000000\r\n")}${"x".repeat(1_000_000)}`);
    });
    const second = (await transport.send(ask(paused.origin))).body;
    const closed = untilClosed(await paused.connection(0));
    second.cancel();
    await closed;
    expect(await failureOf(second.next())).toMatchObject({ code: "cancelled" });
  });

  test("after its end leaves the connection alone", async () => {
    const vendor = await openVendor((socket) => void socket.write(answerText("ok")));
    const transport = openTransport();
    const canceller = new Canceller();
    const { body } = await transport.send(ask(vendor.origin, { cancellation: canceller }));
    await textOf(body);
    canceller.cancel();
    body.cancel();
    await textOf((await transport.send(ask(vendor.origin))).body);
    expect(vendor.sockets).toHaveLength(1);
  });

  test("one of many leaves the others alone", async () => {
    const vendor = await openVendor((socket, request) => {
      if (request.includes("/slow")) return;
      socket.write(answerText("ok"));
    });
    const transport = openTransport();
    const cancellers = Array.from({ length: 20 }, () => new Canceller());
    const slow = cancellers.map((cancellation) =>
      failureOf(transport.send(ask(vendor.origin, { path: "/slow", cancellation }))),
    );
    await vendor.connection(19);
    for (const canceller of cancellers) canceller.cancel();
    const quick = Array.from({ length: 20 }, async () => textOf((await transport.send(ask(vendor.origin))).body));
    expect(new Set((await Promise.all(slow)).map((wire) => wire.code))).toEqual(new Set(["cancelled"]));
    expect(new Set(await Promise.all(quick))).toEqual(new Set(["ok"]));
  });
});
