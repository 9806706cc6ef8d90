// A generateContent request as a Prompt. The request has passed the checks; both spellings of every field are accepted.
import { countJsonTokens, countTokens } from "../answers/tokens.ts";
import type { OutputWish, Prompt, PromptTool, ToolMode, ToolResult } from "../answers/prompt.ts";
import { asList, asNumber, asRecord, asText, eitherCase, recordsOf, type JsonRecord } from "../json-record.ts";
import { hashText } from "../random.ts";
import type { ModelTraits } from "./models.ts";

const levelTokens: Readonly<Record<string, number>> = { minimal: 4, low: 24, medium: 72, high: 140, xhigh: 300 };

export function readPrompt(body: JsonRecord, traits: ModelTraits): Prompt {
  const contents = recordsOf(body["contents"]);
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  const last = contents.at(-1) ?? {};
  const question = contents.findLast((content) => content["role"] !== "model" && textOf(content) !== "");
  const userText = textOf(question ?? {});
  return {
    model: traits.servedAs,
    systemText: textOf(asRecord(eitherCase(body, "systemInstruction")) ?? {}),
    userText,
    prefill: last["role"] === "model" ? textOf(last) : "",
    toolResults: readToolResults(last),
    tools: readTools(body),
    toolMode: readToolMode(body),
    parallelCalls: true,
    output: readOutput(config),
    maxTokens: asNumber(eitherCase(config, "maxOutputTokens")),
    stop: (asList(eitherCase(config, "stopSequences")) ?? []).filter((one) => typeof one === "string"),
    thinkingTokens: readThinking(config, traits, userText),
    seed: asNumber(config["seed"]) ?? 0,
  };
}

export function countPrompt(body: JsonRecord): number {
  const contents = [...recordsOf(body["contents"]), asRecord(eitherCase(body, "systemInstruction")) ?? {}];
  let tokens = countJsonTokens(body["tools"]);
  for (const part of contents.flatMap((content) => recordsOf(content["parts"]))) {
    const { text } = part;
    if (typeof text === "string") tokens += countTokens(text);
    else if (eitherCase(part, "inlineData") !== undefined || eitherCase(part, "fileData") !== undefined) tokens += 258;
    else tokens += countJsonTokens(part);
  }
  return Math.max(1, tokens);
}

/** The tokens of images and files. */
export function countMediaTokens(body: JsonRecord): number {
  const parts = recordsOf(body["contents"]).flatMap((content) => recordsOf(content["parts"]));
  return (
    parts.filter((part) => eitherCase(part, "inlineData") !== undefined || eitherCase(part, "fileData") !== undefined)
      .length * 258
  );
}

export function includesThoughts(body: JsonRecord): boolean {
  const config = asRecord(eitherCase(body, "generationConfig")) ?? {};
  return eitherCase(asRecord(eitherCase(config, "thinkingConfig")) ?? {}, "includeThoughts") === true;
}

function textOf(content: JsonRecord): string {
  return recordsOf(content["parts"])
    .filter((part) => part["thought"] !== true)
    .map((part) => asText(part["text"]) ?? "")
    .filter((text) => text !== "")
    .join("\n");
}

function readThinking(config: JsonRecord, traits: ModelTraits, userText: string): number {
  if (!traits.reasonsByDefault && eitherCase(config, "thinkingConfig") === undefined) return 0;
  const thinking = asRecord(eitherCase(config, "thinkingConfig")) ?? {};
  const level = asText(eitherCase(thinking, "thinkingLevel"))?.toLowerCase();
  if (level !== undefined) return levelTokens[level] ?? 72;
  const usual = 24 + (hashText(userText) % 60);
  const budget = asNumber(eitherCase(thinking, "thinkingBudget")) ?? (traits.reasonsByDefault ? -1 : 0);
  return budget < 0 ? usual : Math.min(usual, budget);
}

function readToolResults(last: JsonRecord): ToolResult[] {
  return recordsOf(last["parts"]).flatMap((part) => {
    const response = asRecord(eitherCase(part, "functionResponse"));
    if (response === undefined) return [];
    const values = Object.values(asRecord(response["response"]) ?? {});
    const [only] = values;
    const text = values.length === 1 && typeof only === "string" ? only : JSON.stringify(response["response"] ?? {});
    return [{ name: asText(response["name"]) ?? "the function", text }];
  });
}

function readTools(body: JsonRecord): PromptTool[] {
  return recordsOf(body["tools"])
    .flatMap((tool) => recordsOf(eitherCase(tool, "functionDeclarations")))
    .map((declaration) => ({
      name: asText(declaration["name"]) ?? "function",
      schema: eitherCase(declaration, "parametersJsonSchema") ?? declaration["parameters"],
    }));
}

function readToolMode(body: JsonRecord): ToolMode {
  const config = asRecord(eitherCase(asRecord(eitherCase(body, "toolConfig")) ?? {}, "functionCallingConfig")) ?? {};
  const mode = asText(config["mode"])?.toUpperCase();
  if (mode === "NONE") return { kind: "none" };
  const names = (asList(eitherCase(config, "allowedFunctionNames")) ?? []).filter((name) => typeof name === "string");
  if (mode === "ANY" && names.length > 0) return { kind: "only", names };
  return { kind: mode === "ANY" ? "required" : "auto" };
}

function readOutput(config: JsonRecord): OutputWish {
  const schema = eitherCase(config, "responseJsonSchema") ?? eitherCase(config, "responseSchema");
  const mimeType = eitherCase(config, "responseMimeType");
  if (mimeType === "text/x.enum" || schema === undefined)
    return { kind: mimeType === "application/json" ? "json" : "text" };
  return { kind: "schema", schema };
}
