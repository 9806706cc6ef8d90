// An API key, alone in the vendor's own header, such as `x-api-key`.
import type { Auth } from "../../core/auth.ts";
import { badCredential } from "./cached-source.ts";

/** `header`: lower-case. */
export function apiKeyHeader(header: string): Auth {
  return {
    sign(request, credential) {
      if (credential.kind !== "api-key") {
        const message = `its ${header} takes an API key, and this credential is none`;
        return badCredential(message);
      }
      request.headers[header] = credential.value;
      return request.headers;
    },
  };
}
