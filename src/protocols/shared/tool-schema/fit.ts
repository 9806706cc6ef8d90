// Schemas of tools and answers for targets of OpenAI's two protocols: OpenAI itself, whose rules are known, and
// compatible hosts, of which it assumes the least. Schemas of such a host's own clients stay unchanged.
import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { hostDialect, openaiDialect, openaiStrictDialect } from "./dialects.ts";
import { getsPlainest, withoutRefused } from "./refused.ts";
import { lower } from "./lower.ts";

/** The request's options for a schema: whether it is strict, and its name in the report. */
export interface WantedSchema {
  readonly strict: boolean | null;
  readonly field: string;
}

export interface SchemaTarget {
  readonly facts: ModelFacts;
  /** The caller speaks the target's own protocol, or its vendor's other one. */
  readonly own: boolean;
  readonly adapted: Set<string>;
}

export interface Fitted {
  readonly schema: JsonObject | null;
  readonly strict: boolean | null;
}

/**
 * The target takes only the published protocol and refuses everything else, as OpenAI does. This fact identifies
 * OpenAI.
 */
export function isOpenAI({ reasoningField }: ModelFacts): boolean {
  return reasoningField === null;
}

const noArguments: JsonObject = { type: "object", properties: {} };

/** A tool's arguments. */
export function fitArguments(schema: JsonObject | null, strictness: WantedSchema, target: SchemaTarget): Fitted {
  const exact = isOpenAI(target.facts);
  if (target.own && (!exact || schema === null)) return { schema, strict: strictness.strict };
  if (strictness.strict === true) {
    const strict = fitStrict(schema ?? { ...noArguments, additionalProperties: false }, strictness, target);
    if (strict !== null) return strict;
  }
  if (schema === null && exact) return { schema, strict: loosened(strictness.strict) };
  const dialect = withoutRefused(exact ? openaiDialect : hostDialect, target.facts);
  const lowered = lower(schema ?? noArguments, dialect, { root: "object", own: target.own });
  for (const entry of lowered.notes.entries(strictness.field)) target.adapted.add(entry);
  return { schema: lowered.schema, strict: loosened(strictness.strict) };
}

/** An answer's schema; null if the target cannot express it: OpenAI's answers are objects. */
export function fitAnswer(schema: JsonObject, strictness: WantedSchema, target: SchemaTarget): Fitted | null {
  const exact = isOpenAI(target.facts);
  if (target.own && !exact) return { schema, strict: strictness.strict };
  if (strictness.strict === true) {
    const strict = fitStrict(schema, strictness, target);
    if (strict !== null) return strict;
  }
  const wish = { root: exact ? "answer" : "any", own: target.own } as const;
  const lowered = lower(schema, withoutRefused(exact ? openaiDialect : hostDialect, target.facts), wish);
  if (!lowered.possible) return null;
  for (const entry of lowered.notes.entries(strictness.field)) target.adapted.add(entry);
  return { schema: lowered.schema, strict: loosened(strictness.strict) };
}

/** Whether all answers of this schema can be objects, which are the only answers in JSON mode. */
export function answersObject(schema: JsonObject): boolean {
  return lower(schema, openaiDialect, { root: "answer", own: false }).possible;
}

/**
 * Another protocol's strict schema, under OpenAI's rules. Null if that is impossible, which is reported: OpenAI refuses
 * such a strict schema, so it is sent as not strict.
 */
function fitStrict(schema: JsonObject, { field }: WantedSchema, { facts, own, adapted }: SchemaTarget): Fitted | null {
  const lowered = lower(schema, withoutRefused(openaiStrictDialect, facts), { root: "answer", own });
  if (!lowered.possible || getsPlainest(facts)) {
    adapted.add(`${field}.strict:true>false`);
    return null;
  }
  for (const entry of lowered.notes.entries(field)) adapted.add(entry);
  return { schema: lowered.schema, strict: true };
}

function loosened(strict: boolean | null): boolean | null {
  return strict === true ? false : strict;
}

/** A vendor that enforces every schema is treated as if the caller had asked for strictness. */
export function wishedStrict({ output, extras }: ChatRequest): boolean | null {
  if (output?.kind !== "json_schema") return null;
  return output.strict ?? (extras.protocol === "gemini-generate" ? true : null);
}
