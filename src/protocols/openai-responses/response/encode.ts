// Encodes a neutral answer as a response object. Clients of this protocol get one choice, since they cannot ask for
// more.
import type { ChatResponse, Choice } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { isObject, membersOf } from "../../shared/read.ts";
import { searchesIn } from "../../shared/searches.ts";
import { openEnvelope, writeResponse } from "./envelope.ts";
import { writeFinish } from "./finish.ts";
import { callForms } from "../features/forms.ts";
import { encodeOutput } from "./encode-output.ts";
import { self, without } from "../features/own-state.ts";
import { toolUsage, wantsPages } from "../features/searches.ts";
import { writeUsage } from "./usage.ts";

/** The members of our envelope. */
const mappedNames: ReadonlySet<string> = new Set(["id", "object", "created_at", "model", "output"]);

export function encodeResponse(response: ChatResponse, options: StreamOptions): JsonObject {
  const { fields } = response.extras;
  // An answer that was gathered from a stream has no envelope of the vendor's.
  const native = response.extras.protocol === self && Object.keys(fields).length > 0;
  const [choice] = response.choices;
  const envelope = openEnvelope(response, options, native);
  const reason = choice?.finish ?? null;
  const output = encodeOutput(choice?.parts ?? [], {
    response: envelope.id,
    cut: reason === "length",
    logprobs: choice?.logprobs ?? null,
    forms: callForms(options.tools),
    sources: wantsPages(options.echo),
  });
  const usage = writeUsage(response.usage);
  if (!native) {
    const completed_at = reason === "length" || reason === "content_filter" ? null : envelope.created;
    const counted = {
      ...toolUsage(response.usage?.searches ?? searchCount(choice)),
      ...(usage === null ? {} : { usage }),
    };
    return writeResponse(envelope, { ...writeFinish(reason), output, ...counted, completed_at });
  }
  // The vendor's own envelope has everything that ours would, and more.
  return writeResponse(envelope, {
    ...without(fields, mappedNames),
    output,
    usage: nativeUsage(membersOf(fields["usage"]), usage),
  });
}

function searchCount(choice: Choice | undefined): number {
  const book = searchesIn(choice?.parts ?? [], self);
  return book.isEmpty ? 0 : book.all.filter(({ error }) => error === null).length;
}

/** The vendor's further counts (cost, tools' tokens) stay. */
function nativeUsage(ownUsage: JsonObject, usage: JsonObject | null): JsonObject | null {
  if (usage === null) return Object.keys(ownUsage).length === 0 ? null : ownUsage;
  const details = ["input_tokens_details", "output_tokens_details"].filter((key) => isObject(ownUsage[key]));
  const merged = details.map((key) => [key, { ...membersOf(usage[key]), ...membersOf(ownUsage[key]) }] as const);
  return { ...usage, ...ownUsage, ...Object.fromEntries(merged) };
}
