// OpenAI's checks of the top level of a Responses request, with its messages. Throws a Complaint.
import { asList, asNumber, asRecord, asText, recordsOf, show, type JsonRecord } from "../../json-record.ts";
import {
  checkMembers,
  checkNames,
  checkToolCount,
  Complaint,
  invalidType,
  listOf,
  missingParameter,
  unknownParameter,
} from "../envelope.ts";
import { checkNotes } from "../check-notes.ts";
import { checkSettings } from "../check-settings.ts";
import { modelTraits, type ModelTraits } from "../models.ts";
import { checkResponseTools } from "./check-tools.ts";
import { checkText } from "./check-text.ts";

const knownParameters = new Set(
  "background client_metadata context_management conversation include input instructions max_output_tokens max_tool_calls metadata model moderation parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user".split(
    " ",
  ),
);

/** Parameters of Chat Completions, and their new names. */
const movedParameters: Readonly<Record<string, string>> = {
  messages: "input",
  response_format: "text.format",
  max_tokens: "max_output_tokens",
  max_completion_tokens: "max_output_tokens",
  reasoning_effort: "reasoning.effort",
  verbosity: "text.verbosity",
};

const includable: readonly string[] = [
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
];

/** Checks everything but the input, and returns the model's traits. */
export function checkResponsesRequest(body: JsonRecord): ModelTraits {
  for (const key of Object.keys(body)) checkName(key);
  const prompt = asText(asRecord(body["prompt"])?.["id"]);
  if (prompt !== undefined) {
    throw new Complaint({ message: `Prompt with id '${prompt}' not found.`, param: "prompt" }, 404);
  }
  const name = body["model"];
  if (name === undefined) throw new Complaint(missingParameter("model"));
  if (typeof name !== "string") throw new Complaint(invalidType("model", "string", name));
  const traits = modelTraits(name);
  if (traits === undefined || traits.template !== undefined || /^gpt-(3|4$|4-0)/.test(name)) {
    const message = `The requested model '${name}' does not exist.`;
    throw new Complaint({ message, param: "model", code: "model_not_found" });
  }
  checkNames(body);
  checkNotes(body, false);
  checkToolCount(body);
  checkNumbers(body, traits);
  checkReasoning(body, traits, name);
  checkInclude(body, traits);
  checkResponseTools(body, recordsOf(body["input"]), { traits, model: name });
  checkText(body);
  checkSettings(body, { service: "responses", traits, model: name });
  if (body["background"] === true) {
    throw new Complaint({ message: "Background mode is not simulated.", param: "background" });
  }
  if (body["stream_options"] != null && body["stream"] !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    throw new Complaint({ message, param: "stream_options" });
  }
  return traits;
}

function checkName(name: string): void {
  if (knownParameters.has(name)) return;
  const moved = movedParameters[name];
  if (moved === undefined) throw new Complaint(unknownParameter(name));
  const message = `Unsupported parameter: '${name}'. In the Responses API, this parameter has moved to '${moved}'. Try again with the new parameter. See the API documentation for more information: https://platform.openai.com/docs/api-reference/responses/create.`;
  throw new Complaint({ message, param: name, code: "unsupported_parameter" });
}

const ranges: Readonly<Record<string, readonly [kind: string, least: number, most: number]>> = {
  temperature: ["decimal", 0, 2],
  top_p: ["decimal", 0, 1],
  top_logprobs: ["integer", 0, 20],
  max_output_tokens: ["integer", 16, Number.POSITIVE_INFINITY],
  max_tool_calls: ["integer", 1, Number.POSITIVE_INFINITY],
};

function checkNumbers(body: JsonRecord, traits: ModelTraits): void {
  for (const [name, [kind, least, most]] of Object.entries(ranges)) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== "number") throw new Complaint(invalidType(name, kind, value));
    const tooGreat = value > most;
    if (!tooGreat && value >= least) continue;
    const message = `Invalid '${name}': ${kind} ${tooGreat ? "above maximum" : "below minimum"} value. Expected a value ${tooGreat ? `<= ${most}` : `>= ${least}`}, but got ${value} instead.`;
    throw new Complaint({ message, param: name, code: `${kind}_${tooGreat ? "above_max" : "below_min"}_value` });
  }
  const most = asNumber(body["max_output_tokens"]) ?? 0;
  if (most <= traits.outputTokens) return;
  const message = `max_output_tokens is too large: ${most}. This model supports at most ${traits.outputTokens} completion tokens, whereas you provided ${most}.`;
  throw new Complaint({ message, param: "max_output_tokens", code: "invalid_value" });
}

/** Unlike Chat Completions, this service sends no code with it. */
function unsupported(name: string): Complaint {
  return new Complaint({ message: `Unsupported parameter: '${name}' is not supported with this model.`, param: name });
}

function checkReasoning(body: JsonRecord, { reasons, efforts }: ModelTraits, model: string): void {
  const reasoning = asRecord(body["reasoning"]) ?? {};
  checkMembers(reasoning, ["effort", "summary", "generate_summary", "context", "mode"], "reasoning");
  const effort = asText(reasoning["effort"]);
  if (!reasons) {
    if (effort !== undefined) throw unsupported("reasoning.effort");
    if (reasoning["summary"] != null) throw unsupported("reasoning.summary");
    return;
  }
  if (effort !== undefined && !efforts.includes(effort)) {
    const message = `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${listOf(efforts)}.`;
    throw new Complaint({ message, param: "reasoning.effort", code: "unsupported_value" });
  }
  if (effort === "none") return;
  for (const name of ["temperature", "top_p"]) {
    if (body[name] != null && body[name] !== 1) throw unsupported(name);
  }
  if (asNumber(body["top_logprobs"]) ?? 0) throw unsupported("top_logprobs");
}

function checkInclude(body: JsonRecord, { reasons }: ModelTraits): void {
  const includes = asList(body["include"]) ?? [];
  for (const [index, member] of includes.entries()) {
    if (typeof member === "string" && includable.includes(member)) continue;
    const message = `Invalid value: '${show(member)}'. Supported values are: ${listOf(includable)}.`;
    throw new Complaint({ message, param: `include[${index}]`, code: "invalid_value" });
  }
  if (!reasons && includes.includes("reasoning.encrypted_content")) {
    throw new Complaint({ message: "Encrypted content is not supported with this model.", param: "include" });
  }
  const isFree = asText(asRecord(body["reasoning"])?.["effort"]) === "none";
  if (reasons && !isFree && includes.includes("message.output_text.logprobs")) {
    const message = "logprobs are not supported with reasoning models.";
    throw new Complaint({ message, param: "include" });
  }
}
