// What this protocol keeps for itself inside the neutral form, and how it carries what belongs to others. Own state goes
// back as it came; another vendor's rides where clients of this protocol echo it, marked, and is never sent to a vendor.
import type { ProtocolName, VendorState } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { isObject, membersOf, parseJson, stringOr } from "../../shared/read.ts";

export const self: ProtocolName = "openai-responses";

/**
 * `item`: the members of an item (whole for items that only this protocol knows and for reasoning, else what has no
 * neutral place). `part`: the same for a content part. `message`: members of a message that is no answer.
 */
export function ownState(value: Json): VendorState {
  return { protocol: self, value };
}

/** The object in an own state; an empty one where the state is another protocol's or none. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state !== undefined && state.protocol === self ? membersOf(state.value) : {};
}

/** The item in an own state; null where there is none. */
export function ownItem(state: VendorState | undefined): JsonObject | null {
  const { item } = ownMembers(state);
  return isObject(item) ? item : null;
}

/** Among the extras: how many of the tools there came among the input, where they still stand. A mark, never sent. */
export const addedTools = "added_tools";

/** A call of a tool that takes free text. */
export const freeCall = "custom_tool_call";

/** A copy without the named members. */
export function without(object: JsonObject, known: ReadonlySet<string>): MutableJson {
  const rest: MutableJson = {};
  // A list: to walk the members of an object that was just read costs twice as much.
  for (const key of Object.keys(object)) if (!known.has(key)) rest[key] = object[key];
  return rest;
}

const protocols: ReadonlySet<string> = new Set<ProtocolName>([
  "openai-chat",
  "openai-responses",
  "anthropic-messages",
  "gemini-generate",
]);

function isProtocol(name: string): name is ProtocolName {
  return protocols.has(name);
}

/** In `include`: thoughts come sealed, for the next turn. Models that never think refuse the word. */
export const sealedThoughts = "reasoning.encrypted_content";

/** An item of the vendor's own search. */
export const searchCall = "web_search_call";

/** In `include`, the beginning of all that the calls of a search can tell. */
export const searchDetails: string = `${searchCall}.`;

/** In `include`: they tell what it found. */
export const foundPages: string = `${searchDetails}action.sources`;

/** Begins an `encrypted_content` that another vendor's state rides in. */
export const carriedMark = "understudy:";

/**
 * For `encrypted_content`, which clients echo unread. Thoughts that their vendor did not seal are marked too: by their id
 * alone OpenAI would look for them in its own store, and refuse the request.
 */
export function carryText(state: VendorState | undefined): string {
  return carriedMark + JSON.stringify(state === undefined ? {} : { protocol: state.protocol, value: state.value });
}

export function isCarried(sealed: Json | undefined): boolean {
  return typeof sealed === "string" && sealed.startsWith(carriedMark);
}

/** For `extra_content` of a call or a message, which clients echo with the item. */
export function carryObject(state: VendorState): JsonObject {
  return { understudy: { protocol: state.protocol, value: state.value } };
}

/** The state in either of the forms above; undefined for anything else. */
export function readCarried(value: Json | undefined): VendorState | undefined {
  const carried =
    typeof value === "string"
      ? value.startsWith(carriedMark)
        ? parseJson(value.slice(carriedMark.length))
        : undefined
      : membersOf(value)["understudy"];
  if (!isObject(carried)) return undefined;
  const protocol = stringOr(carried["protocol"], "");
  return isProtocol(protocol) ? { protocol, value: carried["value"] ?? null } : undefined;
}

/** What travels through the encoding of one request: the target's facts, and the book of what had to go or to change. */
export interface Encoding {
  readonly model: string;
  readonly facts: ModelFacts;
  /** The caller speaks this protocol too: what it sent is kept as it sent it. */
  readonly native: boolean;
  /** Another vendor stands before it: the caller's body was written for that one. */
  readonly standsIn: boolean;
  /** The caller speaks the same vendor's other protocol, whose rules for schemas and ids are the same. */
  readonly kindred: boolean;
  /** Calls and tools of this protocol's own kinds go as they are; else as functions. */
  readonly forms: boolean;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

/** This target cannot serve the request at all: the next one may. */
export function unsupported(param: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${param}: ${complaint}`, { code: "unsupported", status: 400, param });
}
