// Authentication at a provider: a kind of auth signs the final request with a credential. Each kind is a file in
// `providers/auth`, and a provider's row selects one. Nothing may change a request after it was signed.
import type { Credential, RenewalTools } from "./credential.ts";
import type { WireFailure } from "./failure.ts";
import type { OutboundRequest } from "./transport.ts";

/** The final request, except for the signature. */
export interface SignableRequest extends Pick<OutboundRequest, "origin" | "path" | "method" | "body" | "cancellation"> {
  /**
   * Lower-case names. No other code keeps this object, so a kind may set its header in it and return it, without a
   * copy.
   */
  readonly headers: Record<string, string>;
}

/** All headers to send, or the failure. */
export type Signed = Record<string, string> | WireFailure;

export interface Auth {
  /**
   * Returns a promise only if it must wait. Never throws or rejects: the failure is `bad_key` if the credential is
   * refused, expired or of the wrong kind, `unreachable` if a token endpoint does not answer. A request that is sent
   * again is signed again, perhaps with its first headers: the kind overwrites those that it sets.
   */
  sign(request: SignableRequest, credential: Credential, tools: RenewalTools): Signed | Promise<Signed>;
}
