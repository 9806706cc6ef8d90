// Helpers for the tests of this codec: short functions for messages, and requests through the codec. Not a test, and
// not shipped.
import type { ChatRequest, Message, Part, ProtocolName, ToolResultPart, VendorState } from "../../core/chat.ts";
import type { JsonObject } from "../../core/json.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { openaiResponses } from "./protocol.ts";

export const user = (...parts: Part[]): Message => ({ role: "user", parts, name: null });
export const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts, name: null });
export const tool = (...parts: ToolResultPart[]): Message => ({ role: "tool", parts, name: null });
export const system = (words: string): Message => ({ role: "system", parts: [text(words)], name: null });
export const text = (words: string): Part => ({ type: "text", text: words });
export const call = (id: string, state?: VendorState): Part => ({
  type: "tool-call",
  id,
  name: "f",
  arguments: "{}",
  ...(state === undefined ? {} : { state }),
});

export function result(id: string, ...parts: ToolResultPart["parts"]): ToolResultPart {
  return { type: "tool-result", id, name: "f", parts, isError: false };
}

/** An item of the vendor's own, as a part's state. */
export function own(item: JsonObject): VendorState {
  return { protocol: "openai-responses", value: { item } };
}

/** A reasoning item of the vendor's own. */
export function thought(id: string): Part {
  const item = { type: "reasoning", id, summary: [], encrypted_content: `sealed-${id}` };
  return { type: "reasoning", text: "", state: own(item) };
}

export function decode(body: JsonObject): ChatRequest {
  return openaiResponses.chat.request.decode({ model: "m", input: "hi", ...body }, { model: null, stream: false });
}

/** A request as another protocol's decoder would return it. */
export function request(change: Partial<ChatRequest>, protocol: ProtocolName = "anthropic-messages"): ChatRequest {
  return { ...decode({}), extras: { protocol, fields: {} }, ...change };
}

export function encode(asked: ChatRequest, facts: Partial<ModelFacts> = {}): EncodedRequest {
  return openaiResponses.chat.request.encode(asked, { model: "target", facts: { ...unknownFacts, ...facts } });
}

export function inputOf(messages: readonly Message[], facts: Partial<ModelFacts> = {}): unknown {
  return encode(request({ messages }), facts).body["input"];
}

/** A native request, decoded from its wire form and encoded for a target. */
export function native(body: JsonObject, facts: Partial<ModelFacts> = {}): EncodedRequest {
  return encode(decode(body), facts);
}
