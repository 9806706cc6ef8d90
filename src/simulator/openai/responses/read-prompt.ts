// A Responses request as a Prompt. The request has passed the checks.
import type { OutputWish, Prompt, PromptTool, ToolMode, ToolResult } from "../../answers/prompt.ts";
import { countJsonTokens, countTokens } from "../../answers/tokens.ts";
import { asNumber, asRecord, asText, recordsOf, type JsonRecord } from "../../json-record.ts";
import type { ModelTraits } from "../models.ts";
import { effortTokens, textOf } from "../read-prompt.ts";
import { toolSearch } from "./output-items.ts";

/** `items` is the whole conversation, stored turns first. */
export function readResponsesPrompt(body: JsonRecord, items: readonly JsonRecord[], traits: ModelTraits): Prompt {
  const messages = items.filter((item) => item["role"] !== undefined);
  const users = messages.filter((item) => item["role"] === "user");
  const systems = messages.filter((item) => item["role"] === "system" || item["role"] === "developer");
  return {
    model: traits.servedAs,
    systemText: [asText(body["instructions"]) ?? "", ...systems.map((item) => textOf(item["content"]))].join("\n"),
    userText: textOf((users.at(-1) ?? messages.at(-1))?.["content"]),
    prefill: "",
    toolResults: readToolResults(items),
    tools: readTools([...recordsOf(body["tools"]), ...items.flatMap((item) => recordsOf(item["tools"]))]),
    toolMode: readToolMode(body["tool_choice"]),
    parallelCalls: body["parallel_tool_calls"] !== false,
    output: readOutput(asRecord(asRecord(body["text"])?.["format"])),
    maxTokens: asNumber(body["max_output_tokens"]),
    stop: [],
    thinkingTokens: traits.reasons ? (effortTokens[usualEffort(body, traits)] ?? 128) : 0,
    seed: 0,
  };
}

/** The request's effort, or its model's default; "none" without reasoning. */
export function usualEffort(body: JsonRecord, traits: ModelTraits): string {
  if (!traits.reasons) return "none";
  const effortName = asText(asRecord(body["reasoning"])?.["effort"]);
  return effortName ?? (traits.efforts.includes("none") ? "none" : "medium");
}

export function countItems(body: JsonRecord, items: readonly JsonRecord[]): number {
  let tokens = 3 + countJsonTokens(body["tools"]) + countJsonTokens(asRecord(asRecord(body["text"])?.["format"]));
  tokens += countTokens(asText(body["instructions"]) ?? "");
  for (const item of items) {
    const { content } = item;
    tokens += 4 + countTokens(textOf(content)) + countTokens(textOf(item["output"]));
    tokens += countTokens(asText(item["arguments"]) ?? "");
    tokens += recordsOf(content).filter((part) => part["type"] === "input_image").length * 255;
  }
  return tokens;
}

/** The tools that the caller runs. */
function readTools(tools: readonly JsonRecord[], namespace?: string): PromptTool[] {
  return tools.flatMap((tool) => {
    const name = asText(tool["name"]) ?? "tool";
    const place = namespace === undefined ? { name } : { name, namespace };
    if (tool["type"] === "namespace") return readTools(recordsOf(tool["tools"]), name);
    if (tool["type"] === "custom") return [{ ...place, schema: undefined, isFreeForm: true }];
    if (tool["type"] === toolSearch && tool["execution"] === "client")
      return [{ name: toolSearch, schema: tool["parameters"] }];
    return tool["type"] === "function" ? [{ ...place, schema: tool["parameters"] }] : [];
  });
}

function readToolResults(items: readonly JsonRecord[]): ToolResult[] {
  const names = new Map(
    items.map((item) => [item["call_id"], asText(item["name"])] as const).filter(([, name]) => name),
  );
  const results: ToolResult[] = [];
  for (const item of items.toReversed()) {
    if (item["type"] !== "function_call_output" && item["type"] !== "custom_tool_call_output") break;
    results.unshift({ name: names.get(item["call_id"]) ?? "the tool", text: textOf(item["output"]) });
  }
  return results;
}

function readToolMode(choice: unknown): ToolMode {
  if (choice === "none" || choice === "required") return { kind: choice };
  const record = asRecord(choice);
  const name = asText(record?.["name"]);
  if (name !== undefined) return { kind: "only", names: [name] };
  if (record?.["type"] === "allowed_tools" && record["mode"] === "required") {
    return { kind: "only", names: recordsOf(record["tools"]).map((tool) => asText(tool["name"]) ?? "") };
  }
  return { kind: "auto" };
}

function readOutput(format: JsonRecord | undefined): OutputWish {
  if (format?.["type"] === "json_schema") return { kind: "schema", schema: format["schema"] };
  return { kind: format?.["type"] === "json_object" ? "json" : "text" };
}
