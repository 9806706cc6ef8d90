// What a codec makes of a request for a target, and how it looks into a body that it has not parsed.
import type { Json, JsonObject } from "./json.ts";

/** A request in a target's wire format. */
export interface EncodedRequest {
  readonly body: JsonObject;
  /** Fields that this target cannot take and that were left out, by the names the OpenAI protocol gives them. */
  readonly dropped: readonly string[];
  /** Fields that were changed on the way, as `field:from>to`. */
  readonly adapted: readonly string[];
  /** Tools that go by another name there: the caller's names by those. Absent: all have their own. */
  readonly names?: ReadonlyMap<string, string> | undefined;
}

/** A request of this protocol as it came, with a route's params over it, read a member at a time. */
export interface RawMembers {
  has(name: string): boolean;
  /** Of all that there are. */
  names(): Iterable<string>;
  /**
   * The names inside of the member `name`, by how many objects each stands in, from the outermost on; as they are spelled, so
   * that one with an escape is not recognized. Costs a search, no parsing.
   */
  namesWithin(name: string): readonly ReadonlySet<string>[];
  /** The member's value; undefined where it is not there. Costs its parsing: not for the messages. */
  read(name: string): Json | undefined;
  /** Whether the member's text holds this word (ASCII, outside of an escape): true where it might. */
  mentions(name: string, word: string): boolean;
  /**
   * The texts of all members called `key`, wherever they stand inside the member `name`: those without an escape and of no
   * more than 32 KiB. Costs a search, no parsing.
   */
  texts(name: string, key: string): readonly string[];
  /**
   * What `find` says of the member, which is asked once for the same bytes: clients send the same tools with every request.
   * `question` names what is asked. Absent: it is found each time.
   */
  remembered?(question: string, name: string, find: () => boolean): boolean;
}
