// A chat completion request as a Prompt. The request has passed the checks.
import { countJsonTokens, countTokens } from "../answers/tokens.ts";
import type { OutputWish, Prompt, ToolMode, ToolResult } from "../answers/prompt.ts";
import { asList, asNumber, asRecord, asText, recordsOf, type JsonRecord } from "../json-record.ts";
import type { ModelTraits } from "./models.ts";

export const effortTokens: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 0,
  low: 64,
  medium: 128,
  high: 256,
  xhigh: 512,
  max: 1024,
};

export function readPrompt(body: JsonRecord, traits: ModelTraits): Prompt {
  const messages = recordsOf(body["messages"]);
  const users = messages.filter((message) => message["role"] === "user");
  const systems = messages.filter((message) => message["role"] === "system" || message["role"] === "developer");
  const effort = asText(body["reasoning_effort"]) ?? "medium";
  return {
    model: traits.servedAs,
    systemText: systems.map((message) => textOf(message["content"])).join("\n"),
    userText: textOf((users.at(-1) ?? messages.at(-1))?.["content"]),
    prefill: "",
    toolResults: readToolResults(messages),
    tools: readTools(body),
    toolMode: readToolMode(body),
    parallelCalls: body["parallel_tool_calls"] !== false,
    output: readOutput(asRecord(body["response_format"])),
    maxTokens: asNumber(body["max_completion_tokens"]) ?? asNumber(body["max_tokens"]),
    stop:
      typeof body["stop"] === "string"
        ? [body["stop"]]
        : (asList(body["stop"]) ?? []).filter((one) => typeof one === "string"),
    thinkingTokens: traits.reasons ? (effortTokens[effort] ?? 128) : 0,
    seed: asNumber(body["seed"]) ?? 0,
  };
}

/** The text of a content that is a string or a list of parts. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return recordsOf(content)
    .map((part) => asText(part["text"]) ?? "")
    .filter((text) => text !== "")
    .join("\n");
}

export function countPrompt(body: JsonRecord): number {
  const messages = recordsOf(body["messages"]);
  let tokens = 3 + countJsonTokens(body["tools"]) + countJsonTokens(asRecord(body["response_format"])?.["json_schema"]);
  for (const message of messages) {
    tokens += 4 + countTokens(textOf(message["content"])) + countJsonTokens(message["tool_calls"]);
    tokens += recordsOf(message["content"]).filter((part) => part["type"] === "image_url").length * 255;
  }
  return tokens;
}

function readToolResults(messages: readonly JsonRecord[]): ToolResult[] {
  const names = new Map<string, string>();
  for (const call of messages.flatMap((message) => recordsOf(message["tool_calls"]))) {
    names.set(asText(call["id"]) ?? "", nameIn(call) ?? "the tool");
  }
  const results: ToolResult[] = [];
  for (const message of messages.toReversed()) {
    if (message["role"] !== "tool" && message["role"] !== "function") break;
    const name = names.get(asText(message["tool_call_id"]) ?? "") ?? asText(message["name"]) ?? "the tool";
    results.unshift({ name, text: textOf(message["content"]) });
  }
  return results;
}

function readTools(body: JsonRecord): Prompt["tools"] {
  return recordsOf(body["tools"]).map((tool) => {
    const custom = asRecord(tool["custom"]);
    const declared = asRecord(tool["function"]) ?? custom ?? {};
    const name = asText(declared["name"]) ?? "tool";
    return custom === undefined ? { name, schema: declared["parameters"] } : { name, schema: {}, isFreeForm: true };
  });
}

function readToolMode(body: JsonRecord): ToolMode {
  const choice = body["tool_choice"];
  if (choice === "none" || choice === "required") return { kind: choice };
  const record = asRecord(choice);
  const name = nameIn(record);
  if (name !== undefined) return { kind: "only", names: [name] };
  const allowed = asRecord(record?.["allowed_tools"]);
  if (allowed?.["mode"] === "required") {
    return { kind: "only", names: recordsOf(allowed["tools"]).map((tool) => nameIn(tool) ?? "") };
  }
  return { kind: "auto" };
}

function nameIn(choice: JsonRecord | undefined): string | undefined {
  return asText((asRecord(choice?.["function"]) ?? asRecord(choice?.["custom"]))?.["name"]);
}

function readOutput(format: JsonRecord | undefined): OutputWish {
  if (format?.["type"] === "json_schema")
    return { kind: "schema", schema: asRecord(format["json_schema"])?.["schema"] };
  return { kind: format?.["type"] === "json_object" ? "json" : "text" };
}
