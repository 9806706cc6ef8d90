// What a target takes of JSON Schema, as data: one lowering reads it, and so does the table in the documentation. A fact of
// a vendor's has its source beside it, in the file of the dialects.
import type { PatternFeature } from "./patterns.ts";

/** What becomes of a keyword. */
export type Treatment =
  /** It goes along; schemas in it are lowered. */
  | "kept"
  /** Other keywords say it. */
  | "folded"
  /** Words in the description say it, which bind nobody. */
  | "described"
  /** It binds nothing there, and is left out. */
  | "dropped"
  /** There is no form of such a schema. */
  | "impossible";

/** Where all members of an object stand, for targets that hold their models to a schema. */
export interface Closing {
  /** All of them, where null may stand for those that are absent; else so many optional ones at most. */
  readonly required: "all" | { readonly mostOptional: number };
}

export interface Dialect {
  /** As the table calls it. */
  readonly title: string;
  readonly keywords: Readonly<Partial<Record<string, Treatment>>>;
  /** All other keywords. */
  readonly others: Treatment;
  /** Not known to be refused: what its treatment changes is left as it is for a target's own clients. */
  readonly careful: ReadonlySet<string> | "all";
  /** Keywords that the root of a tool's arguments cannot have: they are folded into one object. */
  readonly notAtRoot: ReadonlySet<string>;
  /** The root of a tool's arguments names its properties, be it none. */
  readonly namesProperties: boolean;
  /** What properties at the root may be called. Null: anything. */
  readonly propertyNames: RegExp | null;
  /** An array says what is in it. */
  readonly namesItems: boolean;
  /** Members that are required are described, too. */
  readonly describesRequired: boolean;
  /** Types are said wherever they are known: by the branches of a union instead of beside it. */
  readonly typed: boolean;
  /** A map that is told by a pattern which all names match is one of `additionalProperties`. */
  readonly foldsMaps: boolean;
  /** `true`, `false` and `{}`: as they are, in words, or without a form. */
  readonly unbound: "kept" | "described" | "impossible";
  /** Features of patterns that are refused. */
  readonly patterns: ReadonlySet<PatternFeature>;
  /** Null: any. */
  readonly formats: ReadonlySet<string> | null;
  /** The largest `minItems` that is taken. Null: any. */
  readonly mostFewest: number | null;
  /** Only strings that are not empty, and numbers, can be enumerated. */
  readonly plainValues: boolean;
  /** Only definitions at the root are looked for: what else references lead to becomes one. */
  readonly definesTargets: boolean;
  /** All that is referred to is gathered in `$defs` of the root, and the rest left out. */
  readonly collectsDefinitions: boolean;
  /** Nothing stands beside a `$ref`. */
  readonly bareReferences: boolean;
  /** A reference that leads nowhere is refused. */
  readonly findsReferences: boolean;
  /** Definitions that lead back to themselves: taken, taken in optional members, or not. */
  readonly recursion: "kept" | "optional" | "impossible";
  readonly closing: Closing | null;
  /** The order of members is said. */
  readonly ordered: boolean;
}
