// Helpers for the tests of the OpenAI encoder: short functions for messages, and requests through the codec. Not a
// test, and not shipped.
import type { ChatRequest, Message, Part, ProtocolName, ToolResultPart } from "../../core/chat.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { openaiChat } from "./protocol.ts";

export const user = (...parts: Part[]): Message => ({ role: "user", parts, name: null });
export const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts, name: null });
export const tool = (...parts: ToolResultPart[]): Message => ({ role: "tool", parts, name: null });
export const text = (words: string): Part => ({ type: "text", text: words });
export const call = (id: string, name = "f"): Part => ({ type: "tool-call", id, name, arguments: "{}" });

export function result(id: string, ...parts: ToolResultPart["parts"]): ToolResultPart {
  return { type: "tool-result", id, name: "f", parts, isError: false };
}

/** A request as another protocol's decoder would return it, unless `protocol` is set. */
export function request(change: Partial<ChatRequest>, protocol: ProtocolName = "anthropic-messages"): ChatRequest {
  const base = openaiChat.chat.request.decode(
    { model: "m", messages: [{ role: "user", content: "hi" }] },
    { model: null, stream: false },
  );
  return { ...base, extras: { protocol, fields: {} }, ...change };
}

export function encode(asked: ChatRequest, facts: Partial<ModelFacts> = {}): EncodedRequest {
  return openaiChat.chat.request.encode(asked, { model: "target", facts: { ...unknownFacts, ...facts } });
}

export function messagesOf(list: readonly Message[], facts: Partial<ModelFacts> = {}): Json | undefined {
  return encode(request({ messages: list }), facts).body["messages"];
}

/** A native request, decoded from its wire form and encoded for a target. */
export function native(body: JsonObject, facts: Partial<ModelFacts> = {}): EncodedRequest {
  const full = { model: "m", messages: [{ role: "user", content: "hi" }], ...body };
  return encode(openaiChat.chat.request.decode(full, { model: null, stream: false }), facts);
}
