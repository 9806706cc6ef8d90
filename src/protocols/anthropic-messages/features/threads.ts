// Conversations that Anthropic stores: started with `thread: {type: "create"}`, continued with the id of the last
// answer and only the new turns. On `thread_not_found` the official SDKs send the whole conversation again; after an
// answer of a fallback model they do so by themselves. Source: `lib/threads` of anthropic-sdk-python 2.14, and its
// error details.
import type { Usage } from "../../../core/chat.ts";
import type { WireFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ThreadRules } from "../../../core/reasoning-state.ts";
import { membersOf, stringOr } from "../../shared/read.ts";
import { self } from "./own-state.ts";
import { encodeUsage } from "../response/usage.ts";

const words = "No thread state was found for the requested previous_message_id. Send the whole conversation again.";

const lostThread: WireFailure = {
  verdict: "unsupported",
  status: 404,
  message: words,
  code: "thread_not_found",
  type: "not_found_error",
  param: "thread",
  waitMs: null,
  shouldRetry: false,
  vendorError: { protocol: self, members: { details: { error_code: "thread_not_found" } } },
  resend: true,
};

/** The request leaves its history to the vendor. */
export function isContinued(fields: JsonObject): boolean {
  return membersOf(fields["thread"])["type"] === "continue";
}

export const threadRules: ThreadRules = {
  previousIn(request) {
    if (!request.has("thread")) return null;
    const thread = request.read("thread");
    return isContinued({ thread: thread ?? null }) ? stringOr(membersOf(thread)["previous_message_id"], null) : null;
  },
  isHeldIn: (request) => request.has("thread"),
  lostFailure: lostThread,
};

/** The code of an error about a thread: some hosts only have a message. */
export function threadCode(status: number, { code, message }: { code: string | null; message: string }): string | null {
  if (code !== null) return code.startsWith("thread_") ? code : null;
  return status === 404 && /thread state.*previous_message_id/iu.test(message) ? "thread_not_found" : null;
}

/**
 * For the usage of an answer that this vendor did not give, and so does not store. Empty if the request has no thread.
 */
export function markServedElsewhere(
  request: JsonObject | undefined,
  { model, usage }: { readonly model: string; readonly usage: Usage | null },
): JsonObject {
  if (request?.["thread"] == null) return {};
  const { input_tokens: input, output_tokens: output } = encodeUsage(usage);
  const cache = {
    cache_creation_input_tokens: usage?.cacheWrite ?? 0,
    cache_read_input_tokens: usage?.cacheRead ?? 0,
    cache_creation: null,
  };
  return { iterations: [{ type: "fallback_message", model, input_tokens: input, output_tokens: output, ...cache }] };
}
