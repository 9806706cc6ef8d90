// The client side of a protocol: its paths, and the parts of a request that the gateway reads before any codec. Data
// and small pure functions; decode reads them, so that no other file needs to know a protocol by name.
import type { Json, JsonObject } from "./json.ts";
import type { ModelsForm } from "./models.ts";
import type { Task } from "./operation.ts";
import type { ProtocolName } from "./chat.ts";

/** The task of a path. */
export interface PathTask {
  readonly task: Task;
  /** Null: the body says. */
  readonly stream: boolean | null;
  /** The form of the task at this path, by the protocol's own name. Absent: there is only one. */
  readonly variant?: string | undefined;
}

/** The body's top-level members, read one at a time. */
export interface BodyMembers {
  has(name: string): boolean;
  read(name: string): Json | undefined;
}

/** The format of another protocol in which some clients write their requests. */
export interface BorrowedForm {
  readonly protocol: ProtocolName;
  isIn(request: BodyMembers): boolean;
  /**
   * The body in that protocol, except for members that its `placeParams` handles; and whether a stream shall report its
   * tokens.
   */
  rewrite(body: JsonObject): { readonly body: JsonObject; readonly includeUsage: boolean };
}

/**
 * A path of a cloud that serves the protocol at an address of its own: with an account, or with the model. Its SDKs can
 * be pointed at the gateway as they are.
 */
export interface CloudPath {
  /** Its group `model` is the model's name, percent-encoded where it has a slash. Absent: the body names the model. */
  readonly pattern: RegExp;
  /** The protocol's own path. It must not contain the model's name, unless as a part that is percent-encoded. */
  own(groups: Readonly<Record<string, string | undefined>>): string;
  /** The model's name for what stands in its group. Absent: the same. */
  nameOf?(model: string): string;
  /** Whether the path asks for a stream. Absent: as at the own path. */
  readonly stream?: boolean | undefined;
  /** The body as the protocol's own clients write it, and headers for members that are none. Absent: the same. */
  rewrite?(body: JsonObject): { readonly body: JsonObject; readonly headers: Readonly<Record<string, string>> };
}

export interface Ingress {
  /** The paths whose body names the model, without the API's version: `/chat/completions`. */
  readonly paths: Readonly<Record<string, PathTask>>;
  /** Methods after a model's name in the path: `/models/NAME:METHOD`. Absent: none. */
  readonly modelMethods?: Readonly<Record<string, PathTask>>;
  /** Its paths at clouds. Absent: none. */
  readonly clouds?: readonly CloudPath[];
  /** Further paths that do not exist but get errors in this protocol. */
  readonly alsoAnswers?: RegExp;
  /** The protocol for errors at unknown paths, and for the list of models. Exactly one protocol sets it. */
  readonly isFallback?: boolean;
  /** The prefix of its answers' ids. */
  readonly answerIdPrefix: string;
  /** The header in which its clients look for a request's id, in addition to `x-request-id`. */
  readonly requestIdHeader?: string;
  /** The request member that contains the conversation. */
  readonly conversationMember: string;
  /** Whether the caller asks for reasoning: longer silence is normal then. Reads only the members that decide it. */
  asksForReasoning(members: BodyMembers): boolean;
  /** Whether the caller asks for pictures or sound. Absent: never. */
  makesMedia?(members: BodyMembers): boolean;
  /** Whether the vendor stores the answer to this request under its id. Absent: it stores none. */
  storesAnswer?(members: BodyMembers): boolean;
  /**
   * Tools that are offered outside the usual lists: a member with a list, and the quoted ASCII strings that mark an
   * offer in it. Absent: none.
   */
  readonly toolOffers?: { readonly member: string; readonly words: readonly string[] };
  /** Whether the query asks for a stream as the elements of one JSON array. Absent: streams are always events. */
  wantsArray?(query: string): boolean;
  /** Absent: all clients write in its own format. */
  readonly borrowed?: BorrowedForm;
  /** How its clients read the list of models. Absent: it has no format of its own. */
  readonly models?: ModelsForm;
}
