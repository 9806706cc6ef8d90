// This protocol's own state in the neutral form, and how it carries other vendors' state. Own state goes back
// unchanged; another vendor's travels, marked, in fields that this protocol's clients echo, and must never go to a
// vendor.
import type { ProtocolName, VendorState } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { isObject, membersOf, parseJson, stringOr } from "../../shared/read.ts";
import { isStateOrigin } from "../../shared/state-origin.ts";

export const self: ProtocolName = "openai-responses";

/**
 * `item`: the members of an item (the whole item for reasoning and for items that only this protocol knows, otherwise
 * those without a neutral form). `part`: the same for a content part. `message`: members of a message that is not an
 * answer.
 */
export function ownState(value: Json): VendorState {
  return { protocol: self, value };
}

/** The object in this protocol's state; an empty one for another protocol's state or none. */
export function ownMembers(state: VendorState | undefined): JsonObject {
  return state !== undefined && state.protocol === self ? membersOf(state.value) : {};
}

/** The item in this protocol's state; null if there is none. */
export function ownItem(state: VendorState | undefined): JsonObject | null {
  const { item } = ownMembers(state);
  return isObject(item) ? item : null;
}

/** In the extras: how many of the tools there are in the input as well. A marker, never sent. */
export const addedTools = "added_tools";

/** A call of a free-text tool. */
export const freeCall = "custom_tool_call";

/** A copy without the named members. */
export function without(object: JsonObject, knownNames: ReadonlySet<string>): MutableJson {
  const rest: MutableJson = {};
  // A list: iterating over the members of a freshly parsed object costs twice as much.
  for (const key of Object.keys(object)) if (!knownNames.has(key)) rest[key] = object[key];
  return rest;
}

/** In `include`: sealed reasoning for the next turn. Models without reasoning refuse it. */
export const sealedThoughts = "reasoning.encrypted_content";

/** An item of the vendor's own web search. */
export const searchCall = "web_search_call";

/** In `include`, the prefix of all details of search calls. */
export const searchDetails: string = `${searchCall}.`;

/** In `include`: the pages that were found. */
export const foundPages: string = `${searchDetails}action.sources`;

/** In `include`: the log probability of each token. */
export const logprobs = "message.output_text.logprobs";

/** The values that OpenAI takes in `include`. Source: `ResponseIncludable` of openai-node 6. */
export const includable: ReadonlySet<Json> = new Set<Json>([
  sealedThoughts,
  foundPages,
  "web_search_call.results",
  "file_search_call.results",
  "message.input_image.image_url",
  logprobs,
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
]);

/** OpenAI refuses a smaller limit, while other protocols take it. */
export const FEWEST_TOKENS = 16;

const prefixes: ReadonlyMap<Json, string> = new Map<Json, string>([
  ["message", "msg"],
  ["reasoning", "rs"],
  ["function_call", "fc"],
  [freeCall, "ctc"],
]);

/** Reasoning must be sealed, or have the id under which it is stored; OpenAI refuses plain text alone. */
export function isReplayable({ encrypted_content: sealed, id }: JsonObject): boolean {
  return typeof sealed === "string" || typeof id === "string";
}

/** Whether OpenAI takes it as the id of an item of this type: "Expected an ID that begins with 'msg'". */
export function isOwnId(type: Json, id: string): boolean {
  return id.startsWith(prefixes.get(type) ?? "") && id.length <= LONGEST_ID;
}

const LONGEST_ID = 64;

/** The prefix of an `encrypted_content` that carries another vendor's state. */
export const carriedMark = "understudy:";

/**
 * For `encrypted_content`, which clients echo unread. Unsealed reasoning of other vendors is marked too: with only its
 * id, OpenAI would look for it in its own store, and refuse the request.
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

/** The state in either of these fields; undefined for anything else. */
export function readCarried(value: Json | undefined): VendorState | undefined {
  const carried =
    typeof value === "string"
      ? value.startsWith(carriedMark)
        ? parseJson(value.slice(carriedMark.length))
        : undefined
      : membersOf(value)["understudy"];
  if (!isObject(carried)) return undefined;
  const protocol = stringOr(carried["protocol"], "");
  return isStateOrigin(protocol) ? { protocol, value: carried["value"] ?? null } : undefined;
}

/** The context of encoding one request: the target's facts, and the record of what was dropped or changed. */
export interface Encoding {
  readonly model: string;
  readonly facts: ModelFacts;
  /** The caller speaks this protocol too: its fields stay as it sent them. */
  readonly native: boolean;
  /** Another vendor comes earlier: the caller wrote the body for that one. */
  readonly standsIn: boolean;
  /** The caller speaks the same vendor's other protocol, which has the same rules for schemas and ids. */
  readonly kindred: boolean;
  /** Calls and tools of this protocol's own kinds go unchanged; otherwise they become functions. */
  readonly forms: boolean;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

/** This target cannot serve the request; the next one may. */
export function unsupported(param: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${param}: ${complaint}`, { code: "unsupported", status: 400, param });
}
