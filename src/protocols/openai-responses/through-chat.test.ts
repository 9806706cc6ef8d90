// A chat client with answers from a target of this protocol: the vendor's state travels through the client and back, so
// that the next turn is the vendor's own again.
import { describe, expect, test } from "vitest";
import { framesOf } from "../../../test/support/recordings.ts";
import type { ChatResponse } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { unknownFacts } from "../../providers/families/family.ts";
import { openaiChat } from "../openai-chat/protocol.ts";
import { arrayOr, membersOf, stringOr } from "../shared/read.ts";
import { openaiResponses } from "./protocol.ts";

const output = [
  { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" },
  {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    phase: "commentary",
    content: [{ type: "output_text", text: "I look.", annotations: [] }],
  },
  { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: "{}", status: "completed" },
] satisfies JsonObject[];
const options = { id: "chatcmpl-1", created: 1, includeUsage: false };
const facts = { ...unknownFacts, reasoning: { style: "effort", efforts: ["low"] }, sampling: false } as const;

/** The next turn's input, with the assistant's message as the client stored it. */
function nextInput(message: Json | undefined): readonly Json[] {
  const messages = [
    { role: "user", content: "hi" },
    message ?? null,
    { role: "tool", tool_call_id: "call_1", content: "42" },
  ];
  const request = openaiChat.chat.request.decode({ model: "m", messages }, { model: null, stream: false });
  const { body, dropped } = openaiResponses.chat.request.encode(request, { model: "m", facts });
  expect(dropped).toEqual([]);
  return arrayOr(body["input"], []).slice(1);
}

const returned = [...output, { type: "function_call_output", call_id: "call_1", output: "42" }];

describe("trap 30: reasoning and its followers come back through a chat client", () => {
  test("from a whole answer", () => {
    const answer = openaiResponses.chat.response.decode({ id: "resp_1", status: "completed", output });
    const completion = openaiChat.chat.response.encode(answer as ChatResponse, options);
    const [choice] = arrayOr(completion["choices"], []);
    expect(nextInput(membersOf(choice)["message"])).toEqual(returned);
  });

  test("from a stream", () => {
    const decoder = openaiResponses.chat.stream.decoder();
    const events: StreamEvent[] = [
      { type: "response.created", response: { id: "resp_1" } },
      ...output.map(done),
    ].flatMap((event) => [...decoder.step({ event: null, data: JSON.stringify(event) })]);
    const message: { [key: string]: Json } = { role: "assistant" };
    const encoder = openaiChat.chat.stream.encoder(options);
    for (const { data } of framesOf(encoder.step(events))) {
      const [choice] = arrayOr((JSON.parse(data) as JsonObject)["choices"], []);
      gather(message, membersOf(membersOf(choice)["delta"]));
    }
    // A streamed call is sent before its status is known.
    const told = returned.map((item) => ("name" in item ? { ...item, status: undefined } : item));
    expect(nextInput(message)).toEqual(told);
  });
});

function done(item: JsonObject, index: number): JsonObject {
  return { type: "response.output_item.done", output_index: index, item };
}

/** Joins deltas as clients do: texts are concatenated, lists extended, objects replaced. */
function gather(message: { [key: string]: Json }, delta: JsonObject): void {
  for (const [key, value] of Object.entries(delta)) {
    const before = message[key];
    if (value === undefined || value === null) continue;
    if (typeof value === "string" && typeof before === "string" && key !== "role") message[key] = before + value;
    else if (Array.isArray(value) && key === "tool_calls") mergeCalls(message, value as JsonObject[]);
    else message[key] = value;
  }
}

function mergeCalls(message: { [key: string]: Json }, deltas: readonly JsonObject[]): void {
  const calls = [...arrayOr(message["tool_calls"], [])].map(membersOf);
  for (const delta of deltas) {
    const index = Number(delta["index"]);
    const known = calls[index];
    if (known === undefined) {
      calls[index] = delta;
      continue;
    }
    const inner = membersOf(known["function"]);
    const fragment = stringOr(membersOf(delta["function"])["arguments"], "");
    calls[index] = { ...known, function: { ...inner, arguments: stringOr(inner["arguments"], "") + fragment } };
  }
  message["tool_calls"] = calls;
}
