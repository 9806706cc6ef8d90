// Requests for tests of the encoder: a short greeting to which each test adds only its own subject.
import type { ChatRequest, Message, Part, Sampling, Tool } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import type { EncodedRequest } from "../../core/encoded-request.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { anthropicMessages } from "./protocol.ts";

const silent: Sampling = {
  maxTokens: 100,
  temperature: null,
  topP: null,
  topK: null,
  seed: null,
  n: null,
  stop: [],
  presencePenalty: null,
  frequencyPenalty: null,
  logprobs: null,
  topLogprobs: null,
  logitBias: null,
};

export type Asked = Partial<Omit<ChatRequest, "sampling">> & { readonly sampling?: Partial<Sampling> };

function chat({ sampling, ...rest }: Asked): ChatRequest {
  return {
    model: "assistant",
    messages: [say("user", "Hi")],
    tools: [],
    toolChoice: null,
    parallelTools: null,
    output: null,
    reasoning: null,
    stream: false,
    includeUsage: false,
    user: null,
    extras: { protocol: "openai-chat", fields: {} },
    ...rest,
    sampling: { ...silent, ...sampling },
  };
}

export function say(role: Message["role"], ...content: (string | Part)[]): Message {
  const parts = content.map((one): Part => (typeof one === "string" ? { type: "text", text: one } : one));
  return { role, parts, name: null };
}
export const call = (id: string, name = "f", args = '{"a":1}'): Part => ({
  type: "tool-call",
  id,
  name,
  arguments: args,
});
export const result = (id: string, text: string): Part => ({
  type: "tool-result",
  id,
  name: null,
  parts: text === "" ? [] : [{ type: "text", text }],
  isError: false,
});
export const tool = (name: string, more: Partial<Tool> = {}): Tool => ({
  name,
  description: null,
  parameters: { type: "object", properties: { a: { type: "number" } } },
  strict: null,
  ...more,
});

export interface RequestEncoder {
  readonly encode: (asked: Asked, model?: string) => EncodedRequest;
  readonly bodyOf: (asked: Asked, model?: string) => JsonObject;
  readonly turnsOf: (...messages: Message[]) => unknown;
}

/** Encodes for a small model of the middle generation unless another one is named; `factsOf` is the catalogue's. */
export function encoderFor(factsOf: (model: string) => ModelFacts): RequestEncoder {
  const encode = (asked: Asked, model = "claude-haiku-4-5"): EncodedRequest =>
    anthropicMessages.chat.request.encode(chat(asked), { model, facts: factsOf(model) });
  return {
    encode,
    bodyOf: (asked, model) => encode(asked, model).body,
    turnsOf: (...messages) => encode({ messages }).body["messages"],
  };
}

export function refusal(act: () => unknown): { code: string; status: number; param: string | null } {
  try {
    act();
  } catch (error) {
    if (error instanceof GatewayFailure) return { code: error.code, status: error.status, param: error.param };
    throw error;
  }
  throw new Error("nothing was refused");
}
