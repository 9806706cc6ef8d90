// Encodes tools, the tool choice, and the format of the answer. It always sets `strict`, because this protocol treats a
// tool without it as strict.
import type { ChatRequest, OutputFormat, Tool } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { jsonInstruction, mentionsJsonWord, schemaInstruction } from "../../shared/json-word.ts";
import { asFunction } from "../../shared/free-text.ts";
import { keepMostTools } from "../../shared/member-lengths.ts";
import { arrayOr, isObject, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { isMeaningless } from "../../shared/stray-members.ts";
import {
  answersObject,
  fitAnswer,
  fitArguments,
  isOpenAI,
  type SchemaTarget,
  wishedStrict,
} from "../../shared/tool-schema/fit.ts";
import { carrySearch } from "../../shared/vendor-tools.ts";
import { lostHints, type WebSearch } from "../../shared/web-search.ts";
import { addedTools, type Encoding, ownMembers, unsupported } from "../features/own-state.ts";

export function encodeTools(request: ChatRequest, encoding: Encoding): JsonObject {
  const { facts, native, model } = encoding;
  const search = native ? null : encodeSearch(request, encoding);
  const others = native ? vendorTools(request, encoding) : (search?.tools ?? []);
  const offered = encodeMost(onlyNamed(request, encoding), request, { encoding, others: others.length });
  const list: readonly Json[] = [...offered, ...others];
  // Tools in the input are offered too.
  if (list.length === 0 && (request.tools.length === 0 || !encoding.forms)) return {};
  if (facts.tools === false) throw unsupported("tools", `${model} does not support tools`);
  if (facts.jsonWithTools === false && (request.output?.kind ?? "text") !== "text") {
    throw unsupported("response_format", `${model} does not support JSON output together with tools`);
  }
  const body: MutableJson = list.length === 0 ? {} : { tools: list };
  const choice = encodeChoice(request, encoding);
  if (choice !== null) body["tool_choice"] = choice;
  if (request.parallelTools !== null) body["parallel_tool_calls"] = request.parallelTools;
  if (search !== null && search.most !== null) body["max_tool_calls"] = search.most;
  return body;
}

/** A namespace counts as one tool, however many it contains. */
function encodeMost(
  tools: readonly Tool[],
  request: ChatRequest,
  { encoding, others }: { readonly encoding: Encoding; readonly others: number },
): JsonObject[] {
  const offered = encodeOffered(tools, encoding);
  if (offered.length + others <= (encoding.facts.mostTools ?? Number.POSITIVE_INFINITY)) return offered;
  return encodeOffered(keepMostTools(tools, request, { ...encoding, others }), encoding);
}

interface EncodedSearch {
  readonly tools: readonly JsonObject[];
  /** The most calls of it. */
  readonly most: number | null;
}

function encodeSearch(request: ChatRequest, encoding: Encoding): EncodedSearch | null {
  const drop = (field: string): void => void encoding.dropped.add(field);
  return carrySearch(request, drop, (search) => ({ tools: [writeSearch(search, encoding)], most: search.most }));
}

function writeSearch(search: WebSearch, encoding: Encoding): JsonObject {
  if (encoding.facts.webSearch === false) throw unsupported("tools", `${encoding.model} does not support web search`);
  for (const hint of lostHints(search, { size: true, most: true })) encoding.dropped.add(hint);
  const { allowed, blocked, location, contextSize } = search;
  const filters = {
    ...(allowed.length === 0 ? {} : { allowed_domains: allowed }),
    ...(blocked.length === 0 ? {} : { blocked_domains: blocked }),
  };
  return {
    type: "web_search",
    ...(Object.keys(filters).length === 0 ? {} : { filters }),
    ...(location === null ? {} : { user_location: { type: "approximate", ...location } }),
    ...(contextSize === null ? {} : { search_context_size: contextSize }),
  };
}

/** If a choice has to become `auto`, the other tools are not offered. */
function onlyNamed(request: ChatRequest, { facts }: Encoding): readonly Tool[] {
  const choice = request.toolChoice;
  if (choice?.kind === "search" && facts.forcedToolChoice === false) return [];
  if (choice?.kind !== "tool" || facts.forcedToolChoice !== false) return request.tools;
  return request.tools.filter((tool) => tool.name === choice.name);
}

/** The vendor's tools in `tools`, without those in the input. */
function vendorTools({ extras }: ChatRequest, { forms }: Encoding): readonly Json[] {
  const all = arrayOr<readonly Json[]>(extras.fields["tools"], []);
  return forms ? all.slice(0, all.length - numberOr(extras.fields[addedTools], 0)) : all;
}

/** Tools of one namespace go into it together; tools from the input stay there. */
function encodeOffered(tools: readonly Tool[], encoding: Encoding): JsonObject[] {
  const offered: JsonObject[] = [];
  let space: Json | undefined;
  let within: Json[] = [];
  for (const tool of tools) {
    const { namespace, added } = encoding.forms ? ownMembers(tool.state) : {};
    if (added === true) continue;
    const encoded = encodeTool(tool, encoding);
    if (isObject(namespace) && namespace === space) within.push(encoded);
    else if (isObject(namespace)) offered.push({ type: "namespace", ...namespace, tools: (within = [encoded]) });
    else offered.push(encoded);
    space = namespace;
  }
  return offered;
}

function encodeTool(tool: Tool, encoding: Encoding): JsonObject {
  const { native, adapted } = encoding;
  const own = ownMembers(tool.state);
  if (encoding.forms && isObject(own["whole"])) return { ...own["whole"], ...tool.marks };
  if (tool.freeText !== undefined && isFree(encoding)) return encodeFree(tool, tool.freeText.format);
  const plain = asFunction(tool, (field, from, to) => adapted.add(`${field}:${from}>${to}`));
  const name = encoding.forms ? stringOr(own["name"], tool.name) : tool.name;
  const json: MutableJson = { type: "function", name };
  if (plain.description !== null) json["description"] = plain.description;
  const strictness = { strict: plain.strict, field: `tools.${tool.name}` };
  const { schema, strict } = fitArguments(plain.parameters, strictness, schemaTarget(encoding));
  if (schema !== null || !native) json["parameters"] = schema;
  if (strict !== null || !native) json["strict"] = strict ?? false;
  const rest = membersOf(own["rest"]);
  if (encoding.forms) return { ...json, ...tool.marks, ...rest };
  if (native) for (const name of Object.keys(rest)) if (!isMeaningless(name)) encoding.dropped.add(`tools.${name}`);
  return { ...json, ...tool.marks };
}

function encodeFree({ name, description, marks }: Tool, format: JsonObject | null): JsonObject {
  return {
    type: "custom",
    name,
    ...(description === null ? {} : { description }),
    ...(format === null ? {} : { format }),
    ...marks,
  };
}

/** Whether free text goes as free text: the same vendor's clients know it, and the model must too. */
export function isFree({ native, kindred, facts }: Encoding): boolean {
  return (native || kindred) && facts.customTools !== false;
}

/** At a host that stands in, nothing was written for it. */
function schemaTarget({ facts, native, kindred, standsIn, adapted }: Encoding): SchemaTarget {
  return { facts, own: (native || kindred) && (isOpenAI(facts) || !standsIn), adapted };
}

function encodeChoice(request: ChatRequest, encoding: Encoding): Json | null {
  const choice = request.toolChoice;
  if (choice === null) return encoding.native ? (request.extras.fields["tool_choice"] ?? null) : null;
  const forced = encoding.facts.forcedToolChoice !== false;
  const tools = new Map(request.tools.map((tool) => [tool.name, tool]));
  const encodeName = (name: string): JsonObject => nameChosen(name, tools.get(name), encoding);
  switch (choice.kind) {
    case "auto":
    case "none":
      return choice.kind;
    case "search":
      if (forced) return { type: encoding.native ? choice.name : "web_search" };
      encoding.adapted.add(`tool_choice:${choice.name}>auto`);
      return "auto";
    case "required":
    case "tool":
      if (forced) return choice.kind === "tool" ? encodeName(choice.name) : "required";
      encoding.adapted.add(`tool_choice:${choice.kind}>auto`);
      return "auto";
    case "subset": {
      const mode = forced ? choice.mode : "auto";
      if (mode !== choice.mode) encoding.adapted.add(`tool_choice:${choice.mode}>auto`);
      return { type: "allowed_tools", mode, tools: choice.names.map(encodeName) };
    }
  }
}

function nameChosen(name: string, tool: Tool | undefined, encoding: Encoding): JsonObject {
  const own = encoding.forms ? ownMembers(tool?.state) : {};
  const { type } = membersOf(own["whole"]);
  if (typeof type === "string" && type !== "custom") return { type };
  const free = tool?.freeText !== undefined && isFree(encoding);
  const { name: spaced } = membersOf(own["namespace"]);
  const place = typeof spaced === "string" && spaced !== "functions" ? { namespace: spaced } : {};
  return { type: free ? "custom" : "function", name: stringOr(own["name"], name), ...place };
}

/** `text.format`, and the instruction that replaces it or accompanies it (null: none). */
export interface EncodedOutput {
  readonly format: JsonObject | null;
  readonly instruction: string | null;
}

export function encodeOutput(request: ChatRequest, encoding: Encoding): EncodedOutput {
  const { output, messages } = request;
  const { native, standsIn, facts, model } = encoding;
  if (output === null) return { format: null, instruction: null };
  if (output.kind === "text") return { format: native ? { type: "text" } : null, instruction: null };
  if (output.kind === "json") {
    // OpenAI looks for the word in the input, where the operator's instructions usually are not.
    const hasWord =
      (native && !standsIn) || mentionsJsonWord(messages.filter(({ role }) => role === "user" || role === "assistant"));
    if (!hasWord) encoding.adapted.add("response_format:json_object>instruction");
    return { format: { type: "json_object" }, instruction: hasWord ? null : jsonInstruction };
  }
  if (facts.jsonSchema === false) {
    if (output.strict === true) throw unsupported("response_format", `${model} does not support JSON schemas`);
    // In JSON mode every answer is an object.
    if (!answersObject(output.schema)) return describeSchema(output, encoding);
    encoding.adapted.add("response_format:json_schema>json_object");
    return { format: { type: "json_object" }, instruction: schemaInstruction(output.schema) };
  }
  const name = output.name.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, 64) || "answer";
  const strictness = { strict: wishedStrict(request), field: "response_format" };
  const fitted = fitAnswer(output.schema, strictness, schemaTarget(encoding));
  if (fitted === null) {
    if (output.strict === true) throw unsupported("response_format", `${model} supports JSON objects only`);
    return describeSchema(output, encoding);
  }
  const { schema, strict } = fitted;
  const format: MutableJson = { type: "json_schema", name, schema };
  if (output.description !== null) format["description"] = output.description;
  if (strict !== null) format["strict"] = strict;
  return { format, instruction: null };
}

/** An answer that is not an object has no format. */
function describeSchema({ schema }: Extract<OutputFormat, { kind: "json_schema" }>, encoding: Encoding): EncodedOutput {
  encoding.adapted.add("response_format:json_schema>instruction");
  return { format: null, instruction: schemaInstruction(schema) };
}
