// A wire format small enough to read in a test: one JSON object per event, `{"t":"hi"}` for words, `{"f":"stop"}` for an
// ending, `{"u":3}` for usage (`"apart":true`: in its own event), `{"e":"overloaded"}` for an error, `[DONE]` at the end. It decodes and encodes nothing else.
import type { ChatRequest, FinishReason } from "../../src/core/chat.ts";
import type { Endings } from "../../src/core/endings.ts";
import type { StreamEvent } from "../../src/core/event.ts";
import type { WireFailure } from "../../src/core/failure.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { Ingress } from "../../src/core/ingress.ts";
import type { FailureCodec, Protocol, RequestCodec, ResponseCodec, StreamCodec } from "../../src/core/protocol.ts";
import type { FailureVerdict } from "../../src/core/verdict.ts";

function told(verdict: FailureVerdict, status: number | null = null): WireFailure {
  const plain = { code: null, type: null, param: null, waitMs: null, shouldRetry: null };
  return { verdict, status, message: `told ${verdict}`, ...plain };
}

function eventsOf(data: string): StreamEvent[] {
  if (data === "[DONE]") return [{ type: "end" }];
  let json: JsonObject;
  try {
    json = JSON.parse(data) as JsonObject;
  } catch {
    return [{ type: "failure", failure: told("malformed") }];
  }
  const choice = typeof json["c"] === "number" ? json["c"] : 0;
  const events: StreamEvent[] = [];
  if (typeof json["t"] === "string") events.push({ type: "text-delta", choice, text: json["t"] });
  if (typeof json["f"] === "string")
    events.push({ type: "finish", choice, reason: json["f"] as FinishReason, raw: json["f"] });
  if (typeof json["u"] === "number") {
    const usage = { input: null, output: json["u"], cacheRead: null, cacheWrite: null, reasoning: null };
    events.push(json["apart"] === true ? { type: "usage", usage, apart: true } : { type: "usage", usage });
  }
  if (typeof json["e"] === "string") events.push({ type: "failure", failure: told(json["e"] as FailureVerdict, 503) });
  return events;
}

function write(event: StreamEvent): string {
  if (event.type === "text-delta") return `[${event.text}]`;
  return event.type === "finish" ? `<${event.reason}>` : "";
}

/** Functions that a test may replace, of any facet. */
export interface Pieces extends Partial<Pick<Protocol, "name" | "reasoningState" | "autoContinue">> {
  readonly ingress?: Partial<Protocol["ingress"]>;
  readonly egress?: Partial<Protocol["egress"]>;
  readonly request?: Partial<Protocol["chat"]["request"]>;
  readonly response?: Partial<Protocol["chat"]["response"]>;
  readonly stream?: Partial<Protocol["chat"]["stream"]>;
  readonly operations?: Protocol["operations"];
  readonly failure?: Partial<Protocol["failure"]>;
}

const request: RequestCodec = {
  decode: (body) => ({ model: body["model"], extras: { fields: body } }) as unknown as ChatRequest,
  encode: ({ extras }, target) => ({
    body: { ...extras.fields, model: target.model, encoded: true },
    dropped: extras.fields["top_k"] === undefined ? [] : ["top_k"],
    adapted: [],
  }),
};

const response: ResponseCodec = {
  decode(body) {
    const json = (typeof body === "object" && body !== null ? body : {}) as JsonObject;
    if (typeof json["e"] === "string") return told(json["e"] as FailureVerdict);
    if (typeof json["t"] !== "string") return told("malformed");
    const parts = [{ type: "text" as const, text: json["t"] }];
    const choice = { index: 0, parts, finish: "stop" as const, rawFinish: "stop", stopSequence: null, logprobs: null };
    const extras = { protocol: "openai-chat" as const, fields: {} };
    return { id: "r", model: "m", created: null, choices: [choice], usage: null, extras };
  },
  encode: ({ choices }) => ({ answered: choices.length }),
};

const stream: StreamCodec = {
  decoder: () => ({ step: (frame) => eventsOf(frame.data), end: () => [] }),
  encoder: () => ({
    step: (events) => events.map(write).join(""),
    end: () => "(end)",
    fail: (failure) => `(failed ${failure.code})`,
  }),
  endMark: "data: [DONE]\n\n",
  signOfLife: ": alive\n\n",
};

const failure: FailureCodec = {
  decode: (status, _headers, body) => ({
    ...told(status === 429 ? "rate_limited" : "server_error", status),
    message: body,
  }),
  encode: ({ code, message }, id) => ({ error: { code, message }, request_id: id }),
  frame: ({ code }) => `event: error\ndata: {"error":"${code}"}\n\n`,
};

const endings: Endings = {
  protocol: "openai-chat",
  member: "finish",
  emptyStop: "never",
  own: new Map(),
  words: new Map(),
  explainsEmpty: () => false,
};

const ingress: Ingress = {
  paths: {},
  answerIdPrefix: "",
  conversationMember: "messages",
  asksForReasoning: (members) => members.has("reasoning_effort"),
};

export function plainProtocol(more: Pieces = {}): Protocol {
  return {
    name: more.name ?? "openai-chat",
    ingress: { ...ingress, ...more.ingress },
    egress: { path: (model, streams) => `/ask/${model}${streams ? "/stream" : ""}`, framing: "sse", ...more.egress },
    chat: {
      request: { ...request, ...more.request },
      response: { ...response, ...more.response },
      stream: { ...stream, ...more.stream },
      endings,
    },
    operations: more.operations ?? {},
    failure: { ...failure, ...more.failure },
    ...(more.reasoningState === undefined ? {} : { reasoningState: more.reasoningState }),
    ...(more.autoContinue === undefined ? {} : { autoContinue: more.autoContinue }),
  };
}
