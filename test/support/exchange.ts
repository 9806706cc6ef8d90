// An exchange at any stage, for tests of single stops.
import { Canceller } from "../../src/domain/cancellation.ts";
import type { Call, ClientRequest, Exchange } from "../../src/core/exchange.ts";
import type { AttemptRecord } from "../../src/core/attempt-record.ts";
import { openAttemptRecord } from "../../src/attempt/target/attempt-record.ts";
import { target } from "./engine-rig.ts";

export function clientRequest(headers: Readonly<Record<string, string>> = {}, body = "{}"): ClientRequest {
  return { method: "POST", path: "/v1/chat/completions", query: "", headers, body: Buffer.from(body) };
}

export function plainCall(more: Partial<Call> = {}): Call {
  const nothing = new Uint8Array(0);
  return {
    protocol: "openai-chat",
    task: "chat",
    conversationMember: "messages",
    model: "assistant",
    stream: false,
    body: nothing,
    fields: new Map(),
    asksForReasoning: false,
    bringsTools: () => more.fields?.has("tools") === true,
    chat: () => {
      throw new Error("not decoded here");
    },
    ...more,
  };
}

export function attemptRecord(more: Partial<AttemptRecord> = {}): AttemptRecord {
  return { ...openAttemptRecord({ target: target("a/m"), key: null, retry: 0 }, 0), ...more };
}

export function plainExchange(more: Partial<Exchange> = {}): Exchange {
  return {
    id: "req_1",
    receivedAt: 0,
    receivedWall: Date.UTC(2026, 0, 1),
    request: clientRequest(),
    cancellation: new Canceller(),
    caller: { name: "anonymous", vendorKey: null },
    call: plainCall(),
    route: { name: "assistant", node: target("a/m"), total: 600_000 },
    deadline: Infinity,
    attempts: [],
    skipped: [],
    metadata: {},
    ...more,
  };
}
