// Fields of single hosts that have a neutral form: switches of reasoning, and an answer by a schema. Every host of this
// protocol has words of its own for them. A host that takes them gets them unchanged, any other target the same in its
// own words. Sources: vLLM and SGLang (`chat_template_kwargs`, `guided_json`, `structured_outputs`), DashScope
// (`enable_thinking`, `thinking_budget`), Anthropic (`output_config`).
import type { ChatRequest, Effort, OutputFormat } from "../../../core/chat.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { neverThinks } from "../../shared/effort.ts";
import { isObject, membersOf, numberOr, parseJson } from "../../shared/read.ts";
import type { Encoding } from "./encoding.ts";
import { isExact } from "./strangers.ts";

const reasoningWords = ["enable_thinking", "thinking_budget", "chat_template_kwargs"] as const;
const schemaWords = ["guided_json", "structured_outputs"] as const;
/** In `chat_template_kwargs`: which one depends on the model's template. */
const switches = ["enable_thinking", "thinking"] as const;

export const hostWordNames: readonly string[] = [...reasoningWords, ...schemaWords, "output_config"];

export interface HostWords {
  readonly isOn: boolean | null;
  readonly budget: number | null;
  readonly effort: Effort | null;
  readonly output: OutputFormat | null;
  /** The fields that these came from; null: none. */
  readonly fields: JsonObject | null;
}

const NONE: HostWords = { isOn: null, budget: null, effort: null, output: null, fields: null };

/** What has no neutral form goes into the extras. */
export function readHostWords(body: JsonObject, extras: MutableJson): HostWords {
  if (!hostWordNames.some((name) => body[name] !== undefined && body[name] !== null)) return NONE;
  const fields: MutableJson = {};
  const keep = (name: string, isRead: boolean): void => {
    const value = body[name];
    if (value !== undefined && value !== null) (isRead ? fields : extras)[name] = value;
  };
  const { enable_thinking: plain, thinking_budget: limit } = body;
  const budget = numberOr(limit, null);
  keep("enable_thinking", typeof plain === "boolean");
  keep("thinking_budget", budget !== null);
  const inTemplate = readTemplate(body["chat_template_kwargs"], { fields, extras });
  const config = readConfig(body);
  keep("output_config", config !== null);
  const output = readSchema(body);
  keep("guided_json", output !== null && output.word === "guided_json");
  keep("structured_outputs", output !== null && output.word === "structured_outputs");
  const schema = output?.schema ?? config?.schema ?? null;
  return {
    isOn: typeof plain === "boolean" ? plain : inTemplate,
    budget: plain === false || inTemplate === false ? null : budget,
    effort: config?.effort ?? null,
    output: schema === null ? null : schemaWithoutName(schema),
    fields,
  };
}

interface OutputConfig {
  readonly effort: Effort | null;
  readonly schema: JsonObject | null;
}

/** Anthropic's. Null if it has anything that cannot be said in other words. */
function readConfig(body: JsonObject): OutputConfig | null {
  const config = body["output_config"];
  if (!isObject(config)) return null;
  const { effort: word = null, format = null, ...others } = config;
  const effort = efforts.find((one) => one === word) ?? null;
  const schema = hasFormat(body) ? null : asSchema(membersOf(format)["schema"]);
  const isRead = (word === null || effort !== null) && (format === null || schema !== null);
  return isRead && Object.keys(others).length === 0 ? { effort, schema } : null;
}

function hasFormat(body: JsonObject): boolean {
  return body["response_format"] !== undefined && body["response_format"] !== null;
}

function readTemplate(
  value: Json | undefined,
  { fields, extras }: { readonly fields: MutableJson; readonly extras: MutableJson },
): boolean | null {
  if (value === undefined || value === null) return null;
  const read: MutableJson = {};
  const others: MutableJson = {};
  for (const [name, one] of Object.entries(membersOf(value)))
    (typeof one === "boolean" && isSwitch(name) ? read : others)[name] = one;
  if (Object.keys(read).length > 0) fields["chat_template_kwargs"] = read;
  if (!isObject(value)) extras["chat_template_kwargs"] = value;
  else if (Object.keys(others).length > 0) extras["chat_template_kwargs"] = others;
  const [first] = Object.values(read);
  return typeof first === "boolean" ? first : null;
}

function isSwitch(name: string): boolean {
  return switches.some((one) => one === name);
}

/** A schema, or its text, if nothing else says what the answer looks like. */
function readSchema(
  body: JsonObject,
): { readonly word: (typeof schemaWords)[number]; readonly schema: JsonObject } | null {
  if (hasFormat(body)) return null;
  const guided = asSchema(body["guided_json"]);
  if (guided !== null) return { word: "guided_json", schema: guided };
  const { json, ...others } = membersOf(body["structured_outputs"]);
  const schema = Object.keys(others).length === 0 ? asSchema(json) : null;
  return schema === null ? null : { word: "structured_outputs", schema };
}

function asSchema(value: Json | undefined): JsonObject | null {
  const schema = typeof value === "string" ? parseJson(value) : value;
  return isObject(schema) && Object.keys(schema).length > 0 ? schema : null;
}

/** Hosts require no name for a schema. */
export function schemaWithoutName(schema: JsonObject): OutputFormat {
  return { kind: "json_schema", name: "answer", description: null, strict: null, schema };
}

/** The words that the target takes as they are. */
export function wordsTaken({ hostWords = {} }: ChatRequest, encoding: Encoding): JsonObject {
  const { native, facts, table } = encoding;
  if (!native || isExact(facts)) return NO_WORDS;
  return Object.fromEntries(
    Object.entries(hostWords).filter(([name]) => table === null || table.shape.members.has(name)),
  );
}

const NO_WORDS: JsonObject = {};

/** Its meaning would be sent a second time. */
export function isReasoningSaid(words: JsonObject): boolean {
  return (
    reasoningWords.some((name) => words[name] !== undefined) ||
    membersOf(words["output_config"])["effort"] !== undefined
  );
}

/** A host's switch, at a model of which nobody knows whether it has one: it is reported, and no effort is invented. */
export function lacksSwitch({ reasoning, hostWords }: ChatRequest, { facts, dropped }: Encoding): boolean {
  if (hostWords === undefined || facts.reasoning.style !== "none" || neverThinks(facts)) return false;
  const isNamed = reasoning?.effort !== null && reasoning?.effort !== "none";
  const names = reasoningWords.filter((name) => hostWords[name] !== undefined);
  if (isNamed || names.length === 0) return false;
  for (const name of names) dropped.add(name);
  return true;
}

export function isSchemaSaid(words: JsonObject): boolean {
  return (
    schemaWords.some((name) => words[name] !== undefined) || membersOf(words["output_config"])["format"] !== undefined
  );
}

/** With what else the caller had in the same field. */
export function withWords(fields: JsonObject, words: JsonObject): JsonObject {
  const both: MutableJson = { ...fields };
  for (const [name, value] of Object.entries(words)) {
    const before = both[name];
    both[name] = isObject(before) && isObject(value) ? { ...before, ...value } : value;
  }
  return both;
}
