// An API key, alone in the vendor's own header, such as `x-api-key`.
import type { Auth } from "../../core/auth.ts";

/** `header`: lower-case. */
export function apiKeyHeader(header: string): Auth {
  return {
    sign(request, credential) {
      if (credential.kind !== "api-key") {
        const message = `its ${header} takes an API key, and this credential gives tokens`;
        const nothing = { status: null, code: null, type: null, param: null, waitMs: null, shouldRetry: null };
        return { verdict: "bad_key", message, ...nothing };
      }
      request.headers[header] = credential.value;
      return request.headers;
    },
  };
}
