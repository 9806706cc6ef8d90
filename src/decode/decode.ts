// From wire bytes to a call: which protocol the path speaks, which model is asked for, whether a stream is wanted. The
// conversation itself is decoded only when a target needs it in other words; it must never be decoded twice.
import type { ChatRequest, ProtocolName } from "../core/chat.ts";
import type { Call, ClientRequest, FieldSpan } from "../core/exchange.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { Json } from "../core/json.ts";
import { parseBody } from "../core/parse-body.ts";
import type { Protocol } from "../core/protocol.ts";
import { scanObject } from "./scan.ts";

export type Protocols = Readonly<Partial<Record<ProtocolName, Protocol>>>;

/** The protocol that a path speaks, or null. Both with and without `/v1`, since base URLs are written both ways. */
export function protocolOf(path: string): ProtocolName | null {
  return path === "/v1/chat/completions" || path === "/chat/completions" ? "openai-chat" : null;
}

/**
 * Reads what routing needs. Throws GatewayFailure(`bad_request`) for a body that is no JSON object or nests too deep;
 * whether `model` must be there is for the plan to say.
 */
export function decodeCall(request: ClientRequest, protocol: Protocol, maxDepth: number): Call {
  const fields = scanObject(request.body, maxDepth);
  const model = readField(request.body, fields, "model") ?? "";
  if (typeof model !== "string") {
    throw new GatewayFailure('"model" must be a string: the name of a route, or provider/model.', {
      code: "bad_request",
      status: 400,
      param: "model",
    });
  }
  const stream = readField(request.body, fields, "stream") === true;
  let decoded: ChatRequest | null = null;
  return {
    protocol: protocol.name,
    model,
    stream,
    body: request.body,
    fields,
    thinks: asksForReasoning(request.body, fields),
    chat: () => (decoded ??= protocol.decodeRequest(parseBody(request.body), { model: null, stream })),
  };
}

function readField(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>, name: string): Json | undefined {
  const span = fields.get(name);
  if (!span) return undefined;
  const text = Buffer.from(body.buffer, body.byteOffset + span.start, span.end - span.start).toString("utf8");
  if (text === "true") return true;
  if (text === "false") return false;
  if (text.charCodeAt(0) === 34 && !text.includes("\\")) return text.slice(1, -1);
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new GatewayFailure(`The request body is not valid JSON: the value of "${name}" is broken.`, {
      code: "bad_request",
      status: 400,
      param: name,
      cause,
    });
  }
}

function asksForReasoning(body: Uint8Array, fields: ReadonlyMap<string, FieldSpan>): boolean {
  const effort = fields.has("reasoning_effort") ? readField(body, fields, "reasoning_effort") : null;
  if (typeof effort === "string") return effort !== "none";
  return fields.has("reasoning") || fields.has("thinking");
}
