// AWS Signature Version 4 over the final bytes (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), or a bearer
// for an API key. AWS's own library computes it, and is loaded with the first request that needs a signature.
import { createHash, createHmac, type Hash, type Hmac } from "node:crypto";
import type { Auth, SignableRequest, Signed } from "../../core/auth.ts";
import type { RenewalTools, SigningCredential, SigningKeys } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { bearer } from "./bearer.ts";
import { badCredential } from "./cached-source.ts";

/** `service`: the name that signatures are for, e.g. `bedrock`. */
export function awsSignature(service: string): Auth {
  return {
    sign(request, credential, tools) {
      if (credential.kind !== "signing-keys") return bearer.sign(request, credential, tools);
      return signWithKeys(request, credential, { service, tools });
    },
  };
}

interface SigningContext {
  readonly service: string;
  readonly tools: RenewalTools;
}

async function signWithKeys(
  request: SignableRequest,
  credential: SigningCredential,
  { service, tools }: SigningContext,
): Promise<Signed> {
  const keys = await credential.keys.current(tools);
  if ("verdict" in keys) return keys;
  try {
    const signature = await signatureOf(request, keys, { service, tools, region: credential.region });
    for (const name of signatureHeaders) delete request.headers[name];
    return Object.assign(request.headers, signature);
  } catch (error) {
    return failureOf(error);
  }
}

/** All that the signature sets; a request that is sent again may have those of its first signature. */
const signatureHeaders = ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"];

/**
 * Only the host, the type of the content and the signature's own headers are signed: nothing on the way may change them,
 * whereas a proxy may well touch others.
 */
async function signatureOf(
  { origin, path, method, headers, body }: SignableRequest,
  { accessKeyId, secretAccessKey, sessionToken }: SigningKeys,
  { service, tools, region }: SigningContext & { readonly region: string },
): Promise<Record<string, string>> {
  const { SignatureV4 } = await import("@smithy/signature-v4");
  const url = new URL(origin + path);
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  const signer = new SignatureV4({ service, region, sha256: Sha256, credentials });
  const contentType = headers["content-type"];
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: {
        host: url.host,
        ...(contentType === undefined ? {} : { "content-type": contentType }),
        "x-amz-content-sha256": digestOf(body),
      },
    },
    { signingDate: new Date(tools.clock.wall()) },
  );
  const { host: _, ...signature } = signed.headers;
  return Object.fromEntries(Object.entries(signature).map(([name, value]) => [name.toLowerCase(), value]));
}

function digestOf(body: SignableRequest["body"]): string {
  const hash = createHash("sha256");
  if (typeof body === "string" || body instanceof Uint8Array) hash.update(body);
  else for (const piece of body ?? []) hash.update(piece);
  return hash.digest("hex");
}

/** The platform's SHA-256, in the form that the library takes. */
class Sha256 {
  readonly #secret: string | NodeJS.ArrayBufferView | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret =
      secret instanceof ArrayBuffer ? new Uint8Array(secret) : (secret as NodeJS.ArrayBufferView | undefined);
    this.#hash = this.#open();
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#open();
  }

  #open(): Hash | Hmac {
    return this.#secret === undefined ? createHash("sha256") : createHmac("sha256", this.#secret);
  }
}

function failureOf(error: unknown): WireFailure {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (code === "ERR_MODULE_NOT_FOUND")
    return badCredential(
      "Signatures with AWS keys need the package @smithy/signature-v4: npm install @smithy/signature-v4",
    );
  return badCredential(`the request could not be signed: ${typeof message === "string" ? message : "unknown error"}`);
}
