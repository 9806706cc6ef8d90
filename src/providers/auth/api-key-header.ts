// An API key, alone in the vendor's own header, such as `x-api-key`.
import type { Auth } from "../../core/auth.ts";
import { bearer } from "./bearer.ts";
import { badCredential } from "./cached-source.ts";

/** `header`: lower-case. `scheme`: the word before the key, as in `Authorization: Token KEY`. Absent: none. */
export function apiKeyHeader(header: string, scheme?: string): Auth {
  return {
    sign(request, credential) {
      if (credential.kind !== "api-key") {
        const message = `its ${header} takes an API key, and this credential is none`;
        return badCredential(message);
      }
      request.headers[header] = scheme === undefined ? credential.value : `${scheme} ${credential.value}`;
      return request.headers;
    },
  };
}

/** An API key in its header, a token as a bearer: clouds take either. `header`: lower-case. */
export function apiKeyHeaderOrBearer(header: string): Auth {
  const keyHeader = apiKeyHeader(header);
  return {
    sign: (request, credential, tools) =>
      (credential.kind === "api-key" ? keyHeader : bearer).sign(request, credential, tools),
  };
}
