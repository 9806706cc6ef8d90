// A vendor's stream begins, and its whole rest comes in one read, larger than the listener's usual write: every word
// arrives, in its order, before the ending.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { createGateway, type Gateway } from "../../src/index.ts";

const WORDS = 400;

type Frames = readonly { readonly event?: string; readonly data: object }[];

const cases = [
  { vendor: "anthropic", client: "/v1/messages", ending: "message_stop" },
  { vendor: "anthropic", client: "/v1/chat/completions", ending: "[DONE]" },
  { vendor: "google", client: "/v1/chat/completions", ending: "[DONE]" },
  { vendor: "google", client: "/v1/messages", ending: "message_stop" },
] as const;

test.each(cases.flatMap((one) => ["HTTP", "in process"].map((way) => ({ ...one, way }))))(
  "F1: $vendor's rest of a stream in one read, for $client ($way)",
  async ({ vendor, client, ending, way }) => {
    const { gateway, goOn } = await open(vendor);
    const { url } = await gateway.listen({ port: 0 });
    const response = await (way === "HTTP" ? fetch : gateway.fetch)(`${url}${client}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        model: "r",
        stream: true,
        max_tokens: 10_000,
        messages: [{ role: "user", content: "Count." }],
      }),
    });
    const text = await readWhole(response, goOn);
    const numbers = [...text.matchAll(/word(\d+) /gu)].map((match) => Number(match[1]));
    expect(numbers).toEqual(Array.from({ length: WORDS }, (_, index) => index));
    expect(text.indexOf(ending)).toBeGreaterThan(text.indexOf(`word${WORDS - 1} `));
  },
);

/** Lets the vendor go on once the answer has begun. */
async function readWhole(response: Response, goOn: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(bytes, { stream: true });
    if (text.includes("word0 ")) goOn();
  }
  return text;
}

/** A vendor that sends its first word, and all others with the ending in one write when it is told to. */
async function open(vendor: "anthropic" | "google"): Promise<{ gateway: Gateway; goOn: () => void }> {
  const frames = vendor === "google" ? googleFrames() : anthropicFrames();
  let answering: ServerResponse | null = null;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      answering = response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(render(frames.first));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const gateway = createGateway(
    {
      providers: {
        [vendor]: { base_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, api_key: "k" },
      },
      routes: { r: { target: vendor === "google" ? "google/gemini-2.5-flash" : "anthropic/claude-sonnet-4-5" } },
    },
    { environment: {}, warn: () => {} },
  );
  onTestFinished(async () => {
    await gateway.close();
    server.closeAllConnections();
    server.close();
  });
  return {
    gateway,
    goOn: () => {
      answering?.end(render(frames.rest));
      answering = null;
    },
  };
}

function render(frames: Frames): string {
  return frames
    .map(({ event, data }) => `${event === undefined ? "" : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
    .join("");
}

const rest = Array.from({ length: WORDS - 1 }, (_, index) => `word${index + 1} `);

function googleFrames(): { first: Frames; rest: Frames } {
  const part = (text: string, more: object = {}): Frames[number] => ({
    data: { candidates: [{ content: { role: "model", parts: [{ text }] }, index: 0, ...more }] },
  });
  return { first: [part("word0 ")], rest: [...rest.map((text) => part(text)), part("", { finishReason: "STOP" })] };
}

function anthropicFrames(): { first: Frames; rest: Frames } {
  const frame = (event: string, more: object): Frames[number] => ({ event, data: { type: event, ...more } });
  const word = (text: string): Frames[number] =>
    frame("content_block_delta", { index: 0, delta: { type: "text_delta", text } });
  const usage = { input_tokens: 3, output_tokens: 1 };
  return {
    first: [
      frame("message_start", {
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-5",
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage,
        },
      }),
      frame("content_block_start", { index: 0, content_block: { type: "text", text: "" } }),
      word("word0 "),
    ],
    rest: [
      ...rest.map((text) => word(text)),
      frame("content_block_stop", { index: 0 }),
      frame("message_delta", { delta: { stop_reason: "end_turn", stop_sequence: null }, usage }),
      frame("message_stop", {}),
    ],
  };
}
