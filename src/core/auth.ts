// Authentication at a provider: a kind signs the final request with a credential. One kind is one file in `providers/auth`,
// and a provider's row names its kind. Nothing may change a request after it was signed.
import type { Credential } from "./credential.ts";
import type { WireFailure } from "./failure.ts";
import type { OutboundRequest } from "./transport.ts";

/** The final request, but for the signature. */
export interface SignableRequest extends Pick<OutboundRequest, "origin" | "path" | "method" | "body" | "cancellation"> {
  /** Lower-case names. Nobody else holds this object: a kind may set its header in it and return it, without a copy. */
  readonly headers: Record<string, string>;
}

/** All headers to send, or why there are none. */
export type Signed = Record<string, string> | WireFailure;

export interface Auth {
  /**
   * A promise only where there is something to wait for. Never throws, never rejects: the failure is `bad_key` where the
   * credential is refused, expired or of the wrong kind, `unreachable` where a token endpoint does not answer. A request
   * that is sent again is signed again, perhaps with the headers of the first time: the kind overwrites those it set.
   */
  sign(request: SignableRequest, credential: Credential): Signed | Promise<Signed>;
}
