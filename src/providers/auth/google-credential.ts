// Google Cloud's credentials: a service account, workload identity federation, gcloud's own login, or the machine's metadata
// server. Google's library finds and exchanges them; it is loaded with the first request that needs a token.
import type { AuthClient, GoogleAuthOptions } from "google-auth-library";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { Clock } from "../../core/clock.ts";
import type { TokenCredential } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential, unreachable } from "./cached-source.ts";
import { CachedTokenSource, type Fetch, type FetchedToken } from "./token-source.ts";

/** The members of `credentials` in the configuration. */
export const googleCredentialMembers = {
  file: "the path of a JSON file: a service account, workload identity federation, or a user's login",
  json: "the content of such a file",
} as const;

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const FILE_VARIABLE = "GOOGLE_APPLICATION_CREDENTIALS";

/** Where the credential comes from; `options` are those of Google's library. */
interface GoogleSource {
  readonly value: string;
  readonly source: string;
  readonly label: string;
  readonly options: GoogleAuthOptions;
  readonly secrets: readonly string[];
}

/** `fetch`: asks the token endpoint. Default: the library's own. */
export function openGoogleCredential(
  question: CredentialQuestion,
  fetch?: Fetch,
): TokenCredential | CredentialProblem | null {
  const place = findSource(question);
  if (place === null || "message" in place) return place;
  const { options, secrets, ...visible } = place;
  const withFetch =
    fetch === undefined ? {} : { clientOptions: { transporterOptions: { fetchImplementation: fetch } } };
  let client: Promise<AuthClient> | null = null;
  const tokens = new CachedTokenSource({
    secrets,
    async fetchToken(clock) {
      client ??= openClient({ scopes: SCOPE, ...options, ...withFetch });
      try {
        return await readToken(await client, clock);
      } catch (error) {
        // A file may have been written since, a metadata server may have come up.
        client = null;
        return failureOf(error, visible.source);
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
    return { value: path, source, label: shortPath(path), options: { keyFilename: path }, secrets: [] };
  }
  if (!isListed) return null;
  return { value: "default", source: "default credentials", label: "default credentials", options: {}, secrets: [] };
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

async function openClient(options: GoogleAuthOptions): Promise<AuthClient> {
  const { GoogleAuth } = await import("google-auth-library");
  return await new GoogleAuth(options).getClient();
}

async function readToken(client: AuthClient, clock: Clock): Promise<FetchedToken | WireFailure> {
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
function failureOf(error: unknown, source: string): WireFailure {
  const { code, message, response } = error as GoogleError;
  if (code === "ERR_MODULE_NOT_FOUND")
    return badCredential("Google Cloud's tokens need the package google-auth-library: npm install google-auth-library");
  const status = typeof response?.status === "number" ? response.status : null;
  const reason = wordsOf(response?.data) ?? (typeof message === "string" ? message : "unknown error");
  const about = `Google refused the credential (${source}): ${reason}`;
  if (status !== null && status < 500 && status !== 429) return badCredential(`${about}${hintFor(reason)}`, status);
  if (status !== null || isNetwork(code)) return unreachable(`Google's token endpoint: ${reason}`);
  return badCredential(`the credential (${source}) cannot be used: ${reason}${hintFor(reason)}`);
}

/** `invalid_grant: Invalid JWT Signature.` (RFC 6749, section 5.2). */
function wordsOf(data: unknown): string | null {
  if (typeof data !== "object" || data === null) return null;
  const { error, error_description: description } = data as Record<string, unknown>;
  if (typeof error !== "string") return null;
  return typeof description === "string" ? `${error}: ${description}` : error;
}

function hintFor(reason: string): string {
  if (/short-lived token|iat and exp|token used too early|clock/iu.test(reason)) return " (check this machine's clock)";
  if (/default credentials/iu.test(reason))
    return `. Set credentials.file or ${FILE_VARIABLE}, or run: gcloud auth application-default login`;
  return "";
}

function isNetwork(code: unknown): boolean {
  return typeof code === "string" && /^(?:E[A-Z]+|UND_ERR_\w+)$/u.test(code) && code !== "ENOENT" && code !== "EACCES";
}
