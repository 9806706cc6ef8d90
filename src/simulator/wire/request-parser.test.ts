import { describe, expect, it } from "vitest";

import { RequestParser, type ParserOutput } from "./request-parser.ts";

function parse(...pieces: (string | Uint8Array)[]): ParserOutput[] {
  const parser = new RequestParser();
  return pieces.flatMap((piece) => parser.push(Buffer.from(piece)));
}

function bodies(outputs: readonly ParserOutput[]): string[] {
  return outputs.flatMap((output) => (output.kind === "request" ? [output.request.body.toString()] : []));
}

describe("the request parser", () => {
  it("reads a request with content-length", () => {
    const [output] = parse(
      "POST /v1/x?a=1 HTTP/1.1\r\nHost: h\r\nX-Two: a\r\nx-two: b\r\nContent-Length: 5\r\n\r\nhello",
    );
    expect(output).toMatchObject({
      kind: "request",
      request: { method: "POST", target: "/v1/x?a=1", keepAlive: true, headers: { host: "h", "x-two": "a, b" } },
    });
    expect(bodies(parse("POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello"))).toEqual(["hello"]);
  });

  it("reads chunked bodies with extensions and trailers", () => {
    const request =
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: t\r\n\r\n";
    expect(bodies(parse(request))).toEqual(["hello world"]);
  });

  it("gives the same result wherever the bytes are split", () => {
    const text =
      "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhé\r\n1\r\n0\r\n\r\nPOST /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyzGET /c HTTP/1.1\r\n\r\n".replace(
        "6\r\nhé\r\n1\r\n",
        "3\r\nhé\r\n",
      );
    const whole = Buffer.from(text);
    for (let size = 1; size <= whole.length; size++) {
      const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, at) =>
        whole.subarray(at * size, (at + 1) * size),
      );
      expect(bodies(parse(...pieces)), `pieces of ${size}`).toEqual(["hé", "xyz", ""]);
    }
  });

  it("asks for the body after Expect: 100-continue", () => {
    const outputs = parse("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", "ok");
    expect(outputs.map((output) => output.kind)).toEqual(["continue", "request"]);
  });

  it("knows which connections stay open", () => {
    const keepAlive = (head: string): unknown =>
      parse(`GET / ${head}\r\n\r\n`).map((output) => output.kind === "request" && output.request.keepAlive);
    expect(keepAlive("HTTP/1.1")).toEqual([true]);
    expect(keepAlive("HTTP/1.1\r\nConnection: close")).toEqual([false]);
    expect(keepAlive("HTTP/1.0")).toEqual([false]);
    expect(keepAlive("HTTP/1.0\r\nConnection: keep-alive")).toEqual([true]);
  });

  it.each([
    ["no request line", "hello there\r\n\r\n", 400],
    ["a header without a colon", "GET / HTTP/1.1\r\nnonsense\r\n\r\n", 400],
    ["a length that is no number", "POST / HTTP/1.1\r\ncontent-length: many\r\n\r\n", 400],
    ["a length beyond the limit", "POST / HTTP/1.1\r\ncontent-length: 999999999999\r\n\r\n", 413],
    ["a chunk size that is no number", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", 400],
    ["a chunk longer than its size", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n", 400],
    ["a head without end", `GET / HTTP/1.1\r\n${"x: y\r\n".repeat(20_000)}`, 431],
  ])("refuses %s", (_, bytes, status) => {
    expect(parse(bytes, "GET / HTTP/1.1\r\n\r\n")).toEqual([expect.objectContaining({ kind: "broken", status })]);
  });

  it("joins a large body from many pieces", () => {
    const piece = Buffer.alloc(65_536, "a");
    const pieces = Array.from({ length: 64 }, () => piece);
    const [body] = bodies(parse(`POST / HTTP/1.1\r\ncontent-length: ${65_536 * 64}\r\n\r\n`, ...pieces));
    expect(body).toHaveLength(65_536 * 64);
  });
});
