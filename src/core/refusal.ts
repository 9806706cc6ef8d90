// What a vendor's refusal says about its target. Types only.
import type { ModelFacts } from "./provider.ts";

/** A fact about the target in a vendor's refusal; it holds for every caller. */
export type Refusal =
  /** The model's context window in tokens. */
  | { readonly kind: "window"; readonly tokens: number }
  /**
   * A member of the body, as a path in the vendor's names, with `*` for any element of a list; `value` if only that
   * value is refused. `isUnknown`: the vendor has no such member, for any model.
   */
  | { readonly kind: "field"; readonly path: string; readonly value: string | null; readonly isUnknown?: boolean }
  /** New facts about the model; the gateway can encode the request again with them. */
  | { readonly kind: "facts"; readonly facts: Partial<ModelFacts> }
  /** A keyword of JSON Schema that the model does not take. `*`: the vendor did not name it. */
  | { readonly kind: "keyword"; readonly keyword: string }
  /** Types of tools that the model does not take. `byService`: this service takes them for no model. */
  | { readonly kind: "tools"; readonly types: readonly string[]; readonly byService?: boolean }
  /** Values of a header that lists several; null: of every header that lists them. */
  | { readonly kind: "header"; readonly header: string | null; readonly values: readonly string[] | null };
