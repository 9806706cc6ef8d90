// Microsoft Entra ID's credentials for Azure: an application with a client secret or a certificate, a workload identity, or
// the machine's managed identity. The OAuth library is loaded with the first request that needs a token.
import { createHash, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import type * as OAuthLibrary from "oauth4webapi";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { Clock } from "../../core/clock.ts";
import type { RenewalTools, TokenCredential } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential, reasonOf, unreachable } from "./cached-source.ts";
import { type EndpointFetch, type Fetch, fetchOver, watchDates } from "./endpoint-fetch.ts";
import { CachedTokenSource, type FetchedToken } from "./token-source.ts";

/** The members of `credentials` in the configuration. */
export const entraCredentialMembers = {
  tenant: "the directory's id or domain",
  client_id: "the application's id, or a managed identity's",
  client_secret: "the application's secret",
  certificate: "the path of a PEM file with the application's certificate and its private key",
  token_file: "the path of a workload identity's token",
  authority: "where tokens come from, in a sovereign cloud; default https://login.microsoftonline.com",
} as const;

type Member = keyof typeof entraCredentialMembers;

const usualVariables: Readonly<Record<Member, string>> = {
  tenant: "AZURE_TENANT_ID",
  client_id: "AZURE_CLIENT_ID",
  client_secret: "AZURE_CLIENT_SECRET",
  certificate: "AZURE_CLIENT_CERTIFICATE_PATH",
  token_file: "AZURE_FEDERATED_TOKEN_FILE",
  authority: "AZURE_AUTHORITY_HOST",
};

/** One of these says how the application proves who it is. */
const proofs = ["client_secret", "certificate", "token_file"] as const;
const AUTHORITY = "https://login.microsoftonline.com";
const SCOPE = "https://cognitiveservices.azure.com/.default";
/** Where a managed identity's tokens are made for (learn.microsoft.com, "How to use managed identities"). */
const AUDIENCE = "https://cognitiveservices.azure.com";
const MACHINE_ENDPOINT = "http://169.254.169.254/metadata/identity/oauth2/token";

type Ask = (tools: RenewalTools) => Promise<FetchedToken | WireFailure>;

/** `fetch`: asks the token endpoint. Default: over the gateway's transport. */
export function openEntraCredential(
  question: CredentialQuestion,
  fetch: Fetch | null = null,
): TokenCredential | CredentialProblem | null {
  const { environment, isListed } = question;
  const members = readMembers(question);
  const proof = proofs.find((name) => members[name] !== undefined);
  if (proof !== undefined) return openApplication(members, proof, fetch);
  if (!isListed) return null;
  return openManagedIdentity({ members, environment }, fetch);
}

type Members = { readonly [Name in Member]?: string };

/** From the configuration; what it leaves out comes from the usual variables. A proof there replaces all of theirs. */
function readMembers({ members, environment }: CredentialQuestion): Members {
  const isProven = proofs.some((name) => members[name] !== undefined);
  const entries = (Object.keys(entraCredentialMembers) as Member[]).map((name) => {
    const isOthersProof = isProven && proofs.some((proof) => proof === name);
    const value = members[name] ?? (isOthersProof ? undefined : environment[usualVariables[name]]);
    return [name, value === "" ? undefined : value] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function openApplication(
  members: Members,
  proof: (typeof proofs)[number],
  fetch: Fetch | null,
): TokenCredential | CredentialProblem {
  const { tenant, client_id: clientId, authority = AUTHORITY } = members;
  const missing = tenant === undefined ? "tenant" : clientId === undefined ? "client_id" : null;
  if (missing !== null || tenant === undefined || clientId === undefined)
    return {
      member: missing,
      message: `is needed beside ${proof}`,
      hint: `Or set ${usualVariables[missing ?? "tenant"]}`,
    };
  if (!/^[A-Za-z0-9.-]+$/u.test(tenant))
    return { member: "tenant", message: "must be a directory's id or domain", hint: null };
  const base = URL.parse(authority);
  if (base === null || !/^https?:$/u.test(base.protocol))
    return { member: "authority", message: "must be an https address", hint: `Default ${AUTHORITY}` };
  const application: Application = {
    clientId,
    issuer: base.origin,
    endpoint: `${base.origin}/${tenant}/oauth2/v2.0/token`,
    proof,
    value: members[proof] ?? "",
  };
  const secrets = proof === "client_secret" ? [application.value] : [];
  return credentialOf(`${proof} ${application.value}`, clientId, {
    secrets,
    fetchToken: ({ clock, transport }) =>
      askAsApplication(application, { clock, ...watchDates(fetch ?? fetchOver(transport)) }),
  });
}

function credentialOf(
  value: string,
  name: string,
  { secrets, fetchToken }: { readonly secrets: readonly string[]; readonly fetchToken: Ask },
): TokenCredential {
  const label = name.length > 12 ? `${name.slice(0, 8)}…` : name;
  return { kind: "token", value, source: "Entra ID", label, tokens: new CachedTokenSource({ secrets, fetchToken }) };
}

interface Application {
  readonly clientId: string;
  readonly issuer: string;
  readonly endpoint: string;
  readonly proof: (typeof proofs)[number];
  /** The secret, or the path. */
  readonly value: string;
}

interface TokenEndpoint extends EndpointFetch {
  readonly clock: Clock;
}

async function askAsApplication(
  { clientId, issuer, endpoint, proof, value }: Application,
  dated: TokenEndpoint,
): ReturnType<Ask> {
  let oauth: OAuth;
  try {
    oauth = await import("oauth4webapi");
  } catch {
    return badCredential("Entra ID's tokens need the package oauth4webapi: npm install oauth4webapi");
  }
  let authentication: ReturnType<OAuth["None"]>;
  try {
    authentication = await authenticate(oauth, { proof, value }, dated.clock.wall());
  } catch (error) {
    return badCredential(`credentials.${proof} cannot be used: ${endpointReason(error)}`);
  }
  const server = { issuer, token_endpoint: endpoint };
  const options = {
    [oauth.customFetch]: dated.fetch,
    // A test's or a sidecar's endpoint on this machine.
    [oauth.allowInsecureRequests]: true,
  };
  const client = { client_id: clientId };
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, { scope: SCOPE }, options);
  return readTokenAnswer(response, { who: "Entra ID", setting: `credentials.${proof}`, ...dated });
}

type OAuth = typeof OAuthLibrary;

async function authenticate(
  oauth: OAuth,
  { proof, value }: Pick<Application, "proof" | "value">,
  now: number,
): Promise<ReturnType<OAuth["None"]>> {
  if (proof === "client_secret") return oauth.ClientSecretPost(value);
  const text = await readFile(value, "utf8");
  if (proof === "token_file") return federated(text.trim());
  const certificate = new X509Certificate(text);
  if (Date.parse(certificate.validTo) < now) throw new Error(`the certificate expired on ${certificate.validTo}`);
  const pem = /-----BEGIN PRIVATE KEY-----([\s\S]+?)-----END PRIVATE KEY-----/u.exec(text)?.[1];
  if (pem === undefined) throw new Error("it holds no PRIVATE KEY in PKCS #8");
  const algorithm = { name: "RSA-PSS", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("pkcs8", Buffer.from(pem, "base64"), algorithm, false, ["sign"]);
  return oauth.PrivateKeyJwt(key, {
    [oauth.modifyAssertion]: (header) => {
      // How Entra ID finds the certificate (learn.microsoft.com, "certificate credentials").
      header["x5t#S256"] = createHash("sha256").update(certificate.raw).digest("base64url");
    },
  });
}

/** Another issuer's token as the assertion (RFC 7523). */
function federated(token: string): ReturnType<OAuth["None"]> {
  return (_server, client, body) => {
    body.set("client_id", client.client_id);
    body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    body.set("client_assertion", token);
  };
}

/** The token of the machine, of an app service, or of a container. */
function openManagedIdentity(
  { members, environment }: { readonly members: Members; readonly environment: CredentialQuestion["environment"] },
  fetch: Fetch | null,
): TokenCredential {
  const { client_id: clientId } = members;
  const { IDENTITY_ENDPOINT: own, IDENTITY_HEADER: ownHeader } = environment;
  const url = new URL(own ?? MACHINE_ENDPOINT);
  url.searchParams.set("api-version", own === undefined ? "2018-02-01" : "2019-08-01");
  url.searchParams.set("resource", AUDIENCE);
  if (clientId !== undefined) url.searchParams.set("client_id", clientId);
  const headers: Record<string, string> =
    own === undefined ? { metadata: "true" } : { "x-identity-header": ownHeader ?? "" };
  return credentialOf(`managed identity ${clientId ?? ""}`, "managed identity", {
    secrets: ownHeader === undefined ? [] : [ownHeader],
    async fetchToken({ clock, transport }) {
      const dated = watchDates(fetch ?? fetchOver(transport, { direct: true }));
      try {
        const response = await dated.fetch(url, { headers });
        return await readTokenAnswer(response, {
          who: "the managed identity's endpoint",
          setting: "the managed identity",
          clock,
          ...dated,
        });
      } catch (error) {
        const hint = "Set credentials.client_secret, certificate or token_file, or api_key";
        return unreachable(`no managed identity answers on this machine (${endpointReason(error)}). ${hint}`);
      }
    },
  });
}

async function readTokenAnswer(
  response: Response,
  { who, setting, clock, hint }: TokenEndpoint & { readonly who: string; readonly setting: string },
): Promise<FetchedToken | WireFailure> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const { access_token: token, expires_in: seconds } = body;
  if (response.ok && typeof token === "string" && token !== "")
    return { token, validMs: Number.isFinite(Number(seconds)) ? Number(seconds) * 1000 : null };
  if (response.ok) return badCredential(`${who} gave no access token`);
  const { status } = response;
  const words = wordsOf(body) ?? `status ${status}`;
  return status >= 500 || status === 429
    ? unreachable(`${who}: ${words}`)
    : badCredential(`${who} refused the credential (${setting}): ${words}${hint(words, clock)}`, status);
}

/** `invalid_client: AADSTS7000215: Invalid client secret provided.`, without the ids that follow. */
function wordsOf({ error, error_description: description }: Record<string, unknown>): string | null {
  if (typeof error !== "string") return null;
  const [first = ""] = typeof description === "string" ? description.split(/\r?\n| Trace ID:/u) : [];
  return `${error}${first === "" ? "" : `: ${first.slice(0, 400)}`}`;
}

function endpointReason(error: unknown): string {
  return error instanceof Error && error.name === "TimeoutError" ? "no answer in time" : reasonOf(error);
}
