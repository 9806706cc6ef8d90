// Each is measured up to three times: a busy machine can spoil one, and growth that is real is there each time.
// Nothing that a stranger sends costs more than time in proportion to its length: each kind of request is made four times
// as long, and the processor's time may not grow as the square would, 16 times. Every client meets every target, with
// other kinds at each.
import { describe, expect, test } from "vitest";
import type { Transport } from "../../src/core/transport.ts";
import { createGateway, type Gateway } from "../../src/index.ts";
import { growingKinds, growRequest, type ClientProtocol } from "../support/growing-requests.ts";
import { growthOf, MOST_GROWTH } from "../support/growth.ts";

const clients: readonly ClientProtocol[] = ["openai-chat", "openai-responses", "anthropic-messages", "gemini-generate"];
const targets = ["openai/gpt-4o", "responses/gpt-5", "anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"] as const;

const SIZE = 1_200;

/** Refuses every request at once: the work before that is what counts. The vendor in front of a stand-in is down. */
const refusing: Transport = {
  send: async (request) => {
    request.onSent();
    const pieces = [Buffer.from('{"error":{"message":"no"}}')];
    const next = async (): Promise<Uint8Array | null> => pieces.shift() ?? null;
    const status = request.origin.includes("together") ? 503 : 400;
    return { status, headers: { "content-type": "application/json" }, body: { next, cancel: () => {} } };
  },
  close: async () => {},
};

function openGateway(): Gateway {
  // A context window that no request fills, or it would be refused before it is translated.
  const provider = { api_key: "a-key", models: { "*": { context: 1_000_000_000 } } };
  const responses = { ...provider, kind: "openai", protocol: "responses" as const };
  const hosts = { together: provider, mistral: provider };
  const providers = { openai: provider, responses, anthropic: provider, google: provider, ...hosts };
  const routes = {
    "stand-in": { fallback: ["together/some-model", "mistral/mistral-large-latest"], retry: { attempts: 0 } },
  };
  return createGateway({ providers, routes }, { environment: {}, transport: refusing, warn: () => {}, log: () => {} });
}

async function send(gateway: Gateway, path: string, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await gateway.fetch(path, { method: "POST", headers, body });
  await response.text();
  expect(response.status).not.toBe(500);
}

describe.each(clients.map((protocol, index) => ({ protocol, index })))(
  "$protocol",
  { retry: 2 },
  ({ protocol, index }) => {
    const each = growingKinds.map((kind, at) => [kind, targets[(at + index) % targets.length]!] as const);
    // In the client's own protocol, where everything that is not the host's own is found, carried or removed.
    const alike = protocol === "openai-chat" ? growingKinds.map((kind) => [kind, "stand-in"] as const) : [];
    const cases = [...each, ...alike];
    test.each(cases)("%s, to %s: time grows with the length", async (kind, model) => {
      const gateway = openGateway();
      let [path, body] = ["", ""];
      const growth = await growthOf({
        size: SIZE,
        prepare: (count) => {
          const request = growRequest(kind, count, { protocol, model });
          [path, body] = [request.path, JSON.stringify(request.body)];
        },
        work: () => send(gateway, path, body),
      });
      await gateway.close();
      expect(growth).toBeLessThanOrEqual(MOST_GROWTH);
    });
  },
);
