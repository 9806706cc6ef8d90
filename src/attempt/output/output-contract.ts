// What an answer's form is held against, and whether its code fences are taken off. Where both sides speak the same protocol
// bytes pass as they are, unless the route leaves targets for their output; a target that was bound to the form by its
// vendor is believed. Pure.
import type { ChatRequest } from "../../core/chat.ts";
import type { Call } from "../../core/exchange.ts";
import type { AttemptRecord } from "../../core/attempt-record.ts";
import { readableChat } from "../../domain/readable-chat.ts";
import type { TargetNode } from "../../core/rules.ts";
import { owesJson } from "./validate-output.ts";

export interface OutputForm {
  readonly asked: ChatRequest;
  /** JSON, translated, of a target that was not bound to it: fences come off, and what is wrong is told. */
  readonly loose: boolean;
}

export interface FormQuestion {
  readonly call: Call;
  readonly target: TargetNode;
  /** A node above leaves targets for `invalid_output`. */
  readonly checksOutput: boolean;
}

type Adaptions = Pick<AttemptRecord, "adapted">;

/** Null: its form is nobody's concern. `record`: how the form was asked for. `raw`: the answer's bytes are handed on. */
export function formOf(
  { call, target, checksOutput }: FormQuestion,
  record: Adaptions,
  raw: boolean,
): OutputForm | null {
  if (raw && !checksOutput) return null;
  const asked = readableChat(call);
  // A vendor answered what our codec does not read: then nothing is known of what was asked for.
  if (asked === null) return null;
  const loose = !raw && owesJson(asked) && !isBound(target, record);
  const judged = checksOutput && (owesJson(asked) || asked.tools.length > 0);
  return loose || judged ? { asked, loose } : null;
}

function isBound({ provider, model }: TargetNode, { adapted }: Adaptions): boolean {
  return provider.row.facts(model).jsonSchema === true && !adapted.some((entry) => entry.startsWith("response_format"));
}

/** For the caller, whose answer is given all the same. */
export function unmetForm({ output }: Pick<ChatRequest, "output">): string {
  return `response_format:${output?.kind === "json_schema" ? "json_schema" : "json_object"}>unmet`;
}
