// A stream that breaks off in an error of another protocol than its own, as hosts and proxies send it: the next target before
// the first content, one error after it. The ledger has the verdict and the vendor's words. Also a flood of empty events.
import { expect, test } from "vitest";
import type { Transport } from "../../src/core/transport.ts";
import { createGateway, type Gateway } from "../../src/index.ts";

const words = "the oven is too hot";
const errors: Readonly<Record<string, string>> = {
  "OpenAI's": `data: {"error":{"message":"${words}","type":"server_error","code":"overloaded"}}\n\n`,
  "Responses'": `event: error\ndata: {"type":"error","code":"server_error","message":"${words}","param":null}\n\n`,
  "Anthropic's": `event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"${words}"}}\n\n`,
  "Google's": `data: {"error":{"code":503,"message":"${words}","status":"UNAVAILABLE"}}\n\n`,
  "Google's, in an array": `data: [{"error":{"code":503,"message":"${words}","status":"UNAVAILABLE"}}]\n\n`,
  "a detail": `data: {"detail":"${words}"}\n\n`,
  "a code and a message": `data: {"code":50000,"msg":"${words}"}\n\n`,
  "a bare text": `data: {"error":"${words}"}\n\n`,
  "an exception's": `data: {"__type":"ServiceUnavailableException","message":"${words}"}\n\n`,
};

const chunk = `{"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}`;
const begun: Readonly<Record<string, string>> = {
  openai: `data: ${chunk}\n\n`,
  anthropic: [
    `event: message_start\ndata: {"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"c","content":[],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}}}\n\n`,
    `event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n`,
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hello"}}\n\n`,
  ].join(""),
  google: `data: {"candidates":[{"content":{"parts":[{"text":"Hello"}],"role":"model"},"index":0}]}\n\n`,
  responses: [
    `event: response.created\ndata: {"type":"response.created","sequence_number":0,"response":{"id":"r","object":"response","created_at":1,"status":"in_progress","model":"m","output":[]}}\n\n`,
    `event: response.output_item.added\ndata: {"type":"response.output_item.added","sequence_number":1,"output_index":0,"item":{"id":"i","type":"message","role":"assistant","status":"in_progress","content":[]}}\n\n`,
    `event: response.content_part.added\ndata: {"type":"response.content_part.added","sequence_number":2,"item_id":"i","output_index":0,"content_index":0,"part":{"type":"output_text","text":"","annotations":[]}}\n\n`,
    `event: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":3,"item_id":"i","output_index":0,"content_index":0,"delta":"Hello"}\n\n`,
  ].join(""),
};
const models: Readonly<Record<string, string>> = {
  openai: "openai/gpt-4o",
  responses: "responses/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
  google: "google/gemini-2.5-flash",
};
const finished = `data: ${chunk.replace("Hello", "from the next").replace("null}]", '"stop"}]')}\n\ndata: [DONE]\n\n`;

function openGateway(pieces: (target: string) => string[], target: string): Gateway {
  const transport: Transport = {
    async send(request) {
      request.onSent();
      const left = pieces(request.origin);
      const next = async (): Promise<Uint8Array | null> => {
        const piece = left.shift();
        return piece === undefined ? null : Buffer.from(piece);
      };
      const headers = { "content-type": "text/event-stream" };
      return { status: 200, headers, body: { next, cancel: () => void (left.length = 0) } };
    },
    close: async () => {},
  };
  const provider = { api_key: "a-key" };
  const responses = { ...provider, kind: "openai", protocol: "responses" as const };
  const next = { ...provider, kind: "openai-compatible", base_url: "https://next.example/v1" };
  return createGateway(
    {
      providers: { openai: provider, responses, anthropic: provider, google: provider, next },
      routes: { r: { fallback: [models[target]!, "next/m"], retry: { attempts: 0 }, mid_stream: "error" } },
    },
    { environment: {}, transport, warn: () => {}, log: () => {} },
  );
}

async function ask(gateway: Gateway): Promise<{ response: Response; text: string }> {
  const body = JSON.stringify({ model: "r", stream: true, messages: [{ role: "user", content: "Hi" }] });
  const headers = { "content-type": "application/json" };
  const response = await gateway.fetch("/v1/chat/completions", { method: "POST", headers, body });
  return { response, text: await response.text() };
}

const cases = Object.keys(begun).flatMap((target) => Object.keys(errors).map((shape) => [target, shape] as const));

test.each(cases)("F1, F2, F14: %s ends in an error that is %s", async (target, shape) => {
  const later = openGateway(() => [begun[target]!, errors[shape]!], target);
  const broken = await ask(later);
  expect(broken.text).toContain("Hello");
  expect(broken.text.match(/"error":/gu)).toHaveLength(1);
  expect(broken.text).toContain(words);
  expect(broken.text).not.toContain("[DONE]");
  const [entry] = later.attempts();
  expect(entry?.verdict).not.toBe("ok");
  expect(entry?.message).toContain(words);
  await later.close();

  const early = openGateway((origin) => (origin.includes("next") ? [finished] : [errors[shape]!]), target);
  const answered = await ask(early);
  expect(answered.text).toContain("from the next");
  expect(answered.text).not.toContain(words);
  expect(answered.response.headers.get("x-understudy-attempts")).toMatch(
    /^\S+:(?!ok)\w+:\d+:\d+, next\/m:ok:200:\d+$/u,
  );
  expect(early.attempts()[0]?.message).toContain(words);
  await early.close();
});

test("F2: a flood of empty events ends in one error", { timeout: 30_000 }, async () => {
  const flood = Array.from({ length: 100_010 }, () => ": \n\n");
  const gateway = openGateway(() => [begun["openai"]!, ...flood, finished], "openai");
  const { text } = await ask(gateway);
  expect(text).toContain("event after event without content");
  expect(text).not.toContain("from the next");
  expect(gateway.attempts()[0]?.verdict).toBe("stalled");
  await gateway.close();
});
