// Removes from an encoded request what the target's table of members does not have. A loss is reported if the member
// asked for anything; if the answer depends on it, the target cannot serve the request.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { MemberTable } from "../../../core/member-shape.ts";
import { withinMemberShape } from "../../shared/member-shape.ts";
import { isNeeded, lossOf } from "../../shared/needed.ts";
import { isArray, membersOf, numberOr, stringOr } from "../../shared/read.ts";
import { type Encoding, unsupported } from "./encoding.ts";

/** Throws GatewayFailure(`unsupported`). */
export function withinTable(whole: JsonObject, { shape }: MemberTable, encoding: Encoding): JsonObject {
  return withinMemberShape(whole, shape, (place, value) => {
    if (isNeededAt(place, value, encoding)) throw unsupported(place, `${encoding.model} does not support this`);
    // Of a host's own member, an empty list may ask for something.
    const loss = isArray(value) && value.length === 0 ? place : lossOf(place, value);
    if (loss !== null) encoding.dropped.add(loss);
  });
}

/** Parts that no words replace. */
const media: ReadonlySet<string> = new Set(
  "image_url input_audio audio_url file document_url video_url input_video".split(" "),
);

/** Words and unknown parts were replaced by their text before. */
function isNeededAt(place: string, value: Json, { facts }: Encoding): boolean {
  if (value === null) return false;
  if (place === "messages.content") return media.has(stringOr(membersOf(value)["type"], ""));
  if (place === "n") return numberOr(value, 1) > 1;
  if (place === "logprobs") return value === true;
  if (place === "response_format") return membersOf(value)["type"] !== "text";
  return place === "web_search_options" || isNeeded(place, value, facts);
}
