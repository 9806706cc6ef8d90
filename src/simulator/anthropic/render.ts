// An answer as a message: the whole one, and its events, key for key as recorded.
import type { Answer } from "../answers/prompt.ts";
import type { WebSearch } from "../answers/search-the-web.ts";
import { isLastSlice } from "../answers/slice-answer.ts";
import type { JsonRecord } from "../json-record.ts";
import { BASE_58, type Random } from "../random.ts";
import type { AnswerWish, Frame } from "../vocabulary.ts";
import { callId, type Pause } from "./pause-turn.ts";
import { searchBlocks, searchUsage, type TextStretch, textStretches } from "./web-search.ts";

/** Everything about the answer except its content. */
export interface Envelope {
  readonly random: Random;
  readonly servedAs: string;
  readonly promptTokens: number;
  readonly hasThinking: boolean;
  readonly showThinking: boolean;
  readonly wish: AnswerWish;
  readonly pause?: Pause | undefined;
  /** Called with the complete answer. */
  readonly keep?: ((id: string, content: readonly JsonRecord[]) => void) | undefined;
  readonly search?: WebSearch | undefined;
}

type Block =
  | { readonly type: "thinking"; readonly thinking: string; readonly signature: string }
  | ({ readonly type: "text" } & TextStretch)
  | { readonly type: "tool_use"; readonly id: string; readonly name: string; readonly input: JsonRecord }
  | { readonly type: "server_tool_use"; readonly id: string; readonly name: string; readonly input: JsonRecord }
  | { readonly type: "server_tool_result"; readonly data: JsonRecord };

export function renderDocument(answer: Answer, envelope: Envelope): JsonRecord {
  const message = opening(envelope);
  const content = blocksOf(answer, envelope).map((block) => renderBlock(block, envelope));
  envelope.keep?.(String(message["id"]), content);
  return {
    ...message,
    content,
    ...ending(answer, envelope),
    usage: {
      ...inputUsage(envelope),
      ...outputUsage(answer, envelope),
      service_tier: "standard",
      inference_geo: "not_available",
    },
  };
}

export function* renderStream(answer: Answer, envelope: Envelope): Generator<Frame> {
  const message: JsonRecord = {
    ...opening(envelope),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: {
      ...inputUsage(envelope),
      output_tokens: envelope.random.integer(1, 8),
      service_tier: "standard",
      inference_geo: "not_available",
    },
  };
  yield frame("open", { type: "message_start", message });
  const blocks = blocksOf(answer, envelope);
  for (const [index, block] of blocks.entries()) {
    yield* blockEvents(block, { index, envelope, call: callNumber(answer, envelope, index) });
  }
  const { cache_creation: _creation, ...usage } = inputUsage(envelope);
  yield frame("finish", {
    type: "message_delta",
    delta: ending(answer, envelope),
    usage: { ...usage, ...outputUsage(answer, envelope) },
  });
  envelope.keep?.(
    String(message["id"]),
    blocks.map((block) => renderBlock(block, envelope)),
  );
  yield frame("end", { type: "message_stop" });
}

function* blockEvents(
  block: Block,
  place: { index: number; envelope: Envelope; call: number | undefined },
): Generator<Frame> {
  const { index, envelope, call } = place;
  const part = block.type === "tool_use" ? "call" : block.type === "thinking" ? "thought" : "text";
  const more = call === undefined ? {} : { call };
  const delta = (content: JsonRecord, tokens: number): Frame => ({
    ...frame(part, { type: "content_block_delta", index, delta: content }, tokens),
    ...more,
  });
  yield { ...frame(part, { type: "content_block_start", index, content_block: emptyBlock(block) }), ...more };
  if (index === 0) yield frame("ping", { type: "ping" });
  if (block.type === "text") {
    for (const citation of block.citations ?? []) yield delta({ type: "citations_delta", citation }, 0);
    for (const tokens of inPieces(block.tokens, envelope.random))
      yield delta({ type: "text_delta", text: tokens.join("") }, tokens.length);
  } else if (block.type === "thinking") {
    const words = block.thinking.split(/(?<=\s)/);
    for (const piece of inPieces(words, envelope.random))
      yield delta({ type: "thinking_delta", thinking: piece.join("") }, piece.length);
    yield delta({ type: "signature_delta", signature: block.signature }, 0);
  } else if (block.type !== "server_tool_result") {
    yield delta({ type: "input_json_delta", partial_json: "" }, 4);
    for (const piece of argumentPieces(block.input, envelope))
      yield delta({ type: "input_json_delta", partial_json: piece }, 1);
  }
  yield { ...frame(part, { type: "content_block_stop", index }), ...more };
}

function frame(part: Frame["part"], data: JsonRecord, tokens: number = 0): Frame {
  return { part, event: String(data["type"]), data, tokens };
}

/** One token first, then several at a time. */
function* inPieces(tokens: readonly string[], random: Random): Generator<readonly string[]> {
  for (let at = 0; at < tokens.length;) {
    const size = at === 0 ? 1 : random.integer(2, 8);
    yield tokens.slice(at, at + size);
    at += size;
  }
}

/** A tool without arguments sends only the empty first piece. */
function* argumentPieces(input: JsonRecord, { random, wish }: Envelope): Generator<string> {
  const written = JSON.stringify(input);
  const keptText =
    wish.cutArguments === true ? written.slice(0, Math.max(1, Math.floor(written.length * 0.6))) : written;
  if (written === "{}" && wish.cutArguments !== true) return;
  for (let at = 0; at < keptText.length;) {
    const size = random.integer(4, 16);
    yield keptText.slice(at, at + size);
    at += size;
  }
}

function blocksOf(answer: Answer, envelope: Envelope): Block[] {
  const { random, pause } = envelope;
  const blocks = ownBlocks(answer, envelope);
  if (pause === undefined) return blocks;
  const { slice, tool, open } = pause;
  const result = { type: `${tool}_tool_result`, tool_use_id: open, content: [] };
  if (open !== undefined) blocks.unshift({ type: "server_tool_result", data: result });
  const id = callId(slice, random);
  if (!isLastSlice(slice)) blocks.push({ type: "server_tool_use", id, name: tool, input: { query: "news" } });
  return blocks;
}

function ownBlocks(answer: Answer, { random, hasThinking, showThinking, search }: Envelope): Block[] {
  const blocks: Block[] = [];
  if (hasThinking && answer.thoughts.length > 0) {
    const signature = `E${random.characters(299, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")}`;
    blocks.push({ type: "thinking", thinking: showThinking ? answer.thoughts.join("") : "", signature });
  }
  if (search !== undefined) blocks.push(...searchBlocks(search, random));
  for (const stretch of textStretches(answer, search, random)) blocks.push({ type: "text", ...stretch });
  for (const { name, input } of answer.calls) {
    blocks.push({ type: "tool_use", id: `toolu_01${random.characters(22, BASE_58)}`, name, input });
  }
  return blocks;
}

function renderBlock(block: Block, { wish }: Envelope): JsonRecord {
  if (block.type === "text") {
    const { citations } = block;
    return { ...(citations === undefined ? {} : { citations }), type: "text", text: block.tokens.join("") };
  }
  if (block.type === "thinking" || block.type === "server_tool_use") return { ...block };
  if (block.type === "server_tool_result") return block.data;
  return {
    type: "tool_use",
    id: block.id,
    name: block.name,
    input: wish.cutArguments === true ? {} : block.input,
    caller: { type: "direct" },
  };
}

function emptyBlock(block: Block): JsonRecord {
  if (block.type === "text")
    return { ...(block.citations === undefined ? {} : { citations: [] }), type: "text", text: "" };
  if (block.type === "thinking") return { type: "thinking", thinking: "", signature: "" };
  if (block.type === "server_tool_result") return block.data;
  if (block.type === "server_tool_use") return { ...block, input: {} };
  return { type: "tool_use", id: block.id, name: block.name, input: {}, caller: { type: "direct" } };
}

function callNumber(answer: Answer, { hasThinking }: Envelope, index: number): number | undefined {
  const before = (hasThinking && answer.thoughts.length > 0 ? 1 : 0) + (answer.text.length > 0 ? 1 : 0);
  return answer.calls.length > 0 && index >= before ? index - before : undefined;
}

function opening({ servedAs, random }: Envelope): JsonRecord {
  return { model: servedAs, id: `msg_01${random.characters(22, BASE_58)}`, type: "message", role: "assistant" };
}

function ending(answer: Answer, { wish, pause }: Envelope): JsonRecord {
  if (pause !== undefined && !isLastSlice(pause.slice))
    return { stop_reason: "pause_turn", stop_sequence: null, stop_details: null };
  if (wish.policyBlock === true) {
    const details = { type: "refusal", category: null, explanation: null };
    return { stop_reason: "refusal", stop_sequence: null, stop_details: details };
  }
  return {
    stop_reason: wish.finishReason ?? reasons[answer.finish],
    stop_sequence: answer.stopSequence ?? null,
    stop_details: null,
  };
}

const reasons: Readonly<Record<Answer["finish"], string>> = {
  stop: "end_turn",
  length: "max_tokens",
  calls: "tool_use",
  "stop-sequence": "stop_sequence",
};

function inputUsage({ promptTokens }: Envelope): JsonRecord {
  return {
    input_tokens: promptTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
  };
}

function outputUsage(answer: Answer, { hasThinking, search }: Envelope): JsonRecord {
  return {
    ...(search === undefined ? {} : searchUsage(search)),
    output_tokens: answer.answerTokens + (hasThinking ? answer.thinkingTokens : 0),
    ...(hasThinking ? { output_tokens_details: { thinking_tokens: answer.thinkingTokens } } : {}),
  };
}
