// Whether a vendor takes the schemas of its own clients, whose bytes pass untouched unless it is known to refuse
// something in them. The lowering itself decides, and the result is cached by the bytes.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { Dialect } from "./dialect.ts";
import { hostDialect, openaiDialect, openaiStrictDialect } from "./dialects.ts";
import { lower, type Wish } from "./lower.ts";

export interface OwnSchema {
  readonly schema: JsonObject;
  readonly dialect: Dialect;
  readonly root: Wish["root"];
  /**
   * It was written for another vendor: everything that any host is known to refuse is corrected. Absent: for this one.
   */
  readonly isForeign?: boolean;
}

export interface OwnSchemas {
  /** The member with the schemas. */
  readonly member: string;
  /** The name of the check. */
  readonly question: string;
}

/** `schemasIn` finds the schemas in the member's value. */
export function schemasTaken(
  request: RawMembers,
  { member, question }: OwnSchemas,
  schemasIn: (value: Json | undefined) => Iterable<OwnSchema>,
): boolean {
  if (!request.has(member)) return true;
  const find = (): boolean => {
    for (const { schema, dialect, root, isForeign = false } of schemasIn(request.read(member)))
      if (lower(schema, dialect, { root, own: !isForeign }).changed) return false;
    return true;
  };
  return request.memoize?.(question, member, find) ?? find();
}

/** An OpenAI-compatible host that stands in for another vendor. */
export function hostSchema(schema: JsonObject, root: "object" | "answer"): OwnSchema {
  return { schema, dialect: hostDialect, root: root === "answer" ? "any" : root, isForeign: true };
}

/** For OpenAI's own clients, in both of its protocols. */
export function openaiSchema(schema: JsonObject, strict: Json | undefined, root: "object" | "answer"): OwnSchema {
  return strict === true
    ? { schema, dialect: openaiStrictDialect, root: "answer" }
    : { schema, dialect: openaiDialect, root };
}
