// What Converse refuses: unknown members, turns that do not alternate, calls without results, tools that are not declared,
// blank text. The messages are the service's own where they are known.
// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html and the types that it names.
import { asList, asNumber, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { validation } from "./aws-exception.ts";

const topMembers = [
  "messages",
  "system",
  "inferenceConfig",
  "toolConfig",
  "guardrailConfig",
  "additionalModelRequestFields",
  "additionalModelResponseFieldPaths",
  "promptVariables",
  "requestMetadata",
  "performanceConfig",
  "serviceTier",
  "outputConfig",
];
const blockKinds = [
  "text",
  "image",
  "document",
  "video",
  "audio",
  "toolUse",
  "toolResult",
  "guardContent",
  "cachePoint",
  "reasoningContent",
  "citationsContent",
  "searchResult",
];
const namePattern = /^[a-zA-Z0-9_-]{1,64}$/u;

function refuseOthers(value: JsonRecord, knownNames: readonly string[], place: string): void {
  const stranger = Object.keys(value).find((name) => !knownNames.includes(name));
  if (stranger !== undefined)
    throw validation(`The model returned the following errors: ${place}${stranger}: Extra inputs are not permitted`);
}

/** Throws an AwsException. `model`: some take what others refuse. */
export function checkConverseRequest(body: unknown, model: string = ""): JsonRecord {
  const request = asRecord(body);
  if (request === undefined) throw validation("Unexpected end of JSON input");
  refuseOthers(request, topMembers, "");
  const messages = recordsOf(request["messages"]);
  if (messages.length === 0)
    throw validation(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  for (const [index, block] of recordsOf(request["system"]).entries()) checkSystem(block, index);
  for (const [index, message] of messages.entries()) checkMessage(message, index);
  // Recorded: Titan takes two turns of the user.
  if (!model.includes("amazon.titan-")) checkAlternation(messages);
  checkCalls(messages);
  checkInference(asRecord(request["inferenceConfig"]) ?? {});
  checkTools(request, messages);
  checkOutput(request["outputConfig"]);
  return request;
}

function checkSystem(block: JsonRecord, index: number): void {
  refuseOthers(block, ["text", "guardContent", "cachePoint"], `system.${index}.`);
  if (block["text"] !== undefined) checkText(block["text"], `system[${index}].text`);
}

function checkText(value: unknown, place: string): void {
  const text = asText(value);
  if (text === undefined) throw validation(`Unexpected type at ${place}: expected a string`);
  // Recorded: it takes a line break.
  if (/^ *$/u.test(text))
    throw validation(
      `The text field in the ContentBlock object at ${place} is blank. Add text to the text field, and try again.`,
    );
}

function checkAlternation(messages: readonly JsonRecord[]): void {
  if (messages.every(({ role }, index) => role !== messages[index - 1]?.["role"])) return;
  throw validation(
    "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  );
}

function checkMessage(message: JsonRecord, index: number): void {
  refuseOthers(message, ["role", "content"], `messages.${index}.`);
  const { role } = message;
  if (role !== "user" && role !== "assistant")
    throw validation(
      `1 validation error detected: Value '${String(role)}' at 'messages.${index + 1}.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant]`,
    );
  if (index === 0 && role !== "user")
    throw validation(
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
    );
  const content = recordsOf(message["content"]);
  if (content.length === 0)
    throw validation(
      `The content field in the Message object at messages.${index} is empty. Add a ContentBlock object to the content field and try again.`,
    );
  for (const [place, block] of content.entries()) checkBlock(block, `messages.${index}.content.${place}`, role);
  const hasDocument = content.some(({ document }) => document !== undefined);
  if (hasDocument && !content.some(({ text }) => text !== undefined))
    throw validation("A text block is required when including a document in the content.");
  const names = content.flatMap(({ document }) => asText(asRecord(document)?.["name"]) ?? []);
  if (new Set(names).size < names.length) throw validation("Document names must be unique within a request.");
}

function checkBlock(block: JsonRecord, place: string, role: string): void {
  refuseOthers(block, blockKinds, `${place}.`);
  const kinds = Object.keys(block);
  if (kinds.length !== 1)
    throw validation(
      `ContentBlock object at ${place} must set one of the following keys: ${blockKinds.slice(0, 6).join(", ")}.`,
    );
  const value = asRecord(block[kinds[0] ?? ""]) ?? {};
  switch (kinds[0]) {
    case "text":
      return checkText(block["text"], place);
    case "image":
      return checkMedia(value, { place, formats: ["png", "jpeg", "gif", "webp"] });
    case "document":
      return checkDocument(value, place);
    case "toolUse":
      if (role !== "assistant") throw validation(`${place}: toolUse blocks can only be in assistant messages`);
      return checkToolUse(value, place);
    case "toolResult":
      return checkToolResult(value, place, role);
    default:
  }
}

function checkMedia(value: JsonRecord, { place, formats }: { place: string; formats: readonly string[] }): void {
  refuseOthers(value, ["format", "source"], `${place}.`);
  if (!formats.includes(String(value["format"])))
    throw validation(`${place}: Member must satisfy enum value set: [${formats.join(", ")}]`);
  checkSource(value["source"], place);
}

function checkSource(value: unknown, place: string): void {
  const source = asRecord(value) ?? {};
  refuseOthers(source, ["bytes", "s3Location", "text", "content"], `${place}.source.`);
  if (typeof source["bytes"] === "string" && !/^[A-Za-z0-9+/]+={0,2}$/u.test(source["bytes"]))
    throw validation(`${place}.source.bytes: not Base64`);
  if (Object.keys(source).length !== 1) throw validation(`${place}.source must set one key`);
}

function checkDocument(value: JsonRecord, place: string): void {
  refuseOthers(value, ["format", "name", "source", "context", "citations"], `${place}.`);
  const name = asText(value["name"]) ?? "";
  if (!/^[A-Za-z0-9\s()[\]-]{1,200}$/u.test(name) || /\s{2}/u.test(name))
    throw validation(
      `The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.`,
    );
  if (!["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"].includes(String(value["format"])))
    throw validation(`${place}.document.format: not a format`);
  checkSource(value["source"], place);
}

function checkToolUse(value: JsonRecord, place: string): void {
  refuseOthers(value, ["toolUseId", "name", "input", "type"], `${place}.toolUse.`);
  checkName(value["name"], `${place}.toolUse.name`);
  if (!/^[a-zA-Z0-9_.:-]{1,64}$/u.test(String(value["toolUseId"])))
    throw validation(`${place}.toolUse.toolUseId failed to satisfy constraint`);
  if (asRecord(value["input"]) === undefined)
    throw validation(
      `The format of the value at ${place}.toolUse.input is invalid. Provide a json object for the field and try again.`,
    );
}

function checkName(value: unknown, place: string): void {
  if (!namePattern.test(String(value)))
    throw validation(
      `1 validation error detected: Value '${String(value)}' at '${place}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+`,
    );
}

function checkToolResult(value: JsonRecord, place: string, role: string): void {
  refuseOthers(value, ["toolUseId", "content", "status", "type"], `${place}.toolResult.`);
  if (role !== "user" && value["type"] === undefined)
    throw validation(`${place}: toolResult blocks can only be in user messages`);
  if (asList(value["content"]) === undefined) throw validation(`${place}.toolResult.content: Member must not be null`);
  for (const [index, block] of recordsOf(value["content"]).entries()) {
    refuseOthers(
      block,
      ["text", "json", "image", "document", "video", "searchResult"],
      `${place}.toolResult.content.${index}.`,
    );
    if (block["text"] !== undefined) checkText(block["text"], `${place}.toolResult.content.${index}`);
  }
}

/** Each call has its result in the very next turn, and each result its call in the turn before. */
function checkCalls(messages: readonly JsonRecord[]): void {
  let open: readonly string[] = [];
  for (const [index, message] of messages.entries()) {
    const content = recordsOf(message["content"]);
    const ids = (kind: string): string[] =>
      content.flatMap((block) => asRecord(block[kind])?.["toolUseId"] ?? []).map(String);
    if (message["role"] === "assistant") {
      // The service's own tools have their results in the same turn.
      open = ids("toolUse").filter((id) => !ids("toolResult").includes(id));
      continue;
    }
    const results = ids("toolResult");
    const missing = open.filter((id) => !results.includes(id));
    if (missing.length > 0)
      throw validation(
        `Expected toolResult blocks at messages.${index}.content for the following Ids: ${missing.join(", ")}, but found: ${results.join(", ")}`,
      );
    if (results.length > open.length)
      throw validation(
        `The number of toolResult blocks at messages.${index}.content exceeds the number of toolUse blocks of previous turn.`,
      );
    open = [];
  }
}

function checkInference(config: JsonRecord): void {
  refuseOthers(config, ["maxTokens", "temperature", "topP", "stopSequences"], "inferenceConfig.");
  const between = (name: string, low: number, high: number): void => {
    if (config[name] === undefined) return;
    const value = asNumber(config[name]);
    if (value === undefined || value < low || value > high)
      throw validation(
        `1 validation error detected: Value '${show(config[name])}' at 'inferenceConfig.${name}' failed to satisfy constraint: Member must have value between ${low} and ${high}`,
      );
  };
  between("maxTokens", 1, 1_000_000);
  between("temperature", 0, 1);
  between("topP", 0, 1);
  const stops = asList(config["stopSequences"]) ?? [];
  if (stops.some((one) => typeof one !== "string" || one === ""))
    throw validation("inferenceConfig.stopSequences: Member must have length greater than or equal to 1");
}

function checkTools(request: JsonRecord, messages: readonly JsonRecord[]): void {
  const config = asRecord(request["toolConfig"]);
  const hasCalls = messages
    .flatMap(({ content }) => recordsOf(content))
    .some(({ toolUse, toolResult }) => toolUse !== undefined || toolResult !== undefined);
  if (config === undefined) {
    if (hasCalls)
      throw validation("The toolConfig field must be defined when using toolUse and toolResult content blocks.");
    return;
  }
  refuseOthers(config, ["tools", "toolChoice"], "toolConfig.");
  const tools = recordsOf(config["tools"]);
  if (tools.length === 0)
    throw validation(
      "1 validation error detected: Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  for (const [index, tool] of tools.entries()) {
    refuseOthers(tool, ["toolSpec", "systemTool", "cachePoint"], `toolConfig.tools.${index}.`);
    const spec = asRecord(tool["toolSpec"]);
    if (spec === undefined) continue;
    refuseOthers(spec, ["name", "description", "inputSchema", "strict"], `toolConfig.tools.${index}.toolSpec.`);
    checkName(spec["name"], `toolConfig.tools.${index}.member.toolSpec.name`);
    if (spec["description"] === "")
      throw validation(
        `toolConfig.tools.${index}.toolSpec.description: Member must have length greater than or equal to 1`,
      );
    const schema = asRecord(asRecord(spec["inputSchema"])?.["json"]);
    if (schema?.["type"] !== "object")
      throw validation(
        `The value at toolConfig.tools.${index}.toolSpec.inputSchema.json.type must be one of the following: object.`,
      );
  }
  const choice = asRecord(config["toolChoice"]);
  if (choice !== undefined) refuseOthers(choice, ["auto", "any", "tool"], "toolConfig.toolChoice.");
}

function checkOutput(value: unknown): void {
  const config = asRecord(value);
  if (config === undefined) return;
  refuseOthers(config, ["textFormat", "effort"], "outputConfig.");
  const schema = asRecord(asRecord(asRecord(config["textFormat"])?.["structure"])?.["jsonSchema"])?.["schema"];
  if (config["textFormat"] !== undefined && typeof schema !== "string")
    throw validation("outputConfig.textFormat.structure.jsonSchema.schema: expected a string");
}
