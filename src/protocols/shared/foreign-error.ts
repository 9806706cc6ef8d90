// Errors in the place of an answer, in a shape that is not the protocol's own: a framework's `{detail}`, a gateway's
// `{code, msg}`, a cloud's `{message}` or `{success: false}`. A host's own proxy or worker sends them under 200 and in
// mid-stream. It must never take a part of an answer for an error.
import type { WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { inBandFailure, judged } from "./error-answer.ts";
import { readErrorJson } from "./error-body.ts";
import { isArray, isObject } from "./read.ts";

/** Every answer, and every piece of one, has one of these members. */
const ofAnswers = [
  "choices",
  "candidates",
  "output",
  "content",
  "delta",
  "object",
  "usage",
  "usageMetadata",
  "promptFeedback",
] as const;

/** The failure; null if the value may be part of an answer, or says nothing of an error. */
export function readForeignError(value: Json | undefined): WireFailure | null {
  // Google's errors can come in a list; one level of it, so that a vendor's nesting decides nothing.
  if (isArray(value)) return value.length === 1 && isObject(value[0]) ? readForeignError(value[0]) : null;
  if (!isObject(value)) return null;
  for (const name of ofAnswers) if (value[name] !== undefined) return null;
  return isError(value) ? judged(readErrorJson(value)) : null;
}

/** An error of the protocol's own shape or of any other, in the place of an answer or of a piece of one. */
export function readAnyError(value: Json | undefined, event: string | null = null): WireFailure | null {
  return inBandFailure(value, event) ?? readForeignError(value);
}

function isError(value: JsonObject): boolean {
  if (value["success"] === false || value["ok"] === false) return true;
  if (hasWords(value["error"]) || hasWords(value["errors"]) || hasWords(value["detail"])) return true;
  if (!["message", "msg", "error_message", "error_msg"].some((name) => hasWords(value[name]))) return false;
  // Beside a type, words may be a note on the way.
  const { type } = value;
  return typeof type !== "string" || /error|exception|fail/iu.test(type) || isErrorStatus(value);
}

function isErrorStatus({ code, status, status_code }: JsonObject): boolean {
  return [code, status, status_code].some((one) => Number(one) >= 400);
}

function hasWords(value: Json | undefined): boolean {
  if (typeof value === "string") return value !== "";
  return isArray(value) ? value.length > 0 : isObject(value);
}
