import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeBody, tooLarge } from "./decode-body.ts";

const text = JSON.stringify({ model: "assistant", words: "rain ".repeat(200) });
const plain = Buffer.from(text);

describe("a body in an encoding", () => {
  test.each([
    ["gzip", gzipSync(plain)],
    ["X-GZIP", gzipSync(plain)],
    ["deflate", deflateSync(plain)],
    ["br", brotliCompressSync(plain)],
    ["zstd", zstdCompressSync(plain)],
    ["identity", plain],
    ["deflate, gzip", gzipSync(deflateSync(plain))],
  ])("%s is read", async (encoding, body) => {
    expect(Buffer.from(await decodeBody(body, encoding, text.length)).toString()).toBe(text);
  });

  test.each(["compress", "gzip, gzip, gzip", "constructor"])(
    "%s is refused, and the known ones named",
    async (encoding) => {
      await expect(decodeBody(gzipSync(plain), encoding, 1e6)).rejects.toMatchObject({
        status: 415,
        param: "content-encoding",
        message: expect.stringContaining("gzip, deflate, br or zstd") as string,
      });
    },
  );

  test.each([
    ["gzip", gzipSync(plain)],
    ["br", brotliCompressSync(plain)],
    ["zstd", zstdCompressSync(plain)],
  ])("%s that comes to more than the limit is too large", async (encoding, body) => {
    await expect(decodeBody(body, encoding, text.length - 1)).rejects.toEqual(tooLarge(text.length - 1));
  });

  test.each([
    ["gzip", plain],
    ["gzip", gzipSync(plain).subarray(0, 30)],
    ["deflate", new Uint8Array(0)],
  ])("%s that is none is the caller's mistake", async (encoding, body) => {
    await expect(decodeBody(body, encoding, 1e6)).rejects.toMatchObject({ code: "bad_request", status: 400 });
  });
});
