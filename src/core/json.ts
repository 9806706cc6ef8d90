// JSON as it comes from outside: nothing about its shape may be assumed before it was looked at.

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}
/** A JSON object under construction. */
export type MutableJson = { [key: string]: Json | undefined };
