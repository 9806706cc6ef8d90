// The verdicts of statuses that mean the same from every vendor, and from every proxy in front of one. A protocol looks at
// its own statuses and words first.
import type { FailureVerdict } from "../../core/verdict.ts";

/** Statuses that need no text. */
const byStatus: ReadonlyMap<number, FailureVerdict> = new Map<number, FailureVerdict>([
  [402, "quota_exhausted"],
  [405, "unknown_model"],
  [408, "server_error"],
  [409, "server_error"],
  [410, "unknown_model"],
  // Text Generation Inference: "Request failed during generation".
  [424, "server_error"],
  [425, "server_error"],
  [451, "forbidden"],
  [498, "overloaded"],
  // The vendor's side gave up: if our caller had left, nobody would read this.
  [499, "server_error"],
  [503, "overloaded"],
  [529, "overloaded"],
]);

/** Null: the status alone says too little. */
export function plainStatusVerdict(status: number): FailureVerdict | null {
  return byStatus.get(status) ?? null;
}

/**
 * The verdict of a 4xx whose text says nothing else. Only 400, 413 and 422 blame the request (F7): after any other one
 * the next target may well take it.
 */
export function refusalVerdict(status: number): "bad_request" | "unsupported" {
  return status === 400 || status === 413 || status === 422 ? "bad_request" : "unsupported";
}
