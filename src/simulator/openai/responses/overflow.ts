// The refusal of an input that is too long. The service begins a stream before it counts the tokens, so a streamed
// request gets 200 and learns it from the stream. Source: maximhq/bifrost#4413, and the event in openai/codex's tests.
import type { JsonRecord } from "../../json-record.ts";
import type { Reply, World } from "../../vocabulary.ts";
import { envelopeHead } from "../envelope.ts";
import type { ModelTraits } from "../models.ts";
import { ItemIds } from "./item-ids.ts";
import { responseObject } from "./response-object.ts";
import { event } from "./stream.ts";

export const overflow = {
  message: "Your input exceeds the context window of this model. Please adjust your input and try again.",
  param: "input",
  code: "context_length_exceeded",
} as const;

export function overflowStream(body: JsonRecord, world: World, traits: ModelTraits): Reply {
  const id = new ItemIds(world.random, false).next("resp");
  const facts = { id, createdAt: Math.floor(world.now() / 1000), body, traits };
  const openedResponse = responseObject(facts, { status: "in_progress", output: [], usage: null });
  const { code, message } = overflow;
  const failed = responseObject(facts, { status: "failed", output: [], usage: null, error: { code, message } });
  const frames = [
    event("open", { type: "response.created", response: openedResponse }),
    event("open", { type: "response.in_progress", response: openedResponse }),
    event("error", { type: "error", error: { type: "invalid_request_error", ...overflow } }),
    event("error", { type: "response.failed", response: failed }),
  ];
  return { kind: "stream", head: envelopeHead(world, { stream: true, promptTokens: 0 }), framing: "sse", frames };
}
