// The clients' side of a protocol: where its clients call, and what is read of their requests before any codec looks at
// them. Data and small pure functions; decode reads them, so that no other file needs to know a protocol by its name.
import type { Json, JsonObject } from "./json.ts";
import type { ModelsForm } from "./models.ts";
import type { ProtocolName } from "./chat.ts";

/** What a caller wants of a model. */
export type TaskKind = "chat" | "embeddings" | "count";

/** What a path asks for. */
export interface PathTask {
  readonly task: TaskKind;
  /** Null: the body says. */
  readonly stream: boolean | null;
  /** Several texts are embedded, and come back so. */
  readonly batch?: boolean | undefined;
}

/** The body's top-level members, read one at a time. */
export interface BodyMembers {
  has(name: string): boolean;
  read(name: string): Json | undefined;
}

/** The form of another protocol, in which some clients write their requests. */
export interface BorrowedForm {
  readonly protocol: ProtocolName;
  isIn(request: BodyMembers): boolean;
  /** As that protocol has it, but for members that its `placeParams` knows; and whether a stream shall tell its tokens. */
  rewrite(body: JsonObject): { readonly body: JsonObject; readonly includeUsage: boolean };
}

export interface Ingress {
  /** The paths whose body names the model, without the API's version: `/chat/completions`. */
  readonly paths: Readonly<Record<string, PathTask>>;
  /** Methods behind a model's name in the path: `/models/NAME:METHOD`. Absent: there are none. */
  readonly modelMethods?: Readonly<Record<string, PathTask>>;
  /** Further paths at which errors are told in this protocol, though nothing is there. */
  readonly alsoAnswers?: RegExp;
  /** Errors at paths that belong to no protocol are told in this one, and so is the list of models. One protocol only. */
  readonly isFallback?: boolean;
  /** What the ids of its answers begin with. */
  readonly answerIdPrefix: string;
  /** The header in which its clients look for a request's id, beside the one that is always there. */
  readonly requestIdHeader?: string;
  /** The member of a request that holds the conversation. */
  readonly conversationMember: string;
  /** Whether the caller asks for reasoning: longer silence is normal then. Reads only the members that may say so. */
  asksForReasoning(members: BodyMembers): boolean;
  /**
   * Where tools are offered besides the usual lists: a member that holds a list, and the words (quoted, ASCII) that mark an
   * offer in it. Absent: nowhere.
   */
  readonly toolOffers?: { readonly member: string; readonly words: readonly string[] };
  /** Whether the query asks for a stream as the elements of one JSON array. Absent: streams are always events. */
  wantsArray?(query: string): boolean;
  /** Absent: all clients write in its own form. */
  readonly borrowed?: BorrowedForm;
  /** How its clients read the list of models. Absent: they have none of their own. */
  readonly models?: ModelsForm;
}
