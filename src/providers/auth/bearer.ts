// `Authorization: Bearer`, with an API key or with a token from a source (RFC 6750). A key or a cached token is set
// synchronously; a promise is made only if a token must be fetched.
import type { Auth, SignableRequest, Signed } from "../../core/auth.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential } from "./cached-source.ts";

export const bearer: Auth = {
  sign(request, credential, tools) {
    if (credential.kind === "signing-keys") return badCredential("it takes an API key or a token, and this one signs");
    const token =
      credential.kind === "api-key" ? credential.value : credential.tokens.token(request.cancellation, tools);
    return token instanceof Promise ? withLaterToken(request, token) : withToken(request, token);
  },
};

async function withLaterToken(request: SignableRequest, token: Promise<string | WireFailure>): Promise<Signed> {
  return withToken(request, await token);
}

function withToken({ headers }: SignableRequest, token: string | WireFailure): Signed {
  if (typeof token !== "string") return token;
  headers["authorization"] = `Bearer ${token}`;
  return headers;
}
