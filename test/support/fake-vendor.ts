// A test's own vendor, on a free port: it gives the test's answers and records its requests.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeAnswer {
  readonly status?: number;
  /** An object is sent as JSON, a list of strings as a stream of events, a string unchanged. */
  readonly body: object | readonly string[] | string;
  /** Default: `application/json`, or that of a stream. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeVendor extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/v1` */
  readonly baseUrl: string;
  readonly asked: {
    readonly path: string;
    readonly headers: Readonly<Record<string, unknown>>;
    readonly body: string;
  }[];
  /** Told of each tunnel that is asked for, as by clients of a proxy; it is refused. */
  onConnect(listener: (host: string) => void): void;
}

export async function openFakeVendor(
  answer: (path: string, body: string) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeVendor> {
  const asked: FakeVendor["asked"] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then(async (body) => {
      const path = request.url ?? "";
      asked.push({ path, headers: request.headers, body });
      const {
        status = 200,
        body: told,
        type = isStream(told) ? "text/event-stream" : "application/json",
        headers = {},
      } = await answer(path, body);
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(isStream(told) ? told.map((data) => `data: ${data}\n\n`).join("") : textOf(told));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    onConnect(listener) {
      server.on("connect", ({ url = "" }, socket) => {
        listener(url);
        socket.end("HTTP/1.1 405 Method Not Allowed\r\n\r\n");
      });
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function textOf(body: object | string): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

function isStream(body: FakeAnswer["body"]): body is readonly string[] {
  return Array.isArray(body);
}

/** An error in most vendors' format. */
export const overloaded: FakeAnswer = {
  status: 503,
  body: { error: { message: "The model is overloaded.", type: "server_error", param: null, code: null } },
};
