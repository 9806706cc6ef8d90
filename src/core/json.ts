// JSON from outside: check its shape before you rely on it.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
/** A JSON object under construction. */
export type MutableJson = { [key: string]: Json | undefined };
