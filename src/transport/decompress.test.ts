import { brotliCompressSync, constants, createGzip, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { ask, failureOf, openTransport, openVendor, textOf, untilClosed } from "./raw-vendor.test-support.ts";

const text = "grüß dich, ".repeat(20_000);

const encoded = (encoding: string, body: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${body.byteLength}\r\n\r\n`),
    body,
  ]);

describe("an encoded answer", () => {
  test.each([
    ["gzip", gzipSync(text)],
    ["GZIP", gzipSync(text)],
    ["x-gzip", gzipSync(text)],
    ["deflate", deflateSync(text)],
    ["br", brotliCompressSync(text)],
    ["zstd", zstdCompressSync(text)],
    ["gzip, br", brotliCompressSync(gzipSync(text))],
    ["identity", Buffer.from(text)],
  ])("in %s is decoded, and its headers tell of the decoded one", async (encoding, body) => {
    const vendor = await openVendor((socket) => void socket.write(encoded(encoding, body)));
    const transport = openTransport();
    for (let count = 0; count < 2; count += 1) {
      const response = await transport.send(ask(vendor.origin));
      expect(response.headers["content-encoding"]).toBe(undefined);
      if (encoding !== "identity") expect(response.headers["content-length"]).toBe(undefined);
      expect((await textOf(response.body)) === text).toBe(true);
      expect(await response.body.next()).toBe(null);
    }
    expect(vendor.sockets).toHaveLength(1);
  });

  test("streams what has come so far", async () => {
    const zip = createGzip({ flush: constants.Z_SYNC_FLUSH });
    const vendor = await openVendor((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n");
      zip.on("data", (chunk: Buffer) => {
        socket.write(`${chunk.byteLength.toString(16)}\r\n`);
        socket.write(chunk);
        socket.write("\r\n");
      });
      zip.write("one");
    });
    const { body } = await openTransport().send(ask(vendor.origin));
    expect(Buffer.from((await body.next()) ?? []).toString()).toBe("one");
    const second = body.next();
    zip.write("two");
    expect(Buffer.from((await second) ?? []).toString()).toBe("two");
    const socket = await vendor.connection(0);
    body.cancel();
    await untilClosed(socket);
    expect(await body.next()).toBe(null);
  });

  test.each(["in the middle", "before its checksum"])("that breaks off %s is a failure", async (where) => {
    const whole = gzipSync(text);
    const part = whole.subarray(0, where === "in the middle" ? whole.length / 2 : whole.length - 4);
    const vendor = await openVendor((socket) => void socket.write(encoded("gzip", part)));
    const { body } = await openTransport().send(ask(vendor.origin));
    expect(await failureOf(textOf(body))).toMatchObject({ phase: "body", code: "cut" });
  });

  test("whose connection breaks off fails as the connection did", async () => {
    const vendor = await openVendor((socket) => {
      socket.end(encoded("gzip", gzipSync(text)).subarray(0, 150));
    });
    const { body } = await openTransport().send(ask(vendor.origin));
    expect(await failureOf(textOf(body))).toMatchObject({ phase: "body", code: "closed" });
  });

  test("that is not what it says is a failure", async () => {
    const vendor = await openVendor((socket) => void socket.write(encoded("gzip", Buffer.from("plain text"))));
    const { body } = await openTransport().send(ask(vendor.origin));
    const wire = await failureOf(textOf(body));
    expect(wire).toMatchObject({ phase: "body", code: "cut" });
    expect(wire.message).toContain("incorrect header check");
  });

  test.each(["compress", "gzip, compress"])("in an encoding that nobody knows (%s) is a failure", async (encoding) => {
    const vendor = await openVendor((socket) => void socket.write(encoded(encoding, Buffer.alloc(100_000))));
    const response = await openTransport().send(ask(vendor.origin));
    expect(await failureOf(response.body.next())).toMatchObject({ phase: "body", code: "unknown-encoding" });
    response.body.cancel();
  });

  test("without a body is none", async () => {
    const vendor = await openVendor(
      (socket) => void socket.write("HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n"),
    );
    expect(await (await openTransport().send(ask(vendor.origin))).body.next()).toBe(null);
  });
});
