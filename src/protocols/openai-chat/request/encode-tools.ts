// Encodes tools, the tool choice and the format of the answer for a chat request.
import type { ChatRequest, OutputFormat, Tool } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { jsonInstruction, mentionsJsonWord, schemaInstruction } from "../../shared/json-word.ts";
import { asFunction } from "../../shared/free-text.ts";
import { keepMostTools } from "../../shared/member-lengths.ts";
import { arrayOr } from "../../shared/read.ts";
import {
  answersObject,
  fitAnswer,
  fitArguments,
  type SchemaTarget,
  wishedStrict,
} from "../../shared/tool-schema/fit.ts";
import { beside, type Encoding, unsupported } from "./encoding.ts";
import { writeFree } from "../features/free-calls.ts";
import { isExact } from "./strangers.ts";

export function encodeTools(request: ChatRequest, encoding: Encoding): JsonObject {
  const { facts, native, model } = encoding;
  const others = native ? arrayOr(request.extras.fields["tools"], []) : [];
  const offeredTools = keepMostTools(onlyNamed(request, encoding), request, { ...encoding, others: others.length });
  const offered = offeredTools.map((tool): Json => encodeTool(tool, encoding));
  if (offered.length + others.length === 0) return {};
  if (facts.tools === false) throw unsupported("tools", `${model} does not support tools`);
  if (facts.jsonWithTools === false && (request.output?.kind ?? "text") !== "text") {
    throw unsupported("response_format", `${model} does not support JSON output together with tools`);
  }
  const body: MutableJson = { tools: [...offered, ...others] };
  const choice = encodeChoice(request, encoding);
  if (choice !== null) body["tool_choice"] = choice;
  if (request.parallelTools !== null) body["parallel_tool_calls"] = request.parallelTools;
  return body;
}

/** If a choice has to become `auto`, or the target cannot name a subset, the other tools are not offered. */
function onlyNamed(request: ChatRequest, { facts, native }: Encoding): readonly Tool[] {
  const choice = request.toolChoice;
  // A model that searches here always does.
  if (choice?.kind === "search") return [];
  if (choice?.kind === "subset" && !native) return request.tools.filter((tool) => choice.names.includes(tool.name));
  if (choice?.kind === "tool" && facts.forcedToolChoice === false) {
    return request.tools.filter((tool) => tool.name === choice.name);
  }
  return request.tools;
}

function encodeTool(original: Tool, encoding: Encoding): JsonObject {
  if (encoding.free.has(original.name)) return beside(writeFree(original), original, encoding);
  const tool = asFunction(original, (field, from, to) => encoding.adapted.add(`${field}:${from}>${to}`));
  const json: MutableJson = { name: tool.name };
  if (tool.description !== null) json["description"] = tool.description;
  const strictness = { strict: tool.strict, field: `tools.${tool.name}` };
  const { schema, strict } = fitArguments(tool.parameters, strictness, schemaTarget(encoding));
  if (schema !== null) json["parameters"] = schema;
  if (strict !== null) json["strict"] = strict;
  return beside({ type: "function", function: json, ...tool.marks }, original, encoding);
}

function encodeChoice(request: ChatRequest, encoding: Encoding): Json | null {
  const choice = request.toolChoice;
  if (choice === null) return encoding.native ? (request.extras.fields["tool_choice"] ?? null) : null;
  const forced = encoding.facts.forcedToolChoice !== false;
  switch (choice.kind) {
    case "auto":
    case "none":
      return choice.kind;
    case "search":
      return null;
    case "required":
    case "tool":
      if (!forced) {
        encoding.adapted.add(`tool_choice:${choice.kind}>auto`);
        return "auto";
      }
      return choice.kind === "tool" ? encodeName(choice.name, encoding) : "required";
    case "subset": {
      const mode = forced ? choice.mode : "auto";
      if (!encoding.native) {
        encoding.adapted.add(`tool_choice:allowed_tools>${mode}`);
        return mode;
      }
      const tools = choice.names.map((name) => encodeName(name, encoding));
      return { type: "allowed_tools", allowed_tools: { mode, tools } };
    }
  }
}

function encodeName(name: string, { free }: Encoding): JsonObject {
  return free.has(name) ? { type: "custom", custom: { name } } : { type: "function", function: { name } };
}

function schemaTarget({ facts, ownSchemas, adapted }: Encoding): SchemaTarget {
  return { facts, own: ownSchemas, adapted };
}

/** The `response_format`, and the instruction that replaces it or accompanies it (null: none). */
export interface EncodedOutput {
  readonly format: JsonObject | null;
  readonly instruction: string | null;
}

export function encodeOutput(request: ChatRequest, encoding: Encoding): EncodedOutput {
  const { output, messages } = request;
  if (output === null) return { format: null, instruction: null };
  if (output.kind === "text") return { format: encoding.native ? { type: "text" } : null, instruction: null };
  if (output.kind === "json") {
    const hasWord = encoding.ownShape || mentionsJsonWord(messages);
    if (!hasWord) encoding.adapted.add("response_format:json_object>instruction");
    return { format: { type: "json_object" }, instruction: hasWord ? null : jsonInstruction };
  }
  if (encoding.facts.jsonSchema === false) return weakenSchema(output, encoding);
  const strictness = {
    strict: isExact(encoding.facts) ? wishedStrict(request) : output.strict,
    field: "response_format",
  };
  const fitted = fitAnswer(output.schema, strictness, schemaTarget(encoding));
  if (fitted === null) return describeSchema(output, encoding);
  const { schema, strict } = fitted;
  const json: MutableJson = { name: schemaName(output.name), schema };
  if (output.description !== null) json["description"] = output.description;
  if (strict !== null) json["strict"] = strict;
  return { format: { type: "json_schema", json_schema: json }, instruction: null };
}

/** An answer that is not an object has no `response_format`. */
function describeSchema(output: Extract<OutputFormat, { kind: "json_schema" }>, encoding: Encoding): EncodedOutput {
  if (output.strict === true)
    throw unsupported("response_format", `${encoding.model} supports JSON objects only, and the request is strict`);
  encoding.adapted.add("response_format:json_schema>instruction");
  return { format: null, instruction: schemaInstruction(output.schema) };
}

function weakenSchema(output: Extract<OutputFormat, { kind: "json_schema" }>, encoding: Encoding): EncodedOutput {
  if (output.strict === true) throw unsupported("response_format", `${encoding.model} does not support JSON schemas`);
  // In JSON mode every answer is an object.
  if (!answersObject(output.schema)) return describeSchema(output, encoding);
  encoding.adapted.add("response_format:json_schema>json_object");
  return { format: { type: "json_object" }, instruction: schemaInstruction(output.schema) };
}

function schemaName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "answer";
}
