// The one family of errors. A WireFailure is data: what a vendor (or the wire to it) said, in neutral words. A
// GatewayFailure is thrown once, where a request can go no further, and is rendered at the edge in the caller's protocol.
// Neither may ever hold a key.
import type { ProtocolName } from "./chat.ts";
import type { JsonObject } from "./json.ts";
import type { FailureVerdict } from "./verdict.ts";
import type { AttemptRecord } from "./attempt-record.ts";

/** A vendor's error object without its message, as given: code, type, details. */
export interface VendorError {
  /** In whose form it is. */
  readonly protocol: ProtocolName;
  /** Without keys and account numbers. */
  readonly members: JsonObject;
}

/** What one attempt failed of. */
export interface WireFailure {
  readonly verdict: FailureVerdict;
  /** The HTTP status the vendor gave, or null where there was none (network, timeout, a fault inside a stream). */
  readonly status: number | null;
  /** The vendor's own words, or ours where it had none. Never contains a key. */
  readonly message: string;
  /** The vendor's machine-readable code and type, as given. */
  readonly code: string | null;
  readonly type: string | null;
  readonly param: string | null;
  /** Members that the vendor does not know, as paths, where its error's body names them apart from its words. */
  readonly members?: readonly string[] | undefined;
  /** The rest of what the vendor said, for callers of its protocol. Absent: nothing more. */
  readonly vendorError?: VendorError | undefined;
  /** How long the vendor asks to wait, in milliseconds; null where it gave no hint. */
  readonly waitMs: number | null;
  /** `x-should-retry` of the vendor; null where absent. */
  readonly shouldRetry: boolean | null;
  /** The wire broke when the request was on its way already: the vendor may have begun to work on it. */
  readonly sent?: boolean | undefined;
  /** Nothing was sent at all: the gateway itself found that this target cannot serve the request. */
  readonly unasked?: boolean | undefined;
  /** The same target would get another request now: what it refused is left out. */
  readonly restated?: boolean | undefined;
  /** It could, if the client sent the whole conversation; and on this failure its client does. */
  readonly resend?: boolean | undefined;
}

/** Codes of errors that are the gateway's own; all others are verdicts. */
export type GatewayCode =
  | FailureVerdict
  | "request_too_large"
  | "unauthenticated"
  | "draining"
  | "not_found"
  | "internal_error";

export interface GatewayFailureOptions {
  readonly code: GatewayCode;
  /** The HTTP status for the client. */
  readonly status: number;
  /** The field of the request that is at fault, where there is one. */
  readonly param?: string | null;
  readonly retryAfterMs?: number | null;
  /** False where another try of the same request cannot help. */
  readonly shouldRetry?: boolean;
  readonly attempts?: readonly AttemptRecord[];
  readonly vendorError?: VendorError | undefined;
  readonly cause?: unknown;
}

/** A streamed answer ends here, broken off on purpose: its error has been told, and nothing is wrong with the gateway. */
export class BrokenAnswer extends Error {
  override readonly name = "BrokenAnswer";
}

/** A request that can go no further. `message` says what happened and what to do about it. */
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
