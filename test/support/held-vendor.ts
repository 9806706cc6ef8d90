// A vendor that answers when the test says so, event by event, in the format of Chat Completions,
// or of the older completions at their path.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request at the vendor. */
export interface HeldRequest {
  /** The client has closed the connection. */
  readonly left: Promise<void>;
  say(words: string): void;
  /** Bytes, as they are. */
  write(text: string): void;
  /** The end of a streamed answer. */
  finish(): void;
  /** A whole answer. */
  answer(words: string): void;
  refuse(status: number): void;
}

export interface HeldVendor extends AsyncDisposable {
  readonly baseUrl: string;
  readonly asked: number;
  /** The next request. */
  next(): Promise<HeldRequest>;
}

export async function openHeldVendor(): Promise<HeldVendor> {
  const arrived: HeldRequest[] = [];
  const waiting: ((request: HeldRequest) => void)[] = [];
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    asked += 1;
    const held = hold(response, request.url?.endsWith("/chat/completions") === true);
    const first = waiting.shift();
    if (first === undefined) arrived.push(held);
    else first(held);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    get asked() {
      return asked;
    },
    next() {
      const first = arrived.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function hold(response: ServerResponse, isChat: boolean): HeldRequest {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  response.on("close", resolve);
  const write = (text: string): void => {
    if (!response.headersSent) response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(text);
  };
  const common = { id: "chatcmpl-held", created: 1, model: "held" };
  const chunk = (delta: { readonly content?: string; readonly role?: string }, finish: string | null): string =>
    `data: ${JSON.stringify({
      ...common,
      object: "chat.completion.chunk",
      choices: [{ index: 0, ...(isChat ? { delta } : { text: delta.content ?? "" }), finish_reason: finish }],
    })}\n\n`;
  return {
    left,
    write,
    say: (content) => write(chunk({ role: "assistant", content }, null)),
    finish() {
      write(`${chunk({}, "stop")}data: [DONE]\n\n`);
      response.end();
    },
    answer(content) {
      const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...common, object: "chat.completion", choices }));
    },
    refuse(status) {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { message: "No.", type: "server_error", param: null, code: null } }));
    },
  };
}
