// The response object around the output: ids, and the request members that this protocol repeats in its answers. A
// setting that the caller did not give is null or the protocol's documented default, never a guess at the vendor's.
import type { ChatResponse } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { hashIdentifier } from "../../shared/identifiers.ts";
import { arrayOr, isObject, membersOf } from "../../shared/read.ts";

/** The vendor's own id if it is from this protocol, otherwise the gateway's, in this protocol's format. */
export function responseId(id: string, context: { readonly native: boolean; readonly fallback: string }): string {
  if (id !== "" && (context.native || id.startsWith("resp_"))) return id;
  return context.fallback.startsWith("resp_") ? context.fallback : `resp_${hashIdentifier(context.fallback, 48)}`;
}

/** The prefixes of item ids, by kind. */
export type ItemPrefix = "msg" | "fc" | "ctc" | "rs" | "ig" | "lsh" | "sh" | "apc" | "tsc" | "ws";

/** An item's id; always the same for the same answer. */
export function itemId(prefix: ItemPrefix, response: string, index: number): string {
  return `${prefix}_${hashIdentifier(`${response}:${index}`, 48)}`;
}

const repeated = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  safety_identifier: null,
  service_tier: null,
  store: false,
  temperature: null,
  tool_choice: "auto",
  top_logprobs: 0,
  top_p: null,
  truncation: "disabled",
} as const;

/** The members that answers repeat. */
export function echoOf(body: JsonObject | undefined): JsonObject {
  const requestBody = body ?? {};
  const echo: MutableJson = { ...repeated };
  for (const key in repeated)
    if (requestBody[key] !== undefined && requestBody[key] !== null) echo[key] = requestBody[key];
  const user = requestBody["user"] ?? null;
  if (user !== null) echo["user"] = user;
  echo["tools"] = arrayOr(requestBody["tools"], []).map(wholeTool);
  echo["reasoning"] = { effort: null, summary: null, ...membersOf(requestBody["reasoning"]) };
  echo["text"] = { format: { type: "text" }, ...membersOf(requestBody["text"]) };
  return echo;
}

/** Clients read all members of a function. */
function wholeTool(tool: Json): Json {
  return isObject(tool) && tool["type"] === "function" ? { parameters: null, strict: null, ...tool } : tool;
}

/** The constant members in all states of one response. */
export interface Envelope {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly echo: JsonObject;
}

export function openEnvelope(
  answer: Pick<ChatResponse, "id" | "model" | "created">,
  options: StreamOptions,
  native = false,
): Envelope {
  return {
    id: responseId(answer.id, { native, fallback: options.id }),
    created: answer.created ?? options.created,
    model: answer.model,
    echo: echoOf(options.echo),
  };
}

/** The response object with its current state. */
export function writeResponse(envelope: Envelope, state: JsonObject): JsonObject {
  return {
    id: envelope.id,
    object: "response",
    created_at: envelope.created,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    model: envelope.model,
    output: [],
    ...envelope.echo,
    ...state,
  };
}
