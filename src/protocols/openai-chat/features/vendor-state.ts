// Opaque vendor state on its way through chat clients. The protocol has no field for it, so it travels in extensions
// that clients echo: `extra_content` on a call or a message, `reasoning_details` beside the reasoning. A call's id must
// never carry it. Another vendor's state comes back byte for byte, tagged with its origin.
import type { ProtocolName, VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isObject, membersOf, numberOr, objectOr, parseJson, stringOr } from "../../shared/read.ts";
import { isStateOrigin } from "../../shared/state-origin.ts";

export const self: ProtocolName = "openai-chat";

export function ownVendorState(value: Json): VendorState {
  return { protocol: self, value };
}

/**
 * The members of `object` that are not null and not known; null if there are none. Built once: a copy of an object with
 * names of its own costs the engine many times as much as one with usual names.
 */
export function otherMembers(object: JsonObject, isKnown: (name: string, value: Json) => boolean): JsonObject | null {
  let rest: MutableJson | null = null;
  for (const key in object) {
    const value = object[key];
    if (value === null || value === undefined || isKnown(key, value)) continue;
    rest ??= {};
    rest[key] = value;
  }
  return rest;
}

/** The object in this protocol's state; an empty one for another protocol's state or none. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state !== undefined && state.protocol === self ? membersOf(state.value) : {};
}

/**
 * `extra_content` for a call or a message; null if there is none. Thought signatures are in the documented member
 * (`google.thought_signature`, https://ai.google.dev/gemini-api/docs/thought-signatures), other states in one of our
 * own.
 */
export function writeExtraContent(state: VendorState | undefined): JsonObject | null {
  if (state === undefined) return null;
  if (state.protocol === self) return objectOr(ownMembers(state)["extra_content"], null);
  if (state.protocol === "gemini-generate" && typeof state.value === "string") {
    return { google: { thought_signature: state.value } };
  }
  return { understudy: { protocol: state.protocol, value: state.value } };
}

/** The state in `extra_content`, in any of the forms above. */
export function readExtraContent(value: Json | undefined): VendorState | undefined {
  if (!isObject(value)) return undefined;
  const signature = membersOf(value["google"])["thought_signature"];
  if (typeof signature === "string") return { protocol: "gemini-generate", value: signature };
  const carried = objectOr(value["understudy"], null);
  const protocol = stringOr(carried?.["protocol"], "");
  if (isStateOrigin(protocol)) return { protocol, value: carried?.["value"] ?? null };
  return ownVendorState({ extra_content: value });
}

/** A range of the message's reasoning text and the state that seals it. */
export interface SealedReasoning {
  readonly state: VendorState;
  /** In UTF-16 units of `reasoning_content`. */
  readonly start: number;
  readonly length: number;
}

/** An entry of `reasoning_details` with another protocol's state; SDKs use `index` to merge deltas. */
export function writeReasoningDetail(sealed: SealedReasoning, index: number): JsonObject {
  return {
    type: "reasoning.encrypted",
    index,
    format: sealed.state.protocol,
    data: JSON.stringify(sealed.state.value),
    start: sealed.start,
    length: sealed.length,
  };
}

export function readReasoningDetail(entry: JsonObject): SealedReasoning | null {
  const format = stringOr(entry["format"], "");
  const start = numberOr(entry["start"], null);
  const length = numberOr(entry["length"], null);
  if (start === null || length === null || !isStateOrigin(format)) return null;
  const value = parseJson(stringOr(entry["data"], ""));
  return value === undefined ? null : { state: { protocol: format, value }, start, length };
}
