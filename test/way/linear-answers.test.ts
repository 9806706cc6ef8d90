// Each is measured up to three times: a busy machine can spoil one, and growth that is real is there each time.
// Nothing that a vendor sends costs more than time in proportion to its length: each kind of answer is made four times as
// long, and the processor's time may not grow as the square would, 16 times. Every target's answers go to every client.
import { describe, expect, test } from "vitest";
import type { Transport } from "../../src/core/transport.ts";
import { createGateway } from "../../src/index.ts";
import {
  growingStreams,
  growingWholes,
  growingWires,
  growStream,
  growWhole,
  growWire,
} from "../support/growing-answers.ts";
import { growRequest, type ClientProtocol } from "../support/growing-requests.ts";
import { growthOf, MOST_GROWTH } from "../support/growth.ts";

const SIZE = 1_200;
const names: readonly ClientProtocol[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];
const models: Readonly<Record<ClientProtocol, string>> = {
  "openai-chat": "openai/gpt-4o",
  "openai-responses": "responses/gpt-4o",
  "anthropic-messages": "anthropic/claude-sonnet-4-5",
  "gemini-generate": "google/gemini-2.5-flash",
};

/** Answers every request with these bytes. */
interface Vendor {
  pieces: readonly Uint8Array[];
  headers: Readonly<Record<string, string>>;
}

const usualHeaders = { stream: { "content-type": "text/event-stream" }, whole: { "content-type": "application/json" } };

function openVendor(): { readonly vendor: Vendor; readonly transport: Transport } {
  const vendor: Vendor = { pieces: [], headers: {} };
  const transport: Transport = {
    send: async (request) => {
      request.onSent();
      let at = 0;
      const next = async (): Promise<Uint8Array | null> => vendor.pieces[at++] ?? null;
      return { status: 200, headers: { ...vendor.headers }, body: { next, cancel: () => {} } };
    },
    close: async () => {},
  };
  return { vendor, transport };
}

interface Ask {
  readonly client: ClientProtocol;
  readonly target: ClientProtocol;
  readonly streamed: boolean;
  readonly headers?: (count: number) => Readonly<Record<string, string>>;
  readonly bytes: (count: number, name: ClientProtocol) => readonly Uint8Array[];
}

async function growthOfAnswer({ client, target, streamed, headers, bytes }: Ask, size: number): Promise<number> {
  const { vendor, transport } = openVendor();
  const provider = { api_key: "a-key" };
  const responses = { ...provider, kind: "openai", protocol: "responses" as const };
  const chat = { ...provider, kind: "openai", protocol: "chat" as const };
  const providers = { openai: chat, responses, anthropic: provider, google: provider };
  const gateway = createGateway({ providers }, { environment: {}, transport, warn: () => {}, log: () => {} });
  const { path, body } = growRequest("messages of one role", 1, { protocol: client, model: models[target] });
  const url = streamed ? path.replace(":generateContent", ":streamGenerateContent?alt=sse") : path;
  const asStream = streamed && client !== "gemini-generate" ? { stream: true } : {};
  const request = { method: "POST", body: JSON.stringify({ ...body, ...asStream }) };
  const usual = streamed ? usualHeaders.stream : usualHeaders.whole;
  const growth = await growthOf({
    size,
    prepare: (count) => {
      vendor.pieces = bytes(count, target);
      vendor.headers = { ...usual, ...headers?.(count) };
    },
    work: async () => {
      const response = await gateway.fetch(url, request);
      await response.text().catch(() => "");
      expect(response.status).toBe(200);
    },
  });
  await gateway.close();
  return growth;
}

describe.each(names.map((client, index) => ({ client, index })))("to $client", { retry: 2 }, ({ client, index }) => {
  const meet = (kinds: readonly string[]) =>
    kinds.map((kind, at) => ({ kind, target: names[(at + index) % names.length]! }));
  test.each(meet(growingStreams))("streamed: $kind, from $target", async ({ kind, target }) => {
    const bytes: Ask["bytes"] = (count, name) => growStream(kind, count, name);
    expect(await growthOfAnswer({ client, target, streamed: true, bytes }, SIZE)).toBeLessThanOrEqual(MOST_GROWTH);
  });
  test.each(meet(growingWires))("on the wire: $kind, from $target", async ({ kind, target }) => {
    const bytes: Ask["bytes"] = (count, name) => growWire(kind, count, name);
    expect(await growthOfAnswer({ client, target, streamed: true, bytes }, SIZE)).toBeLessThanOrEqual(MOST_GROWTH);
  });
  test.each(meet(growingWholes))("whole: $kind, from $target", async ({ kind, target }) => {
    const bytes: Ask["bytes"] = (count, name) => growWhole(kind, count, name);
    expect(await growthOfAnswer({ client, target, streamed: false, bytes }, SIZE)).toBeLessThanOrEqual(MOST_GROWTH);
  });
  test.each([
    [
      "many headers",
      (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-h${at}`, "v"])),
    ],
    [
      "a long header",
      (count: number) => ({ "x-long": "v ".repeat(count * 20), "retry-after": "1".repeat(count * 20) }),
    ],
    [
      "long rate limits",
      (count: number) => ({ "x-ratelimit-reset-tokens": "1s".repeat(count * 20), ratelimit: "a;".repeat(count * 20) }),
    ],
  ])("whole: %s", async (_, headers) => {
    const bytes: Ask["bytes"] = (_count, name) => growWhole("texts", 1, name);
    expect(await growthOfAnswer({ client, target: client, streamed: false, headers, bytes }, SIZE)).toBeLessThanOrEqual(
      9,
    );
  });
});
