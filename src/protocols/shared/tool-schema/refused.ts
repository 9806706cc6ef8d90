// Keywords of JSON Schema that a target has refused, on top of its dialect: they are described in words, or expressed
// with other keywords. Without some keywords there is no schema left: their refusal must teach nothing. A refusal that
// names no keyword leaves the plainest schema: names, types, members, values, alternatives and descriptions.
import type { RawMembers } from "../../../core/encoded-request.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { Dialect, Treatment } from "./dialect.ts";
import { annotations, vocabularyKeywords } from "./vocabulary.ts";

const essentialKeywords: ReadonlySet<string> = new Set([
  "type",
  "properties",
  "required",
  "items",
  "enum",
  "description",
  "$ref",
  "$defs",
  "definitions",
]);
const refusable: ReadonlySet<string> = new Set(
  [...vocabularyKeywords, ...annotations].filter((key) => !essentialKeywords.has(key)),
);

/** The members of Gemini's requests that hold a schema. */
export const schemaMembers: ReadonlySet<string> = new Set([
  "parameters",
  "parameters_json_schema",
  "response_schema",
  "response_json_schema",
]);

/** The name of a refused keyword that the vendor does not name. */
export const anyKeyword = "*";

export function refusableKeyword(keyword: string): boolean {
  return keyword === anyKeyword || refusable.has(keyword);
}

/** Whether the target gets the plainest schemas: they are not strict, because nothing says what a strict one may hold. */
export function getsPlainest({ refusedKeywords = [] }: Refusing): boolean {
  return refusedKeywords.includes(anyKeyword);
}

const plainKeywords: ReadonlySet<string> = new Set([...essentialKeywords, "additionalProperties", "anyOf"]);
const plainTreatments: Readonly<Record<string, Treatment>> = {
  ...Object.fromEntries([...refusable].map((key) => [key, "described"] as const)),
  ...Object.fromEntries([...annotations, "title", "propertyOrdering"].map((key) => [key, "dropped"] as const)),
  ...Object.fromEntries(["oneOf", "allOf", "const", "nullable"].map((key) => [key, "folded"] as const)),
};

/** The same targets' root and names, and no keyword that any engine is known to stumble over. */
function plainest(dialect: Dialect): Dialect {
  const plain = [...plainKeywords].map((key) => [key, dialect.keywords[key] ?? "kept"] as const);
  return {
    ...dialect,
    keywords: { ...dialect.keywords, ...plainTreatments, ...Object.fromEntries(plain) },
    others: "described",
    careful: dialect.careful === "all" ? "all" : new Set(),
    notAtRoot: new Set([...dialect.notAtRoot, "$ref", "anyOf", "oneOf", "allOf", "enum", "const", "not"]),
    namesItems: true,
    describesRequired: true,
    typed: true,
    foldsMaps: true,
    unbound: dialect.unbound === "impossible" ? "impossible" : "described",
    plainValues: true,
    definesTargets: true,
    bareReferences: true,
    findsReferences: true,
  };
}

/** What is expressed with this keyword elsewhere is described instead. */
const foldedInto: ReadonlyMap<string, string> = new Map([
  ["minimum", "exclusiveMinimum"],
  ["maximum", "exclusiveMaximum"],
]);
const foldable: ReadonlySet<string> = new Set(["oneOf", "allOf"]);
const silent: ReadonlySet<string> = new Set([...annotations, "title", "propertyOrdering"]);

type Refusing = Pick<ModelFacts, "refusedKeywords">;

/** `dialect` without the keywords that the target has refused. */
export function withoutRefused(dialect: Dialect, { refusedKeywords = [] }: Refusing): Dialect {
  if (refusedKeywords.length === 0) return dialect;
  if (refusedKeywords.includes(anyKeyword)) return plainest(dialect);
  const keywords: Record<string, Treatment> = {};
  for (const keyword of refusedKeywords) {
    keywords[keyword] = foldable.has(keyword) ? "folded" : silent.has(keyword) ? "dropped" : "described";
    const source = foldedInto.get(keyword);
    if (source !== undefined && dialect.keywords[source] === "folded") keywords[source] = "described";
  }
  const { careful } = dialect;
  return {
    ...dialect,
    keywords: { ...dialect.keywords, ...keywords },
    careful: careful === "all" ? careful : new Set([...careful].filter((key) => !(key in keywords))),
  };
}

/** Whether bytes that the caller wrote for another vendor may hold a refused keyword in one of these members. */
export function mayHoldRefused(
  request: RawMembers,
  { facts: { refusedKeywords = [] }, isStandIn = false }: TargetFacts,
  members: readonly string[],
): boolean {
  if (!isStandIn || refusedKeywords.length === 0) return false;
  const present = members.filter((member) => request.has(member));
  if (refusedKeywords.includes(anyKeyword)) return present.length > 0;
  return refusedKeywords.some((keyword) => present.some((member) => request.mentions(member, `"${keyword}"`)));
}
