// The format that an answer is checked against, and whether its code fences are removed. If both sides speak the same
// protocol, bytes pass unchanged, unless the route leaves targets for `invalid_output`. A vendor that enforces the
// format is trusted. Pure.
import type { ChatRequest } from "../../core/chat.ts";
import type { Call } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { readableChat } from "../../domain/readable-chat.ts";
import type { TargetNode } from "../../core/rules.ts";
import { requiresJson } from "./validate-output.ts";

export interface OutputContract {
  readonly request: ChatRequest;
  /** Translated JSON from a target that does not enforce the format: fences are removed, and errors are reported. */
  readonly loose: boolean;
}

export interface FormQuestion {
  readonly call: Call;
  readonly target: TargetNode;
  /** A node above leaves targets for `invalid_output`. */
  readonly checksOutput: boolean;
}

type Adaptions = Pick<AttemptRecord, "adapted">;

/** Null: nothing to check. `record`: how the format was requested. `raw`: the answer's bytes are passed on. */
export function contractOf(
  { call, target, checksOutput }: FormQuestion,
  record: Adaptions,
  raw: boolean,
): OutputContract | null {
  if (raw && !checksOutput) return null;
  const request = readableChat(call);
  // The vendor answered a body that our codec cannot read: then the requested format is unknown.
  if (request === null) return null;
  const loose = !raw && requiresJson(request) && !isBound(target, record);
  const judged = checksOutput && (requiresJson(request) || request.tools.length > 0);
  return loose || judged ? { request, loose } : null;
}

function isBound({ provider, model }: TargetNode, { adapted }: Adaptions): boolean {
  return provider.row.facts(model).jsonSchema === true && !adapted.some((entry) => entry.startsWith("response_format"));
}

/** For the caller, which gets the answer anyway. */
export function unmetContract({ output }: Pick<ChatRequest, "output">): string {
  return `response_format:${output?.kind === "json_schema" ? "json_schema" : "json_object"}>unmet`;
}
