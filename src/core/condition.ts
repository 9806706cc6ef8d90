// Conditions on a request in a `when` node, compiled at load. A condition reads only the fields that it names, and
// changes nothing.
import type { Json } from "./json.ts";

/** The path to a value in a request. */
export interface Field {
  /** `metadata`: from its header. `params`: members of the body. `request`: facts that the gateway knows about it. */
  readonly scope: "metadata" | "params" | "request";
  /** The names of the path, the outermost first. */
  readonly path: readonly string[];
}

/** The value of a field; undefined if absent. */
export type ReadField = (field: Field) => Json | undefined;

export interface Condition {
  /** The condition as text, for people. */
  readonly text: string;
  holds(read: ReadField): boolean;
}
