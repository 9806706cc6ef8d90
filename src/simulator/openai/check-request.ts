// OpenAI's checks of the top level of a chat completion request, with its messages. Throws a Complaint.
import { asList, asNumber, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import {
  checkMembers,
  checkNames,
  checkToolCount,
  checkToolName,
  Complaint,
  emptyArray,
  invalidType,
  listOf,
  missingParameter,
  unknownModel,
  unknownParameter,
  unrecognized,
  unsupportedParameter,
} from "./envelope.ts";
import { checkTemplate } from "./chat-template.ts";
import { checkEngine } from "./check-engine.ts";
import { checkHost } from "./check-host.ts";
import { checkForms, checkParts } from "./check-forms.ts";
import { checkCallIds, checkMessages } from "./check-messages.ts";
import { checkNotes, checkParticipants, checkStops } from "./check-notes.ts";
import { checkSettings } from "./check-settings.ts";
import { modelTraits, type ModelTraits } from "./models.ts";
import { checkSchema } from "./check-schema.ts";
import { checkChatSearch } from "./web-search.ts";

const knownParameters = new Set(
  "messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens metadata modalities moderation n parallel_tool_calls prediction presence_penalty prompt_cache_key prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options".split(
    " ",
  ),
);

/** Reasoning models refuse these at any value but the default. */
const fixedOnReasoning: Readonly<Record<string, number>> = {
  temperature: 1,
  top_p: 1,
  presence_penalty: 0,
  frequency_penalty: 0,
};
const refusedOnReasoning: readonly string[] = ["logprobs", "top_logprobs", "logit_bias"];

/** Checks the body, and returns the model's traits. */
export function checkRequest(body: JsonRecord): ModelTraits {
  const name = body["model"];
  if (name === undefined) throw new Complaint({ message: "you must provide a model parameter" });
  if (typeof name !== "string") throw new Complaint(invalidType("model", "string", name));
  const traits = modelTraits(name);
  if (traits?.host !== undefined) {
    checkHost(body, traits.host);
    if (traits.template !== undefined) checkTemplate(body, traits.template);
    if (traits.engine !== undefined) checkEngine(body, traits.engine);
    return traits;
  }
  const unknown = Object.keys(body).find((key) => !knownParameters.has(key));
  if (unknown !== undefined) throw new Complaint(unknownParameter(unknown));
  if (traits === undefined) throw unknownModel(name);
  checkService(name, traits);
  if (traits.template === undefined) {
    checkParts(body["messages"]);
    checkCallIds(body);
  }
  checkMessages(body);
  if (traits.template === undefined) checkOwn(body);
  else checkTemplate(body, traits.template);
  if (traits.engine !== undefined) checkEngine(body, traits.engine);
  checkEffort(body, traits);
  if (body["stream_options"] != null && body["stream"] !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Complaint({ message, param: "stream_options" });
  }
  checkMembers(asRecord(body["stream_options"]) ?? {}, ["include_usage", "include_obfuscation"], "stream_options");
  checkRanges(body);
  if (traits.reasons) checkReasoning(body, name);
  if (traits.template === undefined) checkSettings(body, { service: "chat", traits, model: name });
  checkLimits(body, traits);
  checkTools(body, traits);
  checkChatSearch(body);
  checkFormat(body);
  return traits;
}

/** Hosts that copied the protocol may differ here. */
function checkOwn(body: JsonRecord): void {
  checkForms(body);
  checkNames(body);
  checkNotes(body, true);
  checkParticipants(body);
  checkLogprobs(body);
  checkToolCount(body);
}

/**
 * Modelled on the message about `stream_options`; "`logprobs` must be set to true if this parameter is used"
 * (openai/openai-cookbook#948).
 */
function checkLogprobs(body: JsonRecord): void {
  if (body["top_logprobs"] == null || body["logprobs"] === true) return;
  const message = "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.";
  throw new Complaint({ message, param: "top_logprobs" });
}

/** Some models are only in another service. */
function checkService(name: string, { needsResponses }: ModelTraits): void {
  if (needsResponses) {
    const message = "This model is only supported in v1/responses and not in v1/chat/completions.";
    throw new Complaint({ message, param: "model" }, 404);
  }
  if (!name.startsWith("gpt-3.5-turbo-instruct")) return;
  const message =
    "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?";
  throw new Complaint({ message, param: "model" }, 404);
}

/** A model without reasoning does not know the parameter; the others each have their own set of values. */
function checkEffort(body: JsonRecord, { reasons, efforts: all }: ModelTraits): void {
  const effort = body["reasoning_effort"];
  if (effort === undefined || effort === null) return;
  if (!reasons) throw new Complaint(unrecognized(["reasoning_effort"]));
  // `max` is for Responses only.
  const efforts = all.filter((one) => one !== "max");
  if (efforts.includes(show(effort))) return;
  const message = `Unsupported value: 'reasoning_effort' does not support '${show(effort)}' with this model. Supported values are: ${listOf(efforts)}.`;
  throw new Complaint({ message, param: "reasoning_effort", code: "unsupported_value" });
}

function checkRanges(body: JsonRecord): void {
  const ranges = {
    temperature: [0, 2],
    top_p: [0, 1],
    presence_penalty: [-2, 2],
    frequency_penalty: [-2, 2],
    n: [1, 128],
    top_logprobs: [0, 20],
  } as const;
  for (const [name, [least, most]] of Object.entries(ranges)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    const kind = name === "n" || name === "top_logprobs" ? "integer" : "decimal";
    if (typeof value !== "number") throw new Complaint(invalidType(name, kind, value));
    if (value > most) {
      const message = `Invalid '${name}': ${kind} above maximum value. Expected a value <= ${most}, but got ${value} instead.`;
      throw new Complaint({ message, param: name, code: `${kind}_above_max_value` });
    }
    if (value < least) {
      const message = `Invalid '${name}': ${kind} below minimum value. Expected a value >= ${least}, but got ${value} instead.`;
      throw new Complaint({ message, param: name, code: `${kind}_below_min_value` });
    }
  }
  checkStops(body["stop"]);
}

function checkReasoning(body: JsonRecord, model: string): void {
  if (body["max_tokens"] != null) throw new Complaint(unsupportedParameter("max_tokens", "max_completion_tokens"));
  const free = body["reasoning_effort"] === "none";
  for (const [name, fixed] of Object.entries(fixedOnReasoning)) {
    const value = asNumber(body[name]);
    if (free || value === undefined || value === fixed) continue;
    const message = `Unsupported value: '${name}' does not support ${value} with this model. Only the default (${fixed}) value is supported.`;
    throw new Complaint({ message, param: name, code: "unsupported_value" });
  }
  const refused = refusedOnReasoning.find((name) => body[name] != null && body[name] !== false && !free);
  if (refused !== undefined) throw new Complaint(unsupportedParameter(refused));
  if (body["stop"] != null && /^(o3|o4|gpt-5(?!\.\d-chat))/.test(model))
    throw new Complaint(unsupportedParameter("stop"));
  const hasTools = (asList(body["tools"])?.length ?? 0) > 0;
  const effort = asText(body["reasoning_effort"]);
  const refusesTools = /^gpt-5\.[45]/.test(model)
    ? effort !== undefined && effort !== "none"
    : model.startsWith("gpt-5.6") && effort !== "none";
  if (hasTools && refusesTools) {
    const message = `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. Please use /v1/responses instead.`;
    throw new Complaint({ message, param: "reasoning_effort" });
  }
}

function checkLimits(body: JsonRecord, traits: ModelTraits): void {
  if (body["max_tokens"] != null && body["max_completion_tokens"] != null) {
    // Source: langchain-ai/langgraph#5943.
    const message = "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
    throw new Complaint({ message, param: "max_tokens", code: "invalid_parameter_combination" });
  }
  for (const name of ["max_tokens", "max_completion_tokens"]) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number") throw new Complaint(invalidType(name, "integer", value));
    if (value < 1) {
      const message = `Invalid '${name}': integer below minimum value. Expected a value >= 1, but got ${value} instead.`;
      throw new Complaint({ message, param: name, code: "integer_below_min_value" });
    }
    if (value > traits.outputTokens) {
      const message = `${name} is too large: ${value}. This model supports at most ${traits.outputTokens} completion tokens, whereas you provided ${value}.`;
      throw new Complaint({ message, param: name, code: "invalid_value" });
    }
  }
}

function checkTools(body: JsonRecord, traits: ModelTraits): void {
  const tools = recordsOf(body["tools"]);
  if (asList(body["tools"])?.length === 0) throw new Complaint(emptyArray("tools"));
  for (const name of tools.length === 0 ? ["tool_choice", "parallel_tool_calls"] : []) {
    if (body[name] == null) continue;
    const message = `Invalid value for '${name}': '${name}' is only allowed when 'tools' are specified.`;
    throw new Complaint({ message, param: name });
  }
  for (const [index, tool] of tools.entries()) checkTool(tool, index, { traits, model: show(body["model"]) });
  const choice = asRecord(body["tool_choice"]);
  for (const kind of kinds) {
    const chosen = asText(asRecord(choice?.[kind])?.["name"]);
    if (chosen === undefined || tools.some((tool) => asRecord(tool[kind])?.["name"] === chosen)) continue;
    const what = kind === "custom" ? "custom tool" : kind;
    const message = `Invalid value for 'tool_choice': ${what} '${chosen}' not found in 'tools'.`;
    throw new Complaint({ message, param: "tool_choice" });
  }
}

const kinds = ["function", "custom"] as const;
const members = {
  function: ["name", "description", "parameters", "strict"],
  custom: ["name", "description", "format"],
} as const;

interface Checking {
  readonly traits: ModelTraits;
  readonly model: string;
}

/** A nested object has the name of the type: a flat tool lacks it. */
function checkTool(tool: JsonRecord, index: number, { traits, model }: Checking): void {
  const kind = kinds.find((one) => one === tool["type"]);
  if (tool["type"] === undefined) throw new Complaint(missingParameter(`tools[${index}].type`));
  if (kind === undefined) {
    const message = `Invalid value: '${show(tool["type"])}'. Supported values are: 'function' and 'custom'.`;
    throw new Complaint({ message, param: `tools[${index}].type`, code: "invalid_value" });
  }
  const place = `tools[${index}].${kind}`;
  const declared = asRecord(tool[kind]);
  if (declared === undefined) throw new Complaint(missingParameter(place));
  // A recorded request has the name in both places, and was answered.
  checkMembers(tool, ["type", kind, "name"], `tools[${index}]`);
  checkMembers(declared, members[kind], place);
  checkToolName(declared["name"], `${place}.name`);
  if (kind === "function") checkParameters(declared, index);
  else if (!traits.takesFreeForm) {
    const message = `Tool 'custom' is not supported with ${model}.`;
    throw new Complaint({ message, param: "tools" });
  }
}

function checkParameters(declared: JsonRecord, index: number): void {
  const parameters = asRecord(declared["parameters"]);
  if (parameters === undefined) return;
  const what = `function '${show(declared["name"])}'`;
  const param = `tools[${index}].function.parameters`;
  checkSchema(parameters, { what, param, code: "invalid_function_parameters" }, declared["strict"] === true);
}

function checkFormat(body: JsonRecord): void {
  const format = asRecord(body["response_format"]);
  checkMembers(format ?? {}, ["type", "json_schema"], "response_format");
  const members = ["name", "description", "schema", "strict"];
  checkMembers(asRecord(format?.["json_schema"]) ?? {}, members, "response_format.json_schema");
  if (format?.["type"] === "json_object" && !/json/i.test(JSON.stringify(body["messages"]))) {
    const message =
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.";
    throw new Complaint({ message, param: "messages" });
  }
  if (format?.["type"] !== "json_schema") return;
  const schemaMember = asRecord(format["json_schema"]);
  if (schemaMember?.["name"] === undefined) {
    const param = schemaMember === undefined ? "response_format.json_schema" : "response_format.json_schema.name";
    throw new Complaint({
      message: `Missing required parameter: '${param}'.`,
      param,
      code: "missing_required_parameter",
    });
  }
  checkToolName(schemaMember["name"], "response_format.json_schema.name");
  const schema = asRecord(schemaMember["schema"]);
  if (schema === undefined) return;
  const what = `response_format '${show(schemaMember["name"])}'`;
  checkSchema(schema, { what, param: "response_format", code: null }, schemaMember["strict"] === true);
}
