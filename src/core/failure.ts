// The two error types. A WireFailure is data: the failure of one attempt, in neutral form. A GatewayFailure is thrown
// once, when a request cannot continue, and is rendered in the caller's protocol. Neither may ever contain a key.
import type { ProtocolName } from "./chat.ts";
import type { JsonObject } from "./json.ts";
import type { FailureVerdict } from "./verdict.ts";
import type { AttemptRecord } from "./attempt-record.ts";

/** A vendor's error object without its message, unchanged: code, type, details. */
export interface VendorError {
  /** The protocol of its format. */
  readonly protocol: ProtocolName;
  /** Without keys and account numbers. */
  readonly members: JsonObject;
}

export interface UnknownEnding {
  readonly protocol: ProtocolName;
  /** The wire member. */
  readonly member: string;
  /** Without keys, and shortened. */
  readonly word: string;
}

/** Why one attempt failed. */
export interface WireFailure {
  readonly verdict: FailureVerdict;
  /** The vendor's HTTP status; null if there was none (network, timeout, an error inside a stream). */
  readonly status: number | null;
  /** The vendor's message, or ours if it sent none. Never contains a key. */
  readonly message: string;
  /** The vendor's error code and type, unchanged. */
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
  /** Paths of the members that the vendor does not know, if its error lists them in fields of their own. */
  readonly members?: readonly string[] | undefined;
  /** The rest of the vendor's error, for callers of its protocol. Absent: nothing more. */
  readonly vendorError?: VendorError | undefined;
  /** The wait that the vendor asks for, in milliseconds; null if it gave no hint. */
  readonly waitMs: number | null;
  /** The vendor's `x-should-retry`; null if absent. */
  readonly shouldRetry: boolean | null;
  /** The connection broke after the request was sent: the vendor may have started to work on it. */
  readonly sent?: boolean | undefined;
  /** Nothing was sent: the gateway found that this target cannot serve the request. */
  readonly isUnsent?: boolean | undefined;
  /** The same target would now get another request, without what it refused. */
  readonly restated?: boolean | undefined;
  /** The answer ended with a word that no table of endings has (F17). */
  readonly unknownEnding?: UnknownEnding | undefined;
  /** It says nothing of the model or the key in other requests: it is about this path. */
  readonly ofPath?: boolean | undefined;
  /** It could work if the client sent the whole conversation; this failure makes its client do so. */
  readonly resend?: boolean | undefined;
}

/** Error codes of the gateway itself; all others are verdicts. */
export type GatewayCode =
  | FailureVerdict
  | "request_too_large"
  | "unauthenticated"
  | "draining"
  | "session_expired"
  | "forbidden"
  | "not_found"
  | "internal_error";

export interface GatewayFailureOptions {
  readonly code: GatewayCode;
  /** The HTTP status for the client. */
  readonly status: number;
  /** The request field that caused it, if one did. */
  readonly param?: string | null;
  readonly retryAfterMs?: number | null;
  /** False if another try of the same request cannot help. */
  readonly shouldRetry?: boolean;
  readonly attempts?: readonly AttemptRecord[];
  readonly vendorError?: VendorError | undefined;
  readonly cause?: unknown;
}

/** A streamed answer ends here on purpose. The client already has the error, and the gateway has no fault. */
export class BrokenAnswer extends Error {
  override readonly name = "BrokenAnswer";
}

/** A request that cannot continue. `message` says what happened and what to do. */
export class GatewayFailure extends Error {
  readonly code: GatewayCode;
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterMs: number | null;
  readonly shouldRetry: boolean;
  readonly attempts: readonly AttemptRecord[];
  readonly vendorError: VendorError | null;

  constructor(message: string, options: GatewayFailureOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "GatewayFailure";
    this.code = options.code;
    this.status = options.status;
    this.param = options.param ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
    this.shouldRetry = options.shouldRetry ?? false;
    this.attempts = options.attempts ?? [];
    this.vendorError = options.vendorError ?? null;
  }
}
