// Anthropic's checks of the top level of a messages request, with its messages. Throws a Complaint.
import { asList, asNumber, asRecord, asText, recordsOf, show, type JsonRecord } from "../json-record.ts";
import { checkContext } from "./check-context.ts";
import { checkMessages } from "./check-messages.ts";
import { checkBoundSchema, checkInputSchema } from "./check-schema.ts";
import { checkThinking } from "./check-thinking.ts";
import { checkToolTypes } from "./check-tool-types.ts";
import { Complaint } from "./envelope.ts";
import { modelTraits, type ModelTraits } from "./models.ts";
import { checkSearchTool } from "./web-search.ts";

const knownFields = new Set(
  "model messages max_tokens system stream temperature top_p top_k stop_sequences metadata tools tool_choice thinking output_config output_format service_tier container context_management mcp_servers speed inference_geo cache_control fallbacks diagnostics betas thread".split(
    " ",
  ),
);
const samplingFields: readonly string[] = ["temperature", "top_p", "top_k"];
const toolMembers: readonly string[] =
  "type name description input_schema cache_control strict defer_loading allowed_callers input_examples eager_input_streaming".split(
    " ",
  );

/** The facts in the headers. */
export interface ApiVersion {
  readonly version: string;
  readonly betas: ReadonlySet<string>;
}

/** Checks headers and body, and returns the model's traits. */
export function checkRequest(body: JsonRecord, { version, betas }: ApiVersion): ModelTraits {
  for (const field of ["model", "messages", "max_tokens"]) {
    if (body[field] === undefined) throw new Complaint(`${field}: Field required`);
  }
  const unknown = Object.keys(body).find((name) => !knownFields.has(name));
  if (unknown !== undefined) throw new Complaint(`${unknown}: Extra inputs are not permitted`);
  const name = asText(body["model"]);
  if (name === undefined) throw new Complaint("model: Input should be a valid string");
  const traits = modelTraits(name);
  if (traits === undefined) throw new Complaint(`model: ${name}`, 404);
  checkMaximum(body, traits, name);
  checkSampling(body, traits, version);
  checkTools(body, traits);
  checkToolTypes(recordsOf(body["tools"]), traits, name);
  checkThinking(body, { traits, name, betas });
  checkOutput(body, traits);
  checkContext(body, traits);
  checkSettings(body, traits, name);
  checkUser(body);
  checkMessages(body, traits, version);
  return traits;
}

/**
 * The message about `speed` is recorded (NousResearch/hermes-agent#19517), and that about `fallbacks`; the others are
 * modelled on the first.
 */
function checkSettings(body: JsonRecord, { takes }: ModelTraits, name: string): void {
  const speed = body["speed"];
  if (speed != null && speed !== "fast" && speed !== "standard")
    throw new Complaint("speed: Input should be 'standard' or 'fast'");
  if (speed === "fast" && !takes.has("speed"))
    throw new Complaint(`'${name}' does not support the \`speed\` parameter.`);
  if (body["fallbacks"] !== undefined && !takes.has("fallbacks"))
    throw new Complaint(`'${name}' does not support the fallbacks parameter`);
  for (const member of ["output_config.task_budget", "inference_geo"] as const)
    if (memberAt(body, member) != null && !takes.has(member))
      throw new Complaint(`'${name}' does not support the \`${member}\` parameter.`);
}

function checkUser(body: JsonRecord): void {
  const user = asText(asRecord(body["metadata"])?.["user_id"]);
  if (user !== undefined && user.length > 256)
    throw new Complaint("metadata.user_id: String should have at most 256 characters");
}

function memberAt(body: JsonRecord, path: string): unknown {
  const [member = "", inner] = path.split(".");
  return inner === undefined ? body[member] : asRecord(body[member])?.[inner];
}

/** Members that are unknown without their beta. */
const betaFields: readonly (readonly [string, RegExp])[] = [
  ["context_management", /^(?:context-management-|compact-)/],
  ["thread", /^message-threads-/],
  ["output_config.task_budget", /^task-budgets-/],
];

export function checkBetas(body: JsonRecord, betas: ReadonlySet<string>): void {
  for (const [field, beta] of betaFields) {
    if (memberAt(body, field) != null && ![...betas].some((one) => beta.test(one)))
      throw new Complaint(`${field}: Extra inputs are not permitted`);
  }
}

function checkMaximum(body: JsonRecord, traits: ModelTraits, name: string): void {
  const most = body["max_tokens"];
  if (typeof most !== "number" || !Number.isInteger(most))
    throw new Complaint("max_tokens: Input should be a valid integer");
  if (most < 1) throw new Complaint("max_tokens: Input should be greater than or equal to 1");
  if (most > traits.outputTokens) {
    throw new Complaint(
      `max_tokens: ${most} > ${traits.outputTokens}, which is the maximum allowed number of output tokens for ${name}`,
    );
  }
  const stops = asList(body["stop_sequences"]) ?? [];
  const blank = stops.some((stop) => typeof stop === "string" && stop.trim() === "");
  if (blank) throw new Complaint("stop_sequences: each stop sequence must contain non-whitespace");
}

function checkWholeNumbers(body: JsonRecord): void {
  if (Number.isInteger(asNumber(body["top_k"]) ?? 0)) return;
  throw new Complaint("top_k: Input should be a valid integer, got a number with a fractional part");
}

function checkSampling(body: JsonRecord, traits: ModelTraits, version: string): void {
  const samplingNames = samplingFields.filter((name) => body[name] !== undefined);
  if (version >= "2026-10-21" && samplingNames.length > 0)
    throw new Complaint(`${samplingNames[0]}: Extra inputs are not permitted`);
  const temperature = asNumber(body["temperature"]);
  if (temperature !== undefined && (temperature < 0 || temperature > 1))
    throw new Complaint("temperature: range: 0..1");
  // "minimum 0" and "maxLength 256" (platform.claude.com/docs/en/api/messages), in its validator's format.
  checkWholeNumbers(body);
  if ((asNumber(body["top_k"]) ?? 0) < 0) throw new Complaint("top_k: Input should be greater than or equal to 0");
  const topP = asNumber(body["top_p"]);
  if (topP !== undefined && (topP < 0 || topP > 1)) throw new Complaint("top_p: range: 0..1");
  if (!traits.takesSampling) {
    if (temperature !== undefined && temperature !== 1)
      throw new Complaint("`temperature` is deprecated for this model.");
    if (topP !== undefined && topP < 0.99) throw new Complaint("`top_p` is deprecated for this model.");
    if (body["top_k"] !== undefined) throw new Complaint("`top_k` is deprecated for this model.");
  }
  if (traits.generation >= 4.1 && temperature !== undefined && topP !== undefined) {
    throw new Complaint("`temperature` and `top_p` cannot both be specified for this model. Please use only one.");
  }
}

function checkTools(body: JsonRecord, traits: ModelTraits): void {
  const tools = recordsOf(body["tools"]);
  const names = new Set<string>();
  for (const [index, tool] of tools.entries()) {
    const kind = asText(tool["type"]) ?? "custom";
    const name = asText(tool["name"]);
    const place = `tools.${index}.${kind}`;
    if (isToolset(kind)) {
      if (kind === "mcp_toolset" && asText(tool["mcp_server_name"]) === undefined)
        throw new Complaint(`${place}.mcp_server_name: Field required`);
      continue;
    }
    if (name === undefined) throw new Complaint(`${place}.name: Field required`);
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(name))
      throw new Complaint(`${place}.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`);
    if (names.has(name)) throw new Complaint("tools: Tool names must be unique.");
    names.add(name);
    checkSearchTool(tool, place);
    if (kind !== "custom") continue;
    const extra = Object.keys(tool).find((member) => !toolMembers.includes(member));
    if (extra !== undefined) throw new Complaint(`${place}.${extra}: Extra inputs are not permitted`);
    checkInputSchema(tool, place);
    if (tool["strict"] === true && traits.generation < 4.1)
      throw new Complaint(`${place}.strict: structured outputs are not supported for this model`);
  }
  checkToolChoice(body, names, traits);
}

/** Many tools in one entry, which has no name of its own. Source: `BetaMCPToolset` and similar types of the vendor's SDK. */
function isToolset(kind: string): boolean {
  return /^(?:mcp|browser|computer)_toolset(?:_\d+)?$/.test(kind);
}

function checkToolChoice(body: JsonRecord, names: ReadonlySet<string>, traits: ModelTraits): void {
  const choice = asRecord(body["tool_choice"]);
  const kind = asText(choice?.["type"]);
  if (kind === undefined) return;
  if (names.size === 0 && kind !== "none" && recordsOf(body["tools"]).length === 0)
    throw new Complaint("tool_choice: tool_choice may only be specified while providing tools");
  if (kind === "tool" && !names.has(asText(choice?.["name"]) ?? "")) {
    throw new Complaint(`Tool '${show(choice?.["name"])}' not found in provided tools`);
  }
  if ((kind === "tool" || kind === "any") && !traits.takesForcedChoice) {
    throw new Complaint('tool_choice: type "tool" and "any" are not supported for this model.');
  }
}

function checkOutput(body: JsonRecord, traits: ModelTraits): void {
  const output = asRecord(body["output_config"]);
  const effort = asText(output?.["effort"]);
  if (effort !== undefined) checkEffort(effort, body, traits);
  const format = asRecord(output?.["format"]) ?? asRecord(body["output_format"]);
  if (format === undefined) return;
  if (traits.generation < 4.1)
    throw new Complaint("output_config.format: structured outputs are not supported for this model");
  const schema = asRecord(format["schema"]);
  if (schema === undefined) throw new Complaint("output_config.format.schema: Field required");
  checkBoundSchema(schema, "output_config.format.schema");
}

function checkEffort(effort: string, body: JsonRecord, { efforts, capsEffort }: ModelTraits): void {
  if (efforts.length === 0) throw new Complaint("This model does not support the effort parameter.");
  if (!efforts.includes(effort)) {
    throw new Complaint(
      `This model does not support effort level '${effort}'. Supported levels: ${efforts.join(", ")}.`,
    );
  }
  const isOff = asText(asRecord(body["thinking"])?.["type"]) === "disabled";
  if (capsEffort && isOff && (effort === "xhigh" || effort === "max")) {
    throw new Complaint(
      `output_config.effort '${effort}' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.`,
    );
  }
}
