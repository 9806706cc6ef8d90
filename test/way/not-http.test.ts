// Vendors that answer with something that is no HTTP, or with a status that HTTP does not have: `malformed`, in words that
// say what was wrong, asked once, and never passed on. On plain sockets.
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGateway } from "../../src/index.ts";

interface PlainVendor extends AsyncDisposable {
  readonly baseUrl: string;
  readonly asked: () => number;
}

/** Writes the same bytes to each request, and closes if asked to. */
async function openPlainVendor(bytes: string, closes: boolean): Promise<PlainVendor> {
  let asked = 0;
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      asked += 1;
      socket.write(bytes);
      if (closes) socket.end();
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const json = "content-type: application/json\r\n";
const answers: readonly (readonly [string, string, RegExp, "closes"?])[] = [
  [
    "two lengths",
    `HTTP/1.1 200 OK\r\n${json}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    /cannot be read: the answer is not HTTP: /u,
  ],
  ["a head of 70 kB", `HTTP/1.1 200 OK\r\n${json}x: ${"x".repeat(70_000)}\r\n\r\n`, /headers are larger than 64 KiB/u],
  ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n", /the answer is not HTTP: /u],
  [
    "a status of 600",
    `HTTP/1.1 600 Odd\r\n${json}content-length: 2\r\n\r\n{}`,
    /the status 600, which HTTP does not have/u,
  ],
  ["a status of 999", `HTTP/1.1 999 Denied\r\n${json}content-length: 2\r\n\r\n{}`, /the status 999/u],
  ["a status of 99", `HTTP/1.1 99 Odd\r\n${json}content-length: 2\r\n\r\n{}`, /the answer is not HTTP/u, "closes"],
  ["a last status of 102", "HTTP/1.1 102 Processing\r\n\r\n", /its only status was 102/u, "closes"],
  [
    "a switch of protocols",
    "HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n",
    /the answer is not HTTP/u,
  ],
];

test.each(answers.flatMap((row) => [false, true].map((stream) => [row[0], stream, row] as const)))(
  "%s (streamed: %s)",
  async (_, stream, [, bytes, words, closes]) => {
    await using vendor = await openPlainVendor(bytes, closes === "closes");
    const gateway = createGateway(
      {
        providers: { local: { kind: "openai-compatible", base_url: vendor.baseUrl } },
        routes: { odd: { fallback: ["local/m"], retry: { attempts: 2 }, timeout: { total: "20s" } } },
      },
      { environment: {}, warn: () => {}, log: () => {} },
    );
    onTestFinished(() => gateway.close());
    const body = JSON.stringify({ model: "odd", stream, messages: [{ role: "user", content: "Hi." }] });
    const response = await gateway.fetch("http://gateway/v1/chat/completions", { method: "POST", body });
    const { error } = (await response.json()) as { readonly error: { readonly message: string; verdict: string } };
    expect([response.status, error.verdict, vendor.asked()]).toEqual([502, "malformed", 1]);
    expect(error.message).toMatch(words);
  },
);
