// Google Cloud's credentials: a service account, workload identity federation, gcloud's own login, or the machine's metadata
// server. Google's library finds and exchanges them; it is loaded with the first request that needs a token.
import type { AuthClient, GoogleAuthOptions } from "google-auth-library";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { RenewalTools, TokenCredential } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential, unreachable } from "./cached-source.ts";
import { type EndpointFetch, type Fetch, fetchOver, isUnanswered, watchDates } from "./endpoint-fetch.ts";
import { findGoogleLogin, googleMetadataToken } from "./google-metadata.ts";
import { CachedTokenSource, type FetchedToken } from "./token-source.ts";

/** The members of `credentials` in the configuration. */
export const googleCredentialMembers = {
  file: "the path of a JSON file: a service account, workload identity federation, or a user's login",
  json: "the content of such a file",
} as const;

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const FILE_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";

/** Where the credential comes from; `options` are those of Google's library. */
interface GoogleSource {
  /** The setting that names it, for messages. Absent: the source. */
  readonly setting?: string | undefined;
  readonly value: string;
  readonly source: string;
  readonly label: string;
  /** Null: gcloud's own login, else the machine's metadata server. */
  readonly options: GoogleAuthOptions | null;
  readonly secrets: readonly string[];
}

/** `fetch`: asks the token endpoint. Default: over the gateway's transport. */
export function openGoogleCredential(
  question: CredentialQuestion,
  fetch?: Fetch,
): TokenCredential | CredentialProblem | null {
  const place = findSource(question);
  if (place === null || "message" in place) return place;
  const { secrets, options: ownOptions, setting = place.source, ...visible } = place;
  const { environment } = question;
  let opening: { readonly client: Promise<AuthClient>; readonly endpointFetch: EndpointFetch } | null = null;
  const tokens = new CachedTokenSource({
    secrets,
    async fetchToken(tools) {
      const options = ownOptions ?? (await findGoogleLogin(environment));
      if (options === null)
        return googleMetadataToken(fetch ?? fetchOver(tools.transport, { direct: true }), environment, SCOPE);
      opening ??= openClient({ scopes: SCOPE, ...options }, watchDates(fetch ?? fetchOver(tools.transport)));
      const { client, endpointFetch } = opening;
      try {
        return await readToken(await client, tools);
      } catch (error) {
        // A file may have been written since.
        opening = null;
        return failureOf(error, setting, (words) => endpointFetch.hint(words, tools.clock));
      }
    },
  });
  return { kind: "token", ...visible, tokens };
}

function findSource({ members, environment, isListed }: CredentialQuestion): GoogleSource | CredentialProblem | null {
  const { file, json } = members;
  if (file !== undefined && json !== undefined)
    return { member: "json", message: "cannot stand beside file", hint: "Remove one of them" };
  if (json !== undefined) return sourceInJson(json);
  const path = file ?? environment[FILE_VARIABLE];
  if (path !== undefined && path !== "") {
    const source = file === undefined ? `env ${FILE_VARIABLE}` : "config";
    const setting = file === undefined ? source : "credentials.file";
    return { setting, value: path, source, label: shortPath(path), options: { keyFilename: path }, secrets: [] };
  }
  if (!isListed) return null;
  return { value: "default", source: "default credentials", label: "default credentials", options: null, secrets: [] };
}

function sourceInJson(text: string): GoogleSource | CredentialProblem {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    parsed = null;
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed))
    return { member: "json", message: "is no JSON object", hint: "Give the content of the service account's file" };
  const credentials = parsed as Record<string, unknown>;
  const name = credentials["client_email"] ?? credentials["audience"] ?? credentials["type"];
  return {
    setting: "credentials.json",
    value: text,
    source: "config",
    label: typeof name === "string" ? name : "credentials",
    options: { credentials: credentials as NonNullable<GoogleAuthOptions["credentials"]> },
    secrets: ["private_key", "client_secret", "refresh_token"].flatMap((member) =>
      typeof credentials[member] === "string" ? [credentials[member]] : [],
    ),
  };
}

/** The end of a path: the rest tells strangers about the machine. */
function shortPath(path: string): string {
  return `…/${path.split(/[/\\]/u).at(-1)}`;
}

function openClient(
  options: GoogleAuthOptions,
  endpointFetch: EndpointFetch,
): { readonly client: Promise<AuthClient>; readonly endpointFetch: EndpointFetch } {
  const client = import("google-auth-library").then(async ({ GoogleAuth }) => {
    const opened = await new GoogleAuth(options).getClient();
    leadThrough(endpointFetch.fetch, opened);
    return opened;
  });
  return { client, endpointFetch };
}

interface Transported {
  readonly transporter?: { readonly defaults?: { fetchImplementation?: Fetch } } | undefined;
}

/**
 * All clients inside of one: the library's own option reaches neither the exchange of a federated identity nor the
 * source of an impersonated one.
 */
function leadThrough(fetch: Fetch, client: Transported): void {
  const { stsCredential, sourceClient } = client as {
    readonly stsCredential?: Transported;
    readonly sourceClient?: Transported;
  };
  if (client.transporter?.defaults !== undefined) client.transporter.defaults.fetchImplementation = fetch;
  if (stsCredential !== undefined) leadThrough(fetch, stsCredential);
  if (sourceClient !== undefined) leadThrough(fetch, sourceClient);
}

async function readToken(client: AuthClient, { clock }: RenewalTools): Promise<FetchedToken | WireFailure> {
  const { token } = await client.getAccessToken();
  if (typeof token !== "string" || token === "") return badCredential("Google gave no access token for its credential");
  const { expiry_date: endsAt } = client.credentials;
  // The library reads the same wall clock, so the difference is right even if the clock is wrong.
  return { token, validMs: typeof endsAt === "number" ? endsAt - clock.wall() : null };
}

interface GoogleError {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly response?: { readonly status?: unknown; readonly data?: unknown };
}

/** What the token endpoint said, without a secret. */
function failureOf(error: unknown, source: string, clockHint: (words: string) => string): WireFailure {
  const { code, message, response } = error as GoogleError;
  if (code === "ERR_MODULE_NOT_FOUND")
    return badCredential("Google Cloud's tokens need the package google-auth-library: npm install google-auth-library");
  const status = typeof response?.status === "number" ? response.status : null;
  const reason = wordsOf(response?.data) ?? (typeof message === "string" ? message : "unknown error");
  const about = `Google refused the credential (${source}): ${reason}`;
  if (status !== null && status < 500 && status !== 429) return badCredential(`${about}${clockHint(reason)}`, status);
  if (status !== null || isUnanswered(error)) return unreachable(`Google's token endpoint: ${reason}`);
  return badCredential(`the credential (${source}) cannot be used: ${reason}${clockHint(reason)}`);
}

/** `invalid_grant: Invalid JWT Signature.` (RFC 6749, section 5.2). */
function wordsOf(data: unknown): string | null {
  if (typeof data !== "object" || data === null) return null;
  const { error, error_description: description } = data as Record<string, unknown>;
  if (typeof error !== "string") return null;
  return typeof description === "string" ? `${error}: ${description}` : error;
}
