// What a route may ask of a request before it chooses a way. Compiled at load; a condition reads single fields of the
// request, only those that it names, and changes nothing.
import type { Json } from "./json.ts";

/** Where a value stands in a request. */
export interface Field {
  /** `metadata`: of its header. `params`: the body's members. `request`: what the gateway knows of it. */
  readonly scope: "metadata" | "params" | "request";
  /** The names that lead there, the outermost first. */
  readonly path: readonly string[];
}

/** The value at a field; undefined where there is none. */
export type ReadField = (field: Field) => Json | undefined;

export interface Condition {
  /** As people read it. */
  readonly text: string;
  holds(read: ReadField): boolean;
}
