// Google's default credentials: gcloud's own login in its usual place, else the token of the machine, from its metadata server.
// Google's library would ask that server through a proxy, if the environment names one, which can never work.
// Source: cloud.google.com/docs/authentication/application-default-credentials, and cloud.google.com/compute/docs/metadata.
import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CredentialQuestion } from "../../core/account.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential, reasonOf, unreachable } from "./cached-source.ts";
import type { Fetch } from "./endpoint-fetch.ts";
import type { FetchedToken } from "./token-source.ts";

type Environment = CredentialQuestion["environment"];

const HOST = "metadata.google.internal";
const PATH = "/computeMetadata/v1/instance/service-accounts/default/token";
const REMEDY = "Set credentials.file or GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login";

/** The file of `gcloud auth application-default login`; null: there is none. */
export async function findGoogleLogin(environment: Environment): Promise<{ readonly keyFilename: string } | null> {
  const { CLOUDSDK_CONFIG: own, APPDATA: windows } = environment;
  const home = environment["HOME"] || homedir();
  const folder =
    own || (process.platform === "win32" && windows ? join(windows, "gcloud") : join(home, ".config", "gcloud"));
  const keyFilename = join(folder, "application_default_credentials.json");
  return access(keyFilename).then(
    () => ({ keyFilename }),
    () => null,
  );
}

export async function googleMetadataToken(
  fetch: Fetch,
  environment: Environment,
  scope: string,
): Promise<FetchedToken | WireFailure> {
  const host = environment["GCE_METADATA_HOST"] || environment["GCE_METADATA_IP"] || HOST;
  const url = URL.parse(PATH, /^https?:\/\//u.test(host) ? host : `http://${host}`);
  if (url === null) return badCredential("the variable GCE_METADATA_HOST is no host");
  url.searchParams.set("scopes", scope);
  let response: Response;
  try {
    response = await fetch(url, { headers: { "metadata-flavor": "Google" } });
  } catch (error) {
    return badCredential(
      `there are no default credentials: no login of gcloud, and no metadata server (${reasonOf(error)}). ${REMEDY}`,
    );
  }
  const body = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const { access_token: token, expires_in: seconds } = body ?? {};
  if (response.ok && typeof token === "string" && token !== "")
    return { token, validMs: Number.isFinite(Number(seconds)) ? Number(seconds) * 1000 : null };
  const { status } = response;
  if (status >= 500 || status === 429) return unreachable(`the metadata server answered ${status}`);
  return badCredential(`the metadata server gave no token for this machine's service account (${status})`, status);
}
