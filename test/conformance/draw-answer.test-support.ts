// Answers as vendors give them, with blocks, parts and members that nobody knows wherever a vendor may put them. Each word in
// them is one of a kind, so that it can be found again, or its loss in the report. Not a test.
import fc from "fast-check";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { isArray, isObject, stringOr } from "../../src/protocols/shared/read.ts";

export type Vendor = "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini-generate" | "bedrock-converse";

export interface DrawnAnswer {
  readonly whole: JsonObject;
  /** The events of the same answer; an `event` for each where the protocol names them. */
  readonly stream: readonly { readonly event: string | null; readonly data: JsonObject }[];
  /** Each word, and the names on the way to it. */
  readonly words: readonly { readonly word: string; readonly path: readonly string[] }[];
}

/** Stands where a word of its own comes. */
const WORD = "§§";
const said = fc.constant(`Words ${WORD}.`);
const some = <T>(one: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(one, { minLength: 1, maxLength: 3 });

/** What no client knows. */
const inside: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record({ text: said }),
  fc.record({ title: said, content: fc.array(fc.record({ text: said, rank: fc.nat(9) }), { maxLength: 2 }) }),
  fc.record({ caption: said, data: fc.constant("QUJDREVG") }),
  fc.record({ audio: fc.record({ transcript: said }) }),
);
const strays: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  fc.record({ novelty: said }),
  fc.record({ novelty: fc.record({ deep: fc.array(said, { minLength: 1, maxLength: 2 }) }), score: fc.nat(9) }),
);
const kinds = fc.constantFrom("note", "card", "hologram", "oracle_tool_result", "oracle_use");
const typed = fc.tuple(kinds, inside).map(([type, members]): JsonObject => ({ type, ...members }));
const args = fc.constantFrom({ path: WORD }, {});

type Block = { readonly known: "text" | "thought" | "call" | null; readonly block: JsonObject };
const known = (kind: Block["known"], block: fc.Arbitrary<JsonObject>): fc.Arbitrary<Block> =>
  fc.tuple(block, strays).map(([one, rest]) => ({ known: kind, block: { ...one, ...rest } }));
const unknown = (block: fc.Arbitrary<JsonObject>): fc.Arbitrary<Block> =>
  block.map((one) => ({ known: null, block: one }));

/** Every block with words of its own, numbered over the whole answer. */
function numbered(blocks: readonly Block[]): { blocks: Block[]; words: DrawnAnswer["words"] } {
  const words: { word: string; path: readonly string[] }[] = [];
  const fill = (value: Json, path: readonly string[]): Json => {
    if (typeof value === "string") {
      if (!value.includes(WORD)) return value;
      const word = `w${words.length}w`;
      words.push({ word, path });
      return value.replace(WORD, word);
    }
    if (isArray(value)) return value.map((one) => fill(one, path));
    if (!isObject(value)) return value;
    const at = typeof value["type"] === "string" ? [...path, value["type"]] : path;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, fill(one ?? null, [...at, name])]));
  };
  const filled = blocks.map(({ known: kind, block }) => ({ known: kind, block: fill(block, []) as JsonObject }));
  return { blocks: filled, words };
}

/** Half of a text comes with each delta. */
function halves(text: string): readonly [string, string] {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)];
}

type Frames = { event: string | null; data: JsonObject }[];

// Messages

const messagesBlock = fc.oneof(
  { weight: 3, arbitrary: known("text", fc.record({ type: fc.constant("text"), text: said })) },
  known("thought", fc.record({ type: fc.constant("thinking"), thinking: said, signature: fc.constant("c2ln") })),
  known(
    "call",
    fc.record({ type: fc.constant("tool_use"), id: fc.constant("toolu_1"), name: fc.constant("f"), input: args }),
  ),
  unknown(typed),
);

function asMessages({ blocks, words }: ReturnType<typeof numbered>): DrawnAnswer {
  const hasCalls = blocks.some((one) => one.known === "call");
  const content = blocks.map(({ block }) => block);
  const head = { id: "msg_1", type: "message", role: "assistant", model: "m", stop_sequence: null };
  const usage = { input_tokens: 1, output_tokens: 1 };
  const stop_reason = hasCalls ? "tool_use" : "end_turn";
  const frames: Frames = [];
  const push = (data: JsonObject): void => void frames.push({ event: data["type"] as string, data });
  push({ type: "message_start", message: { ...head, content: [], stop_reason: null, usage } });
  for (const [index, { known: kind, block }] of blocks.entries()) {
    const open = {
      ...block,
      ...(kind === "text" ? { text: "" } : kind === "thought" ? { thinking: "", signature: "" } : {}),
    };
    const isPieced = kind === null && typeof block["text"] === "string";
    push({
      type: "content_block_start",
      index,
      content_block: kind === "call" ? { ...open, input: {} } : isPieced ? { ...open, text: "" } : open,
    });
    const delta = (data: JsonObject): void => push({ type: "content_block_delta", index, delta: data });
    for (const half of halves(stringOr(block["text"], stringOr(block["thinking"], "")))) {
      if (kind === "text") delta({ type: "text_delta", text: half });
      if (kind === "thought") delta({ type: "thinking_delta", thinking: half });
      if (isPieced) delta({ type: "note_delta", text: half });
    }
    if (kind === "thought") delta({ type: "signature_delta", signature: "c2ln" });
    if (kind === "call") delta({ type: "input_json_delta", partial_json: JSON.stringify(block["input"]) });
    push({ type: "content_block_stop", index });
  }
  push({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: 1 } });
  push({ type: "message_stop" });
  return { whole: { ...head, content, stop_reason, usage }, stream: frames, words };
}

// Gemini

const geminiPart = fc.oneof(
  { weight: 3, arbitrary: known("text", fc.record({ text: said })) },
  known("thought", fc.record({ text: said, thought: fc.constant(true) })),
  known("call", fc.record({ functionCall: fc.record({ name: fc.constant("f"), args }) })),
  unknown(
    fc.tuple(fc.constantFrom("card", "hologram", "executableCode"), inside).map(([name, one]) => ({ [name]: one })),
  ),
);

function asGenerated({ blocks, words }: ReturnType<typeof numbered>): DrawnAnswer {
  const parts = blocks.map(({ block }) => block);
  const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 };
  const slice = (some: readonly JsonObject[], last: boolean): JsonObject => ({
    responseId: "r",
    modelVersion: "m",
    candidates: [{ index: 0, content: { role: "model", parts: some }, ...(last ? { finishReason: "STOP" } : {}) }],
    ...(last ? { usageMetadata } : {}),
  });
  const slices = [...parts.map((part) => slice([part], false)), slice([], true)];
  return { whole: slice(parts, true), stream: slices.map((data) => ({ event: null, data })), words };
}

// Responses

const outputContent = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.tuple(said, strays).map(([text, rest]) => ({ type: "output_text", text, annotations: [], ...rest })),
  },
  typed,
);
const outputItem = fc.oneof(
  {
    weight: 3,
    arbitrary: known(
      "text",
      fc.record({ type: fc.constant("message"), role: fc.constant("assistant"), content: some(outputContent) }),
    ),
  },
  known(
    "thought",
    said.map((text) => ({ type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text }] })),
  ),
  known(
    "call",
    args.map((one) => ({ type: "function_call", call_id: "call_1", name: "f", arguments: JSON.stringify(one) })),
  ),
  unknown(typed),
);

function asResponse({ blocks, words }: ReturnType<typeof numbered>): DrawnAnswer {
  const output = blocks.map(({ block }) => block);
  const head = { id: "resp_1", object: "response", created_at: 1, model: "m" };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const whole = { ...head, status: "completed", output, usage };
  const frames: Frames = [];
  const push = (data: JsonObject): void => void frames.push({ event: data["type"] as string, data });
  push({ type: "response.created", response: { ...head, status: "in_progress", output: [] } });
  for (const [output_index, { block }] of blocks.entries()) {
    push({
      type: "response.output_item.added",
      output_index,
      item: { ...block, content: [], summary: [], arguments: "" },
    });
    const { content } = block;
    for (const part of isArray(content) ? content : []) {
      if (!isObject(part) || part["type"] !== "output_text") continue;
      for (const delta of halves(stringOr(part["text"], "")))
        push({ type: "response.output_text.delta", output_index, delta });
    }
    push({ type: "response.output_item.done", output_index, item: block });
  }
  push({ type: "response.completed", response: whole });
  return { whole, stream: frames, words };
}

// Chat Completions

const chatAnswer = fc.record({
  content: fc.oneof(
    said,
    some(
      fc.oneof(
        fc.tuple(said, strays).map(([text, rest]) => ({ type: "text", text, ...rest })),
        typed,
      ),
    ),
  ),
  reasoning_content: fc.option(said, { nil: undefined }),
  call: fc.option(fc.tuple(args, strays, strays), { nil: undefined }),
  beside: strays,
});

function asCompletion({ content, reasoning_content, call, beside }: JsonObject): DrawnAnswer {
  const [input, onCall, onFunction] = (call ?? []) as unknown as readonly [JsonObject, JsonObject, JsonObject];
  const named = { name: "f", arguments: JSON.stringify(input ?? {}), ...onFunction };
  const tool_calls = [{ id: "call_1", type: "function", function: named, ...onCall }];
  const message = {
    role: "assistant",
    content: content ?? null,
    ...(reasoning_content === undefined ? {} : { reasoning_content }),
    ...(call === undefined ? {} : { tool_calls }),
    ...(beside as JsonObject),
  };
  const { blocks, words } = numbered([{ known: null, block: message }]);
  const filled = blocks[0]!.block;
  const head = { id: "chatcmpl-1", created: 1, model: "m" };
  const finish_reason = call === undefined ? "stop" : "tool_calls";
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const chunk = (delta: JsonObject, finish: string | null): { event: null; data: JsonObject } => ({
    event: null,
    data: { ...head, object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: finish }] },
  });
  const { tool_calls: calls, ...others } = filled;
  const indexed = isArray(calls) ? calls.map((one, index) => ({ ...(one as JsonObject), index })) : null;
  const stream = [
    ...Object.entries(others).map(([name, value]) => chunk({ [name]: value }, null)),
    ...(indexed === null ? [] : [chunk({ tool_calls: indexed }, null)]),
    chunk({}, finish_reason),
  ];
  const choices = [{ index: 0, message: filled, finish_reason }];
  return { whole: { ...head, object: "chat.completion", choices, usage }, stream, words };
}

// Converse

const converseBlock = fc.oneof(
  { weight: 3, arbitrary: known("text", fc.record({ text: said })) },
  known(
    "thought",
    said.map((text) => ({ reasoningContent: { reasoningText: { text, signature: "c2ln" } } })),
  ),
  known(
    "call",
    args.map((input) => ({ toolUse: { toolUseId: "tooluse_1", name: "f", input } })),
  ),
  unknown(fc.tuple(fc.constantFrom("card", "hologram", "toolResult"), inside).map(([name, one]) => ({ [name]: one }))),
);

function asConverse({ blocks, words }: ReturnType<typeof numbered>): DrawnAnswer {
  const content = blocks.map(({ block }) => block);
  const stopReason = blocks.some((one) => one.known === "call") ? "tool_use" : "end_turn";
  const usage = { inputTokens: 1, outputTokens: 1, totalTokens: 2 };
  const frames: Frames = [{ event: "messageStart", data: { role: "assistant" } }];
  for (const [contentBlockIndex, { known: kind, block }] of blocks.entries()) {
    const delta = (data: JsonObject): void =>
      void frames.push({ event: "contentBlockDelta", data: { contentBlockIndex, delta: data } });
    const { toolUse } = block;
    if (kind === "call" && isObject(toolUse)) {
      const { input, ...start } = toolUse;
      const { toolUse: _own, ...beside } = block;
      frames.push({ event: "contentBlockStart", data: { contentBlockIndex, start: { toolUse: start, ...beside } } });
      delta({ toolUse: { input: JSON.stringify(input) } });
    } else if (kind === "text") {
      const { text, ...beside } = block;
      for (const half of halves(stringOr(text, ""))) delta({ text: half });
      if (Object.keys(beside).length > 0) delta(beside);
    } else if (kind === "thought") {
      const { reasoningContent, ...beside } = block;
      const { text } = (reasoningContent as JsonObject)["reasoningText"] as JsonObject;
      delta({ reasoningContent: { text } });
      if (Object.keys(beside).length > 0) delta(beside);
    } else delta(block);
    frames.push({ event: "contentBlockStop", data: { contentBlockIndex } });
  }
  frames.push({ event: "messageStop", data: { stopReason } }, { event: "metadata", data: { usage } });
  return { whole: { output: { message: { role: "assistant", content } }, stopReason, usage }, stream: frames, words };
}

export const drawAnswer: Readonly<Record<Vendor, fc.Arbitrary<DrawnAnswer>>> = {
  "anthropic-messages": some(messagesBlock).map((blocks) => asMessages(numbered(blocks))),
  "gemini-generate": some(geminiPart).map((blocks) => asGenerated(numbered(blocks))),
  "openai-responses": some(outputItem).map((blocks) => asResponse(numbered(blocks))),
  "openai-chat": chatAnswer.map((answer) => asCompletion(answer as JsonObject)),
  "bedrock-converse": some(converseBlock).map((blocks) => asConverse(numbered(blocks))),
};
