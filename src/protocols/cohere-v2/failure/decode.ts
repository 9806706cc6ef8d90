// Decodes Cohere's errors: `{"id": "…", "message": "…"}` with a status.
import type { WireFailure } from "../../../core/failure.ts";
import { decodeErrorAnswer } from "../../shared/error-answer.ts";
import type { Headers } from "../../shared/wait-hints.ts";

export function decodeFailure(status: number, headers: Headers, body: string): WireFailure {
  // Its error has a message and nothing else that a client could use.
  const { vendorError: _, ...failure } = decodeErrorAnswer(status, headers, body);
  return failure;
}
