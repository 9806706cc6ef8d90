// Passthrough: the vendors' services beside chat and operations, such as images, audio, files and batches. A request goes
// to a provider of its protocol under the same path, and the answer comes back as bytes. Each protocol says which paths
// are its own; no stop knows one of them.
import type { Usage } from "./chat.ts";
import type { GatewayFailure, WireFailure } from "./failure.ts";
import type { PathTask } from "./ingress.ts";
import type { OperationName } from "./operation.ts";
import type { Json } from "./json.ts";
import type { SessionForm, SessionHead } from "./session.ts";
import type { Source } from "./transport.ts";

export const passedTask: PathTask = { task: "passthrough", stream: null };

/** What says where a request goes, before its body is read. */
export interface PassedHead {
  readonly method: string;
  /** Without the query, and without a slash at its end. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of a WebSocket; see `ClientRequest`. */
  readonly isUpgrade?: boolean | undefined;
  readonly query?: string | undefined;
}

/** Where a request goes at a provider of its protocol. */
export interface PassedPlace {
  /** In front of the path of the provider's base URL, e.g. `/upload`. Absent: nothing. */
  readonly before?: string | undefined;
  /** The path after the base URL. `model`: its name at the vendor, for paths that contain it. */
  path(model: string): string;
  /** The model in the path; null: only a body names one. */
  readonly model: string | null;
  /** What its path names: things that a provider may store. */
  readonly ids: readonly string[];
  /** A model answers it, and nothing is stored or changed: it may go to another target after any failure. */
  readonly isComputed: boolean;
  /** The same service has a neutral form, so that targets of other protocols can serve it, too. Absent: it has none. */
  readonly operation?: PassedOperation | undefined;
  /** It is a WebSocket; `path` has its query. Absent: a request and an answer. */
  readonly session?: SessionForm | undefined;
  /** The path is the host's own: the API's version, at the end of the base URL, is not in front of it. Absent: false. */
  readonly isUnversioned?: boolean | undefined;
}

export interface PassedOperation {
  readonly name: OperationName;
  /** See `PathTask.variant`. */
  readonly variant: string | null;
}

/** What says where a WebSocket goes. */
export interface UpgradeHead extends SessionHead {
  /** Without the query. */
  readonly path: string;
}

/** The facts in an answer's JSON document. */
export interface PassedFacts {
  /** The ids of what the provider stores now. */
  readonly ids: readonly string[];
  /** Null: the vendor counted nothing. */
  readonly usage: Usage | null;
  /** An error in place of a model's answer. Absent or null: there is none. */
  readonly failure?: WireFailure | null | undefined;
}

/** A protocol's services beside chat and operations. */
export interface Passthrough {
  /** Null: this path is none of them. */
  at(head: PassedHead): PassedPlace | null;
  /** The same for a WebSocket. Absent: the protocol has none. */
  sessionAt?(head: UpgradeHead): PassedPlace | null;
  /** Headers that its clients send to the vendor, beside those of a provider's row. Absent: none. */
  readonly forward?: RegExp | undefined;
  /** The model's name as a route has it, from a body's `model`. Absent: the same. */
  nameOf?(model: string): string;
  /** Reads an answer. Never throws. */
  read(body: Json): PassedFacts;
  /**
   * The header of an answer with an address of the vendor's, to which its clients send the next request. The gateway puts
   * its own address there. Absent: there is none.
   */
  readonly nextAddress?: string | undefined;
  /** The same in a JSON answer: a member at any depth, and where the path after the base URL begins. Absent: there is none. */
  readonly nextMember?: { readonly name: string; readonly path: string } | undefined;
}

/** What follows the beginning of a request's body: it is not held in memory, and can be read once. */
export interface BodyRest extends Source<Uint8Array> {
  /** Bytes; null: not announced. */
  readonly length: number | null;
  /** Some of it was read, so the whole body cannot be sent again. */
  readonly isSpent: boolean;
  /** The gateway stopped reading it; null: it did not. */
  readonly failure: GatewayFailure | null;
}

/** The call's part that only this task has. */
export interface PassedCall {
  readonly place: PassedPlace;
  /** Null: the call's body is whole. */
  readonly rest: BodyRest | null;
  /** Of a multipart form: between two parts. Null: the body is none. */
  readonly boundary: string | null;
  /** The ids that the path and the body name. */
  readonly ids: readonly string[];
}
