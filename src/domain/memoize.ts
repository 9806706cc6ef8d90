// A reader that runs once. A refusal of the request is remembered as well: each target that needs it asks again.
import { GatewayFailure } from "../core/failure.ts";

/** Runs once, also if it fails. */
export function memoize<Read extends object>(read: () => Read): () => Read {
  let value: Read | null = null;
  let complaint: GatewayFailure | null = null;
  return () => {
    if (complaint !== null) throw complaint;
    try {
      return (value ??= read());
    } catch (error) {
      if (error instanceof GatewayFailure) complaint = error;
      throw error;
    }
  };
}
