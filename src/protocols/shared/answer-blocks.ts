// What an answer has beside the parts that all protocols know. The text of an unknown block arrives as text at clients of
// other protocols; what they cannot get is named by its place, so that its loss is reported. One rule for all decoders.
import type { ForeignPart, Part, ProtocolName, VendorState } from "../../core/chat.ts";
import type { StreamEvent } from "../../core/event.ts";
import type { Json, JsonObject, MutableJson } from "../../core/json.ts";
import { isMeaningless } from "./stray-members.ts";
import { isArray, isObject, placeOf } from "./read.ts";
import { unknownBlock } from "./unknown-block.ts";

/** Calls and results of a vendor's own tools are work on the answer, not part of it: they are reported. */
export function unknownAnswerBlock(state: VendorState, block: JsonObject, place: string): ForeignPart {
  return unknownBlock(state, block, { place, fromAssistant: true });
}

export interface KnownMembers {
  readonly protocol: ProtocolName;
  /** The members that the protocol reads, or that say nothing to a reader. */
  readonly names: ReadonlySet<string>;
  readonly place: string;
}

/**
 * Unknown members beside a known one's content, if they have text: numbers and flags are a vendor's facts about its own
 * answer. Null: there are none. Its state is empty, so that no encoder writes it.
 */
export function lostMembers(object: JsonObject, { protocol, names, place }: KnownMembers): ForeignPart | null {
  let lostPlaces: string[] | null = null;
  for (const name in object) {
    if (names.has(name) || isMeaningless(name) || !hasText(object[name])) continue;
    (lostPlaces ??= []).push(placeOf(place, name));
  }
  return lostPlaces === null ? null : lostAside(protocol, lostPlaces);
}

/** Names what is lost, and is no block between texts. */
export function lostAside(protocol: ProtocolName, lostPlaces: readonly string[]): ForeignPart {
  return { type: "foreign", isAside: true, instead: [], lostPlaces, state: { protocol, value: null } };
}

/** The parts for members of a known block, which precede it; most have none. */
export function lostBeside(object: JsonObject, members: KnownMembers): readonly ForeignPart[] {
  const part = lostMembers(object, members);
  return part === null ? NONE : [part];
}

const NONE: readonly ForeignPart[] = [];

function hasText(value: Json | undefined): boolean {
  if (typeof value === "string") return value.trim() !== "";
  if (isArray(value)) return value.some(hasText);
  return isObject(value) && Object.values(value).some(hasText);
}

/** The block with the members of its deltas: pieces of a text are joined, lists grow, and the last of other values counts. */
export function completeBlock(block: JsonObject, deltas: readonly JsonObject[]): JsonObject {
  if (deltas.length === 0) return block;
  const pieces = new Map<string, Json[]>();
  for (const delta of deltas) {
    for (const [name, value] of Object.entries(delta)) {
      if (name === "type" || name === "__proto__") continue;
      const own = pieces.get(name) ?? [block[name] ?? null];
      own.push(value ?? null);
      pieces.set(name, own);
    }
  }
  const whole: MutableJson = { ...block };
  for (const [name, values] of pieces) whole[name] = joinPieces(values);
  return whole;
}

function joinPieces([before = null, ...values]: readonly Json[]): Json {
  const [first = null] = values;
  if (isArray(before)) return [...before, ...values];
  const texts = before === null ? values : [before, ...values];
  if (texts.every((one) => typeof one === "string")) return texts.join("");
  return values.at(-1) ?? first;
}

/** Parts of an answer as events of its stream. */
export function pushParts(parts: readonly Part[], choice: number, out: StreamEvent[]): void {
  for (const part of parts) out.push({ type: "part", choice, part });
}

/** A part in a protocol with one choice only. */
export function partEvent(part: Part): StreamEvent {
  return { type: "part", choice: 0, part };
}
