import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { createUndiciTransport } from "../../transport/undici.ts";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { SigningCredential } from "../../core/credential.ts";
import { openFakeVendor } from "../../../test/support/fake-vendor.ts";
import { openAwsCredential } from "./aws-credential.ts";

const clock = { now: () => 0, wall: () => Date.now(), after: () => () => {} };
const tools = { clock, transport: unusedTransport };
const secret = "wJalrXUtnFEMI-SECRET";
const pair = { access_key_id: "AKIAEXAMPLE000000001", secret_access_key: secret };
const environmentPair = { AWS_ACCESS_KEY_ID: "AKIAENVIRONMENT00001", AWS_SECRET_ACCESS_KEY: secret };

function question(given: Partial<CredentialQuestion> = {}): CredentialQuestion {
  return { settings: { region: "us-east-1" }, members: {}, environment: {}, isListed: true, ...given };
}

afterEach(() => vi.unstubAllEnvs());

test.each<[Partial<CredentialQuestion>, Partial<SigningCredential>]>([
  [{ members: pair }, { value: "AKIAEXAMPLE000000001", source: "config", label: "AKIA…0001" }],
  [{ environment: environmentPair }, { value: "AKIAENVIRONMENT00001", source: "env AWS_ACCESS_KEY_ID" }],
  [
    { environment: environmentPair, members: { profile: "dev" } },
    { value: "profile dev", source: "config" },
  ],
  [{ environment: { ...environmentPair, AWS_PROFILE: "dev" } }, { value: "profile dev", source: "env AWS_PROFILE" }],
  [{ members: { role_arn: "arn:aws:iam::1:role/x" } }, { value: "role arn:aws:iam::1:role/x", label: "x" }],
  [
    { members: { web_identity_token_file: "/t" }, environment: { AWS_ROLE_ARN: "arn:aws:iam::1:role/y" } },
    { value: "role arn:aws:iam::1:role/y" },
  ],
  [{}, { value: "default", source: "default credentials" }],
])("%j is %j", (given, expected) => {
  expect(openAwsCredential(question(given))).toMatchObject({ kind: "signing-keys", region: "us-east-1", ...expected });
});

test.each<[Partial<CredentialQuestion>, boolean]>([
  [{}, false],
  [{ environment: { AWS_ROLE_ARN: "arn:aws:iam::1:role/y" } }, false],
  [{ environment: environmentPair }, true],
  [{ environment: { AWS_PROFILE: "dev" } }, true],
])("looked for with %j: there is one: %s", (given, isThere) => {
  expect(openAwsCredential(question({ ...given, isListed: false })) !== null).toBe(isThere);
});

test.each<[Readonly<Record<string, string>>, Partial<CredentialProblem>]>([
  [{ access_key_id: "a" }, { member: "access_key_id", message: "needs secret_access_key" }],
  [{ secret_access_key: "a" }, { member: "secret_access_key", message: "needs access_key_id" }],
  [{ session_token: "a" }, { member: "session_token" }],
  [
    { ...pair, profile: "a" },
    { member: "profile", message: "cannot stand beside access_key_id" },
  ],
  [{ external_id: "a" }, { member: "external_id", message: "needs role_arn" }],
  [{ web_identity_token_file: "a" }, { member: "web_identity_token_file", message: "needs role_arn" }],
  [{ web_identity_token_file: "a", role_arn: "r", ...pair }, { message: "needs no other keys" }],
])("credentials with %j are a problem", (members, problem) => {
  expect(openAwsCredential(question({ members }))).toMatchObject(problem);
});

test("without a region there is nothing to sign for", () => {
  expect(openAwsCredential(question({ settings: {} }))).toMatchObject({ message: "need a region to sign for" });
});

test("a pair is at hand, and its secret is one", () => {
  const credential = openAwsCredential(
    question({ members: { ...pair, session_token: "the-session" } }),
  ) as SigningCredential;
  expect(credential.keys.current(tools)).toMatchObject({ secretAccessKey: secret, sessionToken: "the-session" });
  expect(credential.keys.secrets()).toEqual([secret, "the-session"]);
});

test("keys of a chain are fetched once for all, and are secrets from then on", async () => {
  let fetched = 0;
  const credential = openAwsCredential(question(), async (chain) => async () => {
    expect(chain).toEqual({ region: "us-east-1" });
    fetched += 1;
    const expiration = new Date(Date.now() + 3_600_000);
    return { accessKeyId: "ASIA1", secretAccessKey: "fetched-secret", sessionToken: "fetched-token", expiration };
  }) as SigningCredential;
  await Promise.all([1, 2, 3].map(async () => credential.keys.current(tools)));
  expect(credential.keys.current(tools)).toMatchObject({ accessKeyId: "ASIA1" });
  expect([fetched, credential.keys.secrets()]).toEqual([1, ["fetched-secret", "fetched-token"]]);
});

test.each<[object, string, RegExp]>([
  [
    { name: "CredentialsProviderError", message: "Could not load credentials from any providers" },
    "bad_key",
    /AWS_ACCESS_KEY_ID/u,
  ],
  [
    { name: "AccessDenied", message: "not authorized to perform sts:AssumeRole", $metadata: { httpStatusCode: 403 } },
    "bad_key",
    /sts:AssumeRole/u,
  ],
  [
    { name: "InvalidSignature", message: "Signature expired: x", $metadata: { httpStatusCode: 403 } },
    "bad_key",
    /check this machine's clock/u,
  ],
  [{ name: "ServiceUnavailable", message: "down", $metadata: { httpStatusCode: 503 } }, "unreachable", /down/u],
  [{ code: "ECONNREFUSED", message: "connect" }, "unreachable", /connect/u],
  [{ name: "TimeoutError", message: "late" }, "unreachable", /late/u],
  [{ code: "ERR_MODULE_NOT_FOUND", message: "x" }, "bad_key", /npm install @aws-sdk\/credential-providers/u],
])("%j is %s", async (error, verdict, words) => {
  const credential = openAwsCredential(question(), async () => async () => {
    throw Object.assign(new Error("x"), error);
  }) as SigningCredential;
  expect(await credential.keys.current(tools)).toMatchObject({
    verdict,
    message: expect.stringMatching(words) as string,
  });
});

test("AWS's own library asks a container's endpoint", async () => {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  await using endpoint = await openFakeVendor(() => ({
    body: { AccessKeyId: "ASIACONTAINER", SecretAccessKey: secret, Token: "container-token", Expiration: expiration },
  }));
  for (const name of [
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  ])
    vi.stubEnv(name, undefined);
  for (const name of ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"]) vi.stubEnv(name, "/nowhere/at/all");
  vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `${endpoint.baseUrl}/keys`);
  const credential = openAwsCredential(question()) as SigningCredential;
  expect(await credential.keys.current(tools)).toMatchObject({
    accessKeyId: "ASIACONTAINER",
    sessionToken: "container-token",
  });
});

test("AWS's own library assumes a role with a pair", async () => {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const xml = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>role-token</SessionToken>
    <Expiration>${expiration}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  await using endpoint = await openFakeVendor(() => ({ body: xml, headers: { "content-type": "text/xml" } }));
  vi.stubEnv("AWS_ENDPOINT_URL_STS", endpoint.baseUrl);
  const members = { ...pair, role_arn: "arn:aws:iam::1:role/x", external_id: "e-1" };
  const credential = openAwsCredential(question({ members })) as SigningCredential;
  const transport = createUndiciTransport({ trustedHosts: new Set() });
  onTestFinished(() => transport.close());
  expect(await credential.keys.current({ clock, transport })).toMatchObject({
    accessKeyId: "ASIAROLE",
    sessionToken: "role-token",
  });
  expect(endpoint.asked).toHaveLength(1);
  expect(credential.keys.secrets()).toContain("role-token");
});
