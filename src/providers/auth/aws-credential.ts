// AWS credentials: a pair of keys, or what AWS's own library finds and exchanges: profiles, single sign-on, an assumed role,
// web identity, and the metadata of containers and instances. It is loaded with the first request that needs it.
import type { CredentialProblem, CredentialQuestion, CredentialSettings } from "../../core/account.ts";
import type { RenewalTools, SigningCredential, SigningKeys } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { awsRequestHandler } from "./aws-request-handler.ts";
import { badCredential, CachedSource, type Fetched, unreachable } from "./cached-source.ts";
import { type EndpointFetch, type Fetch, fetchOver, isUnanswered, watchDates } from "./endpoint-fetch.ts";

/** The members of `credentials` in the configuration. */
export const awsCredentialMembers = {
  access_key_id: "the id of a pair of keys",
  secret_access_key: "its secret",
  session_token: "the token of a short-lived pair",
  profile: "a profile of AWS's shared configuration, with single sign-on too",
  role_arn: "a role to assume, with the pair, the profile or the usual places",
  external_id: "the external id that the role asks for",
  web_identity_token_file: "a file with a web identity's token, to assume the role with",
} as const;

/** What AWS's library returns. */
interface Identity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

type Provider = () => Promise<Identity>;

/** The place of a credential: a pair of keys, or a chain of AWS's library. */
interface Place {
  /** The setting that chose it, for messages. Absent: the source. */
  readonly setting?: string | undefined;
  readonly value: string;
  readonly source: string;
  readonly label: string;
  readonly pair?: SigningKeys;
  readonly chain?: Chain;
}

interface Chain {
  readonly region: string;
  readonly profile?: string | undefined;
  readonly pair?: SigningKeys | undefined;
  readonly role?: Role | undefined;
}

interface Role {
  readonly arn: string;
  readonly externalId?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** `open`: makes a provider of AWS's library. Default: with the library itself. */
export function openAwsCredential(
  question: CredentialQuestion,
  open: (chain: Chain, fetch: Fetch) => Promise<Provider> = openChain,
): SigningCredential | CredentialProblem | null {
  const place = findPlace(question);
  if (place === null || "message" in place) return place;
  const { region } = question.settings;
  if (region === undefined)
    return { member: null, message: "need a region to sign for", hint: "Set region, or the variable AWS_REGION" };
  const { pair, chain, setting = place.source, ...visible } = place;
  const credential = { kind: "signing-keys", ...visible, region } as const;
  if (chain === undefined) {
    if (pair === undefined) return null;
    return { ...credential, keys: { current: () => pair, secrets: () => secretsIn([pair]) } };
  }
  let opening: { readonly provider: Promise<Provider>; readonly endpointFetch: EndpointFetch } | null = null;
  const keys = new CachedSource<SigningKeys>({
    endpoint: "AWS's credential endpoint",
    async fetch(tools) {
      if (opening === null) {
        const endpointFetch = watchDates(fetchOver(tools.transport));
        opening = { provider: open(chain, endpointFetch.fetch), endpointFetch };
      }
      const { provider, endpointFetch } = opening;
      try {
        return await fetchKeys(await provider, tools);
      } catch (error) {
        // A file may have been written since, a metadata service may have come up.
        opening = null;
        return failureOf(error, setting, (words) => endpointFetch.hint(words, tools.clock));
      }
    },
  });
  const fixed = pair === undefined ? [] : [pair];
  return {
    ...credential,
    keys: { current: (tools) => keys.value(tools), secrets: () => secretsIn([...keys.values(), ...fixed]) },
  };
}

function secretsIn(pairs: readonly SigningKeys[]): readonly string[] {
  return pairs.flatMap(({ secretAccessKey, sessionToken }) =>
    sessionToken === undefined ? [secretAccessKey] : [secretAccessKey, sessionToken],
  );
}

async function fetchKeys(provider: Provider, { clock }: RenewalTools): Promise<Fetched<SigningKeys>> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = await provider();
  // The library reads the same wall clock, so the difference is right even if the clock is wrong.
  const validMs = expiration === undefined ? null : expiration.getTime() - clock.wall();
  return { value: { accessKeyId, secretAccessKey, sessionToken }, validMs };
}

function findPlace({ settings, members, environment, isListed }: CredentialQuestion): Place | CredentialProblem | null {
  const problem = problemIn(members, environment);
  if (problem !== null) return problem;
  const region = settings.region ?? "us-east-1";
  const own = pairOf(members["access_key_id"], members["secret_access_key"], members["session_token"]);
  const profile = members["profile"] ?? (own === undefined ? set(environment["AWS_PROFILE"]) : undefined);
  const pair = own ?? (profile === undefined ? pairInEnvironment(environment) : undefined);
  const role = roleOf(members, environment);
  const source = Object.keys(members).length > 0 ? "config" : pair !== undefined ? "env AWS_ACCESS_KEY_ID" : undefined;
  if (role !== undefined) {
    // Its name is no secret: an error must be able to say it.
    const visible = {
      value: `role ${role.arn}`,
      source: "config",
      label: role.arn.slice(role.arn.lastIndexOf("/") + 1),
    };
    const setting = `credentials.${members["role_arn"] === undefined ? "web_identity_token_file" : "role_arn"}`;
    return { setting, ...visible, ...(pair === undefined ? {} : { pair }), chain: { region, profile, pair, role } };
  }
  if (pair !== undefined)
    return {
      value: pair.accessKeyId,
      source: source ?? "config",
      label: `${pair.accessKeyId.slice(0, 4)}…${pair.accessKeyId.slice(-4)}`,
      pair,
    };
  if (profile !== undefined)
    return {
      value: `profile ${profile}`,
      source: source ?? "env AWS_PROFILE",
      label: `profile ${profile}`,
      ...(members["profile"] === undefined ? {} : { setting: "credentials.profile" }),
      chain: { region, profile },
    };
  if (!isListed) return null;
  return { value: "default", source: "default credentials", label: "default credentials", chain: { region } };
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value.trim() === "" ? undefined : value.trim();
}

function pairOf(
  id: string | undefined,
  secret: string | undefined,
  token: string | undefined,
): SigningKeys | undefined {
  const [accessKeyId, secretAccessKey] = [set(id), set(secret)];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, sessionToken: set(token) };
}

function pairInEnvironment(environment: CredentialQuestion["environment"]): SigningKeys | undefined {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  return pairOf(id, secret, token);
}

function roleOf(members: CredentialSettings, environment: CredentialQuestion["environment"]): Role | undefined {
  const { role_arn: ownArn, external_id: externalId, web_identity_token_file: tokenFile } = members;
  const arn = ownArn ?? (tokenFile === undefined ? undefined : set(environment["AWS_ROLE_ARN"]));
  return arn === undefined ? undefined : { arn, externalId, tokenFile };
}

function problemIn(
  members: CredentialSettings,
  environment: CredentialQuestion["environment"],
): CredentialProblem | null {
  const has = (name: keyof typeof awsCredentialMembers): boolean => members[name] !== undefined;
  if (has("access_key_id") !== has("secret_access_key")) {
    const [member, missing] = has("access_key_id")
      ? (["access_key_id", "secret_access_key"] as const)
      : (["secret_access_key", "access_key_id"] as const);
    return { member, message: `needs ${missing}`, hint: "A pair of keys has both" };
  }
  if (has("session_token") && !has("access_key_id"))
    return { member: "session_token", message: "needs access_key_id and secret_access_key", hint: null };
  if (has("profile") && has("access_key_id"))
    return { member: "profile", message: "cannot stand beside access_key_id", hint: "Remove one of them" };
  if (has("external_id") && !has("role_arn")) return { member: "external_id", message: "needs role_arn", hint: null };
  if (!has("web_identity_token_file")) return null;
  if (has("profile") || has("access_key_id"))
    return { member: "web_identity_token_file", message: "needs no other keys", hint: "Remove them" };
  return has("role_arn") || set(environment["AWS_ROLE_ARN"]) !== undefined
    ? null
    : { member: "web_identity_token_file", message: "needs role_arn", hint: "Or set the variable AWS_ROLE_ARN" };
}

const SESSION = "understudy";

async function openChain({ region, profile, pair, role }: Chain, fetch: Fetch): Promise<Provider> {
  const providers = await import("@aws-sdk/credential-providers");
  // For the services of single sign-on and of roles; those of a container or an instance are endpointFetch directly.
  const clientConfig = { region, requestHandler: awsRequestHandler(fetch) };
  const own = profile === undefined ? {} : { profile };
  if (role === undefined) return providers.fromNodeProviderChain({ clientConfig, ...own });
  if (role.tokenFile !== undefined)
    return providers.fromTokenFile({
      roleArn: role.arn,
      roleSessionName: SESSION,
      webIdentityTokenFile: role.tokenFile,
      clientConfig,
    });
  return providers.fromTemporaryCredentials({
    masterCredentials: pair === undefined ? providers.fromNodeProviderChain({ clientConfig, ...own }) : pairFor(pair),
    params: {
      RoleArn: role.arn,
      RoleSessionName: SESSION,
      ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
    },
    clientConfig,
  });
}

function pairFor({ accessKeyId, secretAccessKey, sessionToken }: SigningKeys): {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
} {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

interface AwsError {
  readonly code?: unknown;
  readonly name?: unknown;
  readonly message?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: unknown };
}

/** What AWS or its library said, without a secret. */
function failureOf(error: unknown, source: string, clockHint: (words: string) => string): WireFailure {
  const { code, name, message, $metadata } = error as AwsError;
  if (code === "ERR_MODULE_NOT_FOUND")
    return badCredential(
      "AWS profiles, roles and the default credentials need the package @aws-sdk/credential-providers: npm install @aws-sdk/credential-providers",
    );
  const reason =
    typeof message === "string" && message !== "" ? message : typeof name === "string" ? name : "unknown error";
  const status = typeof $metadata?.httpStatusCode === "number" ? $metadata.httpStatusCode : null;
  if (status !== null && status < 500 && status !== 429)
    return badCredential(`AWS refused the credential (${source}): ${reason}${clockHint(reason)}`, status);
  if (status !== null || isUnanswered(error)) return unreachable(`AWS's credential endpoint: ${reason}`);
  return badCredential(`the credential (${source}) cannot be used: ${reason}${clockHint(reason)}${hintFor(reason)}`);
}

function hintFor(reason: string): string {
  if (/could not load credentials/iu.test(reason))
    return ". Set credentials, api_key, or the variables AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  return "";
}
