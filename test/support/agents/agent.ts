// A coding agent as its vendor sees it: its requests, turn by turn. The shapes (members, tools, schemas, blocks,
// headers) are those of the real ones, recorded on 2026-11-30; every text in them is invented.
import type { ProtocolName } from "../../../src/core/chat.ts";
import type { JsonObject } from "../../../src/core/json.ts";

export interface AgentRequest {
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
}

export interface HeardCall {
  readonly id: string;
  readonly name: string;
  /** A string if the tool takes text. */
  readonly input: JsonObject | string;
}

/** An answer, and the form in which the agent stores it: blocks, items, parts, or one message. */
export interface Heard {
  readonly text: string;
  readonly calls: readonly HeardCall[];
  readonly kept: readonly JsonObject[];
}

export interface Outcome {
  readonly call: HeardCall;
  readonly output: string;
  readonly failed: boolean;
}

export interface Agent {
  readonly name: string;
  readonly protocol: ProtocolName;
  /** Its tool for commands. */
  readonly shell: { readonly name: string; readonly input: (command: string) => JsonObject | string };
  /** The first request of a task. */
  readonly opening: (ask: { readonly model: string; readonly task: string }) => AgentRequest;
  /** The request after an answer with calls: from the previous request, the answer, and the calls' results. */
  readonly after: (request: AgentRequest, heard: Heard, outcomes: readonly Outcome[]) => AgentRequest;
}

/** The request with other members, and more entries in the list of the conversation. */
export function withMore(request: AgentRequest, list: string, entries: readonly JsonObject[]): AgentRequest {
  const before = request.body[list] as readonly JsonObject[];
  return { ...request, body: { ...request.body, [list]: [...before, ...entries] } };
}

export const uuid = "0b5c2e6e-7d40-4c5e-9a53-2f6c1d8e4b70";
