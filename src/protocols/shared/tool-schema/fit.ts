// Schemas of tools and of answers for targets of OpenAI's two protocols: OpenAI itself, which is known, and hosts that copied
// it, of which the least is presumed. What such a host's own clients say goes on as they said it.
import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { hostDialect, openaiDialect, openaiStrictDialect } from "./dialects.ts";
import { lower } from "./lower.ts";

/** What is said of a schema: whether it binds, and how the report calls it. */
export interface Wished {
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

/** The target takes the protocol as published and refuses all else: so does OpenAI, which is told by this fact. */
export function isOpenAI({ reasoningField }: ModelFacts): boolean {
  return reasoningField === null;
}

const noArguments: JsonObject = { type: "object", properties: {} };

/** A tool's arguments. */
export function fitArguments(schema: JsonObject | null, wished: Wished, target: SchemaTarget): Fitted {
  const exact = isOpenAI(target.facts);
  if (target.own && (!exact || schema === null)) return { schema, strict: wished.strict };
  if (wished.strict === true) {
    const strict = fitStrict(schema ?? { ...noArguments, additionalProperties: false }, wished, target);
    if (strict !== null) return strict;
  }
  if (schema === null && exact) return { schema, strict: loosened(wished.strict) };
  const dialect = exact ? openaiDialect : hostDialect;
  const lowered = lower(schema ?? noArguments, dialect, { root: "object", own: target.own });
  for (const entry of lowered.notes.entries(wished.field)) target.adapted.add(entry);
  return { schema: lowered.schema, strict: loosened(wished.strict) };
}

/** An answer; null where the target has no form of such a schema: OpenAI's answers are objects. */
export function fitAnswer(schema: JsonObject, wished: Wished, target: SchemaTarget): Fitted | null {
  const exact = isOpenAI(target.facts);
  if (target.own && !exact) return { schema, strict: wished.strict };
  if (wished.strict === true) {
    const strict = fitStrict(schema, wished, target);
    if (strict !== null) return strict;
  }
  const wish = { root: exact ? "answer" : "any", own: target.own } as const;
  const lowered = lower(schema, exact ? openaiDialect : hostDialect, wish);
  if (!lowered.possible) return null;
  for (const entry of lowered.notes.entries(wished.field)) target.adapted.add(entry);
  return { schema: lowered.schema, strict: loosened(wished.strict) };
}

/**
 * Another protocol's strictness, brought to OpenAI's rules. Null where that cannot be, which the report says: a schema that
 * does not meet them is refused, so it is loosened.
 */
function fitStrict(schema: JsonObject, { field }: Wished, { own, adapted }: SchemaTarget): Fitted | null {
  const lowered = lower(schema, openaiStrictDialect, { root: "answer", own });
  if (!lowered.possible) {
    adapted.add(`${field}.strict:true>false`);
    return null;
  }
  for (const entry of lowered.notes.entries(field)) adapted.add(entry);
  return { schema: lowered.schema, strict: true };
}

function loosened(strict: boolean | null): boolean | null {
  return strict === true ? false : strict;
}

/** Whoever binds its models to every schema is heard as if it had said so. */
export function wishedStrict({ output, extras }: ChatRequest): boolean | null {
  if (output?.kind !== "json_schema") return null;
  return output.strict ?? (extras.protocol === "gemini-generate" ? true : null);
}
