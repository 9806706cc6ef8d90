// A messages request as a Prompt. The request has passed the checks.
import { countJsonTokens, countTokens } from "../answers/tokens.ts";
import type { OutputWish, Prompt, ToolMode, ToolResult } from "../answers/prompt.ts";
import { asList, asNumber, asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import { hashText } from "../random.ts";
import type { ModelTraits } from "./models.ts";
import { openCall } from "./pause-turn.ts";

export function readPrompt(body: JsonRecord, traits: ModelTraits): Prompt {
  const messages = recordsOf(body["messages"]);
  const last = messages.at(-1) ?? {};
  const question = messages.findLast((message) => message["role"] === "user" && textOf(message["content"]) !== "");
  const userText = textOf(question?.["content"]);
  return {
    model: traits.servedAs,
    systemText: textOf(body["system"]),
    userText,
    prefill: last["role"] === "assistant" && openCall(body) === undefined ? textOf(last["content"]) : "",
    toolResults: readToolResults(messages),
    tools: recordsOf(body["tools"])
      .filter(({ type }) => type === undefined || type === "custom")
      .map((tool) => ({ name: asText(tool["name"]) ?? "tool", schema: tool["input_schema"] })),
    toolMode: readToolMode(asRecord(body["tool_choice"])),
    parallelCalls: asRecord(body["tool_choice"])?.["disable_parallel_tool_use"] !== true,
    output: readOutput(body),
    maxTokens: asNumber(body["max_tokens"]),
    stop: (asList(body["stop_sequences"]) ?? []).filter((one) => typeof one === "string"),
    thinkingTokens: readThinking(asRecord(body["thinking"]), userText),
    seed: 0,
  };
}

/** The text of a content that is a string or a list of blocks, without tool results. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return recordsOf(content)
    .map((block) => (block["type"] === "text" ? (asText(block["text"]) ?? "") : ""))
    .filter((text) => text !== "")
    .join("\n");
}

export function countPrompt(body: JsonRecord): number {
  const tools = recordsOf(body["tools"]);
  let tokens = 5 + countTokens(textOf(body["system"])) + countJsonTokens(body["tools"]) + (tools.length > 0 ? 340 : 0);
  for (const message of recordsOf(body["messages"])) {
    tokens += 3 + countTokens(textOf(message["content"]));
    for (const block of recordsOf(message["content"])) {
      if (block["type"] === "image" || block["type"] === "document") tokens += 1500;
      else if (block["type"] !== "text") tokens += countJsonTokens(block);
    }
  }
  return tokens;
}

/** Models without budgets hide thinking unless asked (since Opus 4.7: "Thinking content omitted by default"). */
export function showsThinking(body: JsonRecord, { thinking }: ModelTraits): boolean {
  const display = asRecord(body["thinking"])?.["display"] ?? null;
  return display === null ? thinking.has("enabled") : display !== "omitted";
}

function readThinking(thinking: JsonRecord | undefined, userText: string): number {
  const kind = asText(thinking?.["type"]);
  if (kind !== "enabled" && kind !== "adaptive") return 0;
  return 20 + (hashText(userText) % 60);
}

function readToolResults(messages: readonly JsonRecord[]): ToolResult[] {
  const names = new Map<string, string>();
  for (const block of messages.flatMap((message) => recordsOf(message["content"]))) {
    if (block["type"] === "tool_use") names.set(asText(block["id"]) ?? "", asText(block["name"]) ?? "the tool");
  }
  return recordsOf(messages.at(-1)?.["content"])
    .filter((block) => block["type"] === "tool_result")
    .map((block) => ({
      name: names.get(asText(block["tool_use_id"]) ?? "") ?? "the tool",
      text: textOf(block["content"]),
    }));
}

function readToolMode(choice: JsonRecord | undefined): ToolMode {
  switch (choice?.["type"]) {
    case "none":
      return { kind: "none" };
    case "any":
      return { kind: "required" };
    case "tool":
      return { kind: "only", names: [asText(choice["name"]) ?? ""] };
    default:
      return { kind: "auto" };
  }
}

function readOutput(body: JsonRecord): OutputWish {
  const format = asRecord(asRecord(body["output_config"])?.["format"]) ?? asRecord(body["output_format"]);
  return format === undefined ? { kind: "text" } : { kind: "schema", schema: format["schema"] };
}
