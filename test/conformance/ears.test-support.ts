// The official SDKs as listeners: each is handed a body or a stream as if it had come over the wire, puts it together with
// its own accumulator, and what its user would read is brought to the small form of `said`. Not a test.
import Anthropic from "@anthropic-ai/sdk";
import { type Candidate, type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import type { JsonObject } from "../../src/core/json.ts";
import type { StreamOptions } from "../../src/core/protocol.ts";
import { argumentsOf } from "../../src/protocols/shared/free-text.ts";
import type { Four } from "./protocols.test-support.ts";
import { type Answer, type Extensions, nothing, type Said, saidByCompletion } from "./said.test-support.ts";

export interface Ear {
  readonly options: StreamOptions;
  /** Rejects as the SDK does: with an error's status, or what a stream raised. */
  whole(body: JsonObject, status?: number): Promise<Answer>;
  stream(wire: string): Promise<Answer>;
}

type Reply = () => Response;
const sse = (wire: string): Response => new Response(wire, { headers: { "content-type": "text/event-stream" } });
const json = (body: JsonObject, status: number): Response => Response.json(body, { status });
const optionsOf = (id: string): StreamOptions => ({ id, created: 1_700_000_000, includeUsage: true });
const key = { apiKey: "unused", maxRetries: 0 };

const openai = (reply: Reply): OpenAI => new OpenAI({ ...key, fetch: () => Promise.resolve(reply()) });
const anthropic = (reply: Reply): Anthropic => new Anthropic({ ...key, fetch: () => Promise.resolve(reply()) });
const google = (reply: Reply): GoogleGenAI =>
  new GoogleGenAI({
    apiKey: "unused",
    httpOptions: { baseUrl: "http://gateway.test", fetch: () => Promise.resolve(reply()) },
  });

const chatAsked = { model: "m", messages: [{ role: "user" as const, content: "hi" }] };
const messagesAsked = { ...chatAsked, max_tokens: 10 };
const geminiAsked = { model: "m", contents: "hi" };
const responsesAsked = { model: "m", input: "hi" };

export const ears: Readonly<Record<Four, Ear>> = {
  "openai-chat": {
    options: optionsOf("chatcmpl-own"),
    whole: async (body, status = 200) =>
      saidByCompletion(await openai(() => json(body, status)).chat.completions.create(chatAsked)),
    stream: hearChunks,
  },
  "openai-responses": {
    options: optionsOf("resp_own"),
    whole: async (body, status = 200) =>
      saidByOpenaiResponse(await openai(() => json(body, status)).responses.create(responsesAsked)),
    stream: async (wire) =>
      saidByOpenaiResponse(
        await openai(() => sse(wire))
          .responses.stream(responsesAsked)
          .finalResponse(),
      ),
  },
  "anthropic-messages": {
    options: optionsOf("msg_own"),
    whole: async (body, status = 200) =>
      saidByMessage(await anthropic(() => json(body, status)).messages.create(messagesAsked)),
    stream: async (wire) =>
      saidByMessage(
        await anthropic(() => sse(wire))
          .messages.stream(messagesAsked)
          .finalMessage(),
      ),
  },
  "gemini-generate": {
    options: optionsOf("gen-own"),
    whole: async (body, status = 200) =>
      saidByGenerated([await google(() => json(body, status)).models.generateContent(geminiAsked)]),
    stream: async (wire) =>
      saidByGenerated(await Array.fromAsync(await google(() => sse(wire)).models.generateContentStream(geminiAsked))),
  },
};

async function hearChunks(wire: string): Promise<Answer> {
  const stream = await openai(() => sse(wire)).chat.completions.create({ ...chatAsked, stream: true });
  const [chunks, forAccumulator] = stream.tee();
  const accumulator = ChatCompletionStream.fromReadableStream(forAccumulator.toReadableStream());
  const [beside, completion] = await Promise.all([readExtensions(chunks), accumulator.finalChatCompletion()]);
  return saidByCompletion(completion, beside);
}

/** What the SDK's accumulator does not put together: it keeps the last one of members that it does not know. */
export async function readExtensions(
  stream: AsyncIterable<OpenAI.ChatCompletionChunk>,
): Promise<ReadonlyMap<number, Extensions>> {
  const found = new Map<number, Extensions>();
  for await (const { choices } of stream) {
    for (const { index, delta } of choices) {
      const { reasoning_content: reasoning = "", images = [] } = delta as Partial<Extensions>;
      const before = found.get(index) ?? { reasoning_content: "", images: [] };
      found.set(index, {
        reasoning_content: before.reasoning_content + reasoning,
        images: [...before.images, ...images],
      });
    }
  }
  return found;
}

function saidByOpenaiResponse(response: OpenAI.Responses.Response): Answer {
  const said = nothing();
  for (const item of response.output) hearItem(item, said);
  const { status, incomplete_details: details, usage } = response;
  const cut = details?.reason === "content_filter" ? "content_filter" : "length";
  said.finish = status === "incomplete" ? cut : said.calls.length > 0 ? "tool_calls" : "stop";
  return { choices: new Map([[0, said]]), usage: usage == null ? null : countsOfResponse(usage) };
}

function countsOfResponse(usage: OpenAI.Responses.ResponseUsage): Answer["usage"] {
  const { input_tokens_details: read, output_tokens_details: written } = usage;
  // Copies of this protocol leave the details out.
  return [usage.input_tokens, usage.output_tokens, read?.cached_tokens ?? null, written?.reasoning_tokens ?? null];
}

function hearItem(item: OpenAI.Responses.ResponseOutputItem, said: Said): void {
  if (item.type === "message") {
    for (const part of item.content) {
      if (part.type === "output_text") said.text += part.text;
      if (part.type === "refusal") said.refusal += part.refusal;
    }
  }
  if (item.type === "reasoning") {
    const texts = (item.summary ?? []).length > 0 ? item.summary : (item.content ?? []);
    said.reasoning += texts.map(({ text }) => text).join("\n\n");
  }
  if (item.type === "function_call") {
    said.calls.push({ id: item.call_id, name: item.name, arguments: item.arguments });
  }
  if (item.type === "custom_tool_call") {
    said.calls.push({ id: item.call_id, name: item.name, arguments: argumentsOf(item.input) });
  }
  if (item.type === "image_generation_call" && item.result !== null) said.images.push(item.result);
}

function saidByMessage(message: Anthropic.Message): Answer {
  const said = nothing();
  for (const block of message.content) {
    if (block.type === "text") said.text += block.text;
    if (block.type === "thinking") said.reasoning += block.thinking;
    if (block.type === "tool_use") {
      said.calls.push({ id: block.id, name: block.name, arguments: JSON.stringify(block.input) });
    }
  }
  said.finish = message.stop_reason === null ? null : (messageReasons[message.stop_reason] ?? message.stop_reason);
  const { usage } = message;
  const cached = usage.cache_read_input_tokens ?? null;
  const input = usage.input_tokens + (cached ?? 0) + (usage.cache_creation_input_tokens ?? 0);
  const thinking = usage.output_tokens_details?.thinking_tokens ?? null;
  return { choices: new Map([[0, said]]), usage: [input, usage.output_tokens, cached, thinking] };
}

const messageReasons: Readonly<Record<string, string>> = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
};

/** This SDK has no accumulator of its own: its users add up the slices that it reads for them. */
function saidByGenerated(slices: readonly GenerateContentResponse[]): Answer {
  const choices = new Map<number, Said>();
  let usage: Answer["usage"] = null;
  for (const slice of slices) {
    for (const [position, candidate] of (slice.candidates ?? []).entries()) {
      const index = candidate.index ?? position;
      const said = choices.get(index) ?? nothing();
      choices.set(index, said);
      hearCandidate(candidate, said);
    }
    const counts = slice.usageMetadata;
    if (counts === undefined) continue;
    const output = (counts.candidatesTokenCount ?? 0) + (counts.thoughtsTokenCount ?? 0);
    const input = (counts.promptTokenCount ?? 0) + (counts.toolUsePromptTokenCount ?? 0);
    usage = [input, output, counts.cachedContentTokenCount ?? null, counts.thoughtsTokenCount ?? null];
  }
  return { choices, usage };
}

const blocked = /^(SAFETY|RECITATION|BLOCKLIST|PROHIBITED_CONTENT|SPII|LANGUAGE|IMAGE_)/u;

function hearCandidate({ content, finishReason }: Candidate, said: Said): void {
  for (const part of content?.parts ?? []) {
    if (part.functionCall !== undefined) {
      const { id = "", name = "", args = {} } = part.functionCall;
      said.calls.push({ id, name, arguments: JSON.stringify(args) });
    } else if (part.inlineData?.data !== undefined) said.images.push(part.inlineData.data);
    else if (part.fileData?.fileUri !== undefined) said.images.push(part.fileData.fileUri);
    else if (part.thought === true) said.reasoning += part.text ?? "";
    else said.text += part.text ?? "";
  }
  if (finishReason === undefined) return;
  const stopped = said.calls.length > 0 ? "tool_calls" : "stop";
  said.finish = finishReason === "MAX_TOKENS" ? "length" : blocked.test(finishReason) ? "content_filter" : stopped;
}
