// The members that all chunks of a stream share. Some are the vendor's own, and pass unchanged.
import type { StreamEvent } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { StreamOptions } from "../../../core/protocol.ts";
import { stringOr } from "../../shared/read.ts";
import { answerId } from "../response/encode.ts";

type Start = Extract<StreamEvent, { type: "start" }> | null;

export function openEnvelope(start: Start, options: Pick<StreamOptions, "id" | "created">): JsonObject {
  return {
    id: answerId(start?.id ?? "", { native: false, fallback: options.id }),
    object: "chat.completion.chunk",
    created: start?.created ?? options.created,
    model: start?.model ?? "",
  };
}

/** As JSON text, each with a comma before it. */
export function extraFields(start: Start): string {
  let fields = "";
  for (const key of ["system_fingerprint", "service_tier"]) {
    const value = stringOr(start?.fields?.[key], null);
    if (value !== null) fields += `,"${key}":${JSON.stringify(value)}`;
  }
  return fields;
}
