// The result of encoding a request for a target, and the interface to a body that is not parsed yet.
import type { Json, JsonObject } from "./json.ts";

/** A request in a target's wire format. */
export interface EncodedRequest {
  readonly body: JsonObject;
  /** Fields that the target cannot take and the encoder left out, by the names of the OpenAI protocol. */
  readonly dropped: readonly string[];
  /** Fields that the encoder changed, as `field:from>to`. */
  readonly adapted: readonly string[];
  /** Renamed tools: from the target's names to the caller's. Absent: no tool was renamed. */
  readonly names?: ReadonlyMap<string, string> | undefined;
}

/** A client's request of this protocol, with a route's params on top, read one member at a time. */
export interface RawMembers {
  has(name: string): boolean;
  /** The names of all members. */
  names(): Iterable<string>;
  /**
   * The names inside the member `name`, by depth of objects, the outermost first. Names are compared as spelled, so one
   * with an escape is not recognized. Costs a search, no parsing.
   */
  namesWithin(name: string): readonly ReadonlySet<string>[];
  /** The member's value; undefined if absent. It parses the value, so do not use it for the messages. */
  read(name: string): Json | undefined;
  /** Whether the member's text contains this word (ASCII, without escapes). True if it might. */
  mentions(name: string, word: string): boolean;
  /**
   * The strings of all members called `key`, at any depth inside the member `name`: only those without an escape and of
   * at most 32 KiB. Costs a search, no parsing.
   */
  texts(name: string, key: string): readonly string[];
  /**
   * The result of `find` for the member, cached by its bytes: clients send the same tools with every request.
   * `question` names the check. Absent: `find` runs each time.
   */
  memoize?(question: string, name: string, find: () => boolean): boolean;
}
