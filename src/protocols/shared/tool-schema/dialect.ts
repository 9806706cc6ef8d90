// A target's JSON Schema support as data: the lowering reads it, and so does the table in the documentation. A vendor's
// fact has its source beside it, in the file of the dialects.
import type { PatternFeature } from "./patterns.ts";

/** The treatment of a keyword. */
export type Treatment =
  /** Sent; schemas in it are lowered. */
  | "kept"
  /** Expressed with other keywords. */
  | "folded"
  /** Described in text, which the target does not enforce. */
  | "described"
  /** It has no effect there, and is removed. */
  | "dropped"
  /** The dialect cannot express such a schema. */
  | "impossible";

/** For targets that enforce schemas with named members only. */
export interface Closing {
  /** `all`: every member is required, and null may replace absent ones; otherwise the most optional members. */
  readonly required: "all" | { readonly mostOptional: number };
}

export interface Dialect {
  /** Its name in the table. */
  readonly title: string;
  readonly keywords: Readonly<Partial<Record<string, Treatment>>>;
  /** All other keywords. */
  readonly others: Treatment;
  /** Not known to be refused: a target's own clients keep these unchanged. */
  readonly careful: ReadonlySet<string> | "all";
  /** Keywords that the root of a tool's arguments cannot have: they are folded into one object. */
  readonly notAtRoot: ReadonlySet<string>;
  /** The root of a tool's arguments needs `properties`, even an empty one. */
  readonly namesProperties: boolean;
  /** The allowed names of properties at the root. Null: any. */
  readonly propertyNames: RegExp | null;
  /** An array needs `items`. */
  readonly namesItems: boolean;
  /** Required members need a description of their schema. */
  readonly describesRequired: boolean;
  /** Types are added if they are known: in the branches of a union instead of beside it. */
  readonly typed: boolean;
  /** A map by a pattern that matches every name becomes `additionalProperties`. */
  readonly foldsMaps: boolean;
  /** `true`, `false` and `{}`: kept, described, or impossible. */
  readonly unbound: "kept" | "described" | "impossible";
  /** Refused features of patterns. */
  readonly patterns: ReadonlySet<PatternFeature>;
  /** Null: any. */
  readonly formats: ReadonlySet<string> | null;
  /** The largest allowed `minItems`. Null: any. */
  readonly mostFewest: number | null;
  /** An enumeration may contain only non-empty strings and numbers. */
  readonly plainValues: boolean;
  /** References may lead to definitions at the root only: other targets become definitions. */
  readonly definesTargets: boolean;
  /** All referenced schemas go to `$defs` of the root, and the others are removed. */
  readonly collectsDefinitions: boolean;
  /** A `$ref` has no siblings. */
  readonly bareReferences: boolean;
  /** A reference without a target is refused. */
  readonly findsReferences: boolean;
  /** Recursive definitions: allowed, allowed in optional members, or not. */
  readonly recursion: "kept" | "optional" | "impossible";
  readonly closing: Closing | null;
  /** The order of members is sent. */
  readonly ordered: boolean;
}
