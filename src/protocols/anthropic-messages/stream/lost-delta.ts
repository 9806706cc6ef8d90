// Deltas of a type that nobody knows. In an unknown block they complete its members; in a known one there is no place for
// them, so they are reported.
import type { StreamEvent } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import { lostBeside, partEvent } from "../../shared/answer-blocks.ts";
import { placeOf, stringOr } from "../../shared/read.ts";
import { self } from "../features/own-state.ts";
import { lostInBlock, PLACE } from "../response/decode-blocks.ts";

const deltaMembers: ReadonlySet<string> = new Set(["type"]);

export function lostDelta(delta: JsonObject): readonly StreamEvent[] {
  const place = placeOf(PLACE, stringOr(delta["type"], ""));
  return lostBeside(delta, { protocol: self, names: deltaMembers, place }).map(partEvent);
}

/** What a block's start has beside the members that are read. */
export function lostAtStart(block: JsonObject): readonly StreamEvent[] {
  return lostInBlock(block).map(partEvent);
}
