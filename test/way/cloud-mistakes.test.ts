// The mistakes in an account at a cloud: each error names the setting and the cause, as the cloud said it, and no secret.
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { type Transport, TransportFailure } from "../../src/core/transport.ts";
import type { ConfigFile, GatewayOptions } from "../../src/index.ts";
import { secretOf } from "../../src/simulator/clouds/aws-keys.ts";
import { createUndiciTransport } from "../../src/transport/undici.ts";
import { createSystemClock } from "../../src/system-clock.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";
import { openStage } from "../support/stage.ts";

type Provider = NonNullable<NonNullable<ConfigFile["providers"]>[string]>;

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const secrets = /PRIVATE KEY|planted-secret|secret-of-|the-subject-token|eyJ\.planted|ya29\.planted/u;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-clouds-"));
  await writeFile(join(folder, "subject"), "the-subject-token");
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

interface Mistake {
  readonly model: string;
  readonly provider: Provider;
  readonly options?: GatewayOptions;
}

/** What the caller of one target reads. */
async function messageOf({ model, provider, options = {} }: Mistake): Promise<{ verdict: string; message: string }> {
  const name = model.slice(0, model.indexOf("/"));
  await using stage = await openStage({ config: { providers: { [name]: provider } }, options });
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });
  const text = await response.text();
  expect(response.ok).toBe(false);
  expect(text + JSON.stringify([...response.headers]) + stage.incidents.join("")).not.toMatch(secrets);
  return (JSON.parse(text) as { error: { verdict: string; message: string } }).error;
}

const entra = (authority: string): Provider["credentials"] => ({
  tenant: "my-tenant",
  client_id: "my-client",
  client_secret: "planted-secret",
  authority,
});
const serviceAccount: Provider["credentials"] = {
  json: JSON.stringify({
    type: "service_account",
    client_email: "robot@my-project.iam.gserviceaccount.com",
    private_key: privateKey,
  }),
};
/** Google's library asks this address, whatever the file says. */
const toGoogle = (endpoint: string): Transport => {
  const transport = createUndiciTransport({ trustedHosts: new Set() });
  const { origin } = new URL(endpoint);
  return {
    send: (request) =>
      transport.send(request.origin === "https://oauth2.googleapis.com" ? { ...request, origin } : request),
    close: () => transport.close(),
  };
};
const pair = {
  access_key_id: "AKIASIMULATED0000001",
  secret_access_key: secretOf("AKIASIMULATED0000001"),
};

describe("a host that does not exist, because a setting is wrong", () => {
  const failing = (code: string): GatewayOptions => ({
    transport: {
      send: () => Promise.reject(new TransportFailure({ phase: "connect", code, message: code })),
      close: () => Promise.resolve(),
    },
  });

  test.each<[string, string, Provider]>([
    ["location", "vertex/gemini-2.5-flash", { location: "europe-west99", api_key: "k" }],
    ["region", "bedrock/amazon.nova-pro-v1:0", { region: "eu-central-9", api_key: "k" }],
    ["resource", "azure/gpt-4o", { resource: "no-such-resource", api_key: "k" }],
  ])("%s of %s", async (setting, model, provider) => {
    const { verdict, message } = await messageOf({ model, provider, options: failing("ENOTFOUND") });
    expect(verdict).toBe("unreachable");
    expect(message).toContain(`its host name does not resolve (check ${setting} of ${model.split("/")[0]})`);
  });

  test.each([
    ["CERT_HAS_EXPIRED", "its certificate has expired"],
    ["CERT_NOT_YET_VALID", "its certificate is not valid yet"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another host name"],
  ])("a certificate with %s is told as what it is", async (code, words) => {
    const provider = { resource: "mine", api_key: "k" };
    const { verdict, message } = await messageOf({ model: "azure/gpt-4o", provider, options: failing(code) });
    expect([verdict, message]).toEqual(["unreachable", expect.stringContaining(words)]);
  });
});

describe("a model, deployment or version that does not exist", () => {
  const google = (status: number, message: string, word: string): FakeAnswer => ({
    status,
    body: { error: { code: status, message, status: word } },
  });
  const missing =
    "Publisher Model `projects/p/locations/europe-west1/publishers/google/models/gemini-99` was not found or your project does not have access to it.";

  test.each<[string, Provider, FakeAnswer, string, string]>([
    [
      "azure/no-such",
      { resource: "mine", api_key: "k" },
      {
        status: 404,
        body: {
          error: { code: "DeploymentNotFound", message: "The API deployment for this resource does not exist." },
        },
      },
      "The API deployment for this resource does not exist.",
      "check the target's model, which is the deployment's name, of azure",
    ],
    [
      "azure/gpt-4o",
      { resource: "mine", api_key: "k", api_version: "2020-01-01" },
      { status: 404, body: { error: { code: "404", message: "Resource not found" } } },
      "Resource not found",
      "check api_version of azure",
    ],
    [
      "vertex/gemini-99",
      { location: "europe-west1", api_key: "k" },
      google(404, missing, "NOT_FOUND"),
      "was not found or your project does not have access",
      "check location, project and the model's name of vertex",
    ],
    [
      "vertex/gemini-2.5-flash",
      { location: "europe-west1", api_key: "k" },
      google(403, "Permission 'aiplatform.endpoints.predict' denied on resource '//aiplatform…'", "PERMISSION_DENIED"),
      "Permission 'aiplatform.endpoints.predict' denied",
      "check project of vertex",
    ],
    [
      "bedrock/amazon.no-such-v1:0",
      { region: "eu-central-1", api_key: "k" },
      {
        status: 400,
        headers: { "x-amzn-errortype": "ValidationException" },
        body: { message: "The provided model identifier is invalid." },
      },
      "The provided model identifier is invalid.",
      "check region and the model's id of bedrock",
    ],
  ])("%s", async (model, ...[own, answer, words, remedy]) => {
    await using vendor = await openFakeVendor(() => answer);
    const { message } = await messageOf({ model, provider: { ...own, base_url: vendor.baseUrl } });
    expect(message).toContain(words);
    expect(message).toContain(`(${remedy})`);
  });
});

describe("a role that may not be assumed", () => {
  test("at AWS", async () => {
    const words =
      "User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/x";
    const xml = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${words}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
    await using sts = await openFakeVendor(() => ({ status: 403, body: xml, headers: { "content-type": "text/xml" } }));
    vi.stubEnv("AWS_ENDPOINT_URL_STS", sts.baseUrl);
    const credentials = { ...pair, role_arn: "arn:aws:iam::1:role/x" };
    const { verdict, message } = await messageOf({
      model: "bedrock/amazon.nova-pro-v1:0",
      provider: { region: "eu-central-1", credentials },
    });
    expect([verdict, message]).toEqual(["bad_key", expect.stringContaining(words)]);
    expect(message).toContain("AWS refused the credential (credentials.role_arn)");
  });

  test("at Google: a service account that may not be impersonated", async () => {
    const words = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).";
    await using google = await openFakeVendor((path) =>
      path.endsWith("/token")
        ? { body: { access_token: "ya29.planted", token_type: "Bearer", expires_in: 3600 } }
        : { status: 403, body: { error: { code: 403, message: words, status: "PERMISSION_DENIED" } } },
    );
    const json = JSON.stringify({
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${google.baseUrl}/token`,
      service_account_impersonation_url: `${google.baseUrl}/robot:generateAccessToken`,
      credential_source: { file: join(folder, "subject") },
    });
    const { verdict, message } = await messageOf({
      model: "vertex/gemini-2.5-flash",
      provider: { project: "p", credentials: { json } },
    });
    expect([verdict, message]).toEqual(["bad_key", expect.stringContaining(words)]);
    expect(message).toContain("credentials.json");
  });

  test("at Azure: an identity that nobody trusts, and one without the role", async () => {
    const untrusted = "AADSTS700213: No matching federated identity record found for presented assertion subject 'x'.";
    await using issuer = await openFakeVendor(() => ({
      status: 401,
      body: { error: "invalid_client", error_description: `${untrusted} Trace ID: 1` },
    }));
    const authority = new URL(issuer.baseUrl).origin;
    const { message } = await messageOf({
      model: "azure/gpt-4o",
      provider: {
        resource: "mine",
        credentials: { tenant: "t", client_id: "c", token_file: join(folder, "subject"), authority },
      },
    });
    expect(message).toContain(`Entra ID refused the credential (credentials.token_file): invalid_client: ${untrusted}`);
    const lacking =
      "The principal `1` lacks the required data action `Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`";
    await using vendor = await openFakeVendor((path) =>
      path.includes("oauth2")
        ? { body: { access_token: "eyJ.planted", token_type: "Bearer", expires_in: 3600 } }
        : { status: 403, body: { error: { code: "PermissionDenied", message: lacking } } },
    );
    const forbidden = await messageOf({
      model: "azure/gpt-4o",
      provider: { resource: "mine", base_url: vendor.baseUrl, credentials: entra(new URL(vendor.baseUrl).origin) },
    });
    expect(forbidden).toMatchObject({ verdict: "forbidden", message: expect.stringContaining(lacking) as string });
    expect(forbidden.message).toContain("(check the role of credentials of azure)");
  });
});

describe("a clock that is ten minutes off is told, with how much", () => {
  const off = -600_000;
  const system = createSystemClock();
  const clock: GatewayOptions["clock"] = {
    now: () => system.now(),
    wall: () => Date.now() + off,
    after: (milliseconds, act, kind) => system.after(milliseconds, act, kind),
  };
  const words = "(this machine's clock is 10 min behind the server's)";

  test("at AWS", async () => {
    await using stage = await openStage({
      config: ({ vendors }) => ({
        providers: {
          bedrock: {
            base_url: vendors.anthropic.baseUrl.replace("/v1", ""),
            region: "eu-central-1",
            credentials: pair,
          },
        },
      }),
      options: { clock },
    });
    const response = await fetch(`${stage.url}/v1/chat/completions`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ model: "bedrock/amazon.nova-pro-v1:0", messages: [{ role: "user", content: "Hi" }] }),
    });
    const { error } = (await response.json()) as { error: { verdict: string; message: string } };
    expect(error).toMatchObject({
      verdict: "bad_key",
      message: expect.stringContaining("Signature expired") as string,
    });
    expect(error.message).toMatch(
      /\((?:this machine's clock is 10 min behind the server's|check this machine's clock)\)/u,
    );
  });

  test.each<[string, string, (endpoint: string) => Provider, object, string]>([
    [
      "Google",
      "vertex/gemini-2.5-flash",
      () => ({ project: "p", credentials: serviceAccount }),
      {
        error: "invalid_grant",
        error_description: "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.",
      },
      "credentials.json",
    ],
    [
      "Entra ID",
      "azure/gpt-4o",
      (endpoint) => ({ resource: "mine", credentials: entra(new URL(endpoint).origin) }),
      {
        error: "invalid_client",
        error_description: "AADSTS700024: Client assertion is not within its valid time range. Trace ID: 1",
      },
      "credentials.client_secret",
    ],
  ])("at %s", async (_cloud, model, ...[provider, body, setting]) => {
    await using endpoint = await openFakeVendor(() => ({ status: 400, body }));
    const options = { clock, ...(model.startsWith("vertex") ? { transport: toGoogle(endpoint.baseUrl) } : {}) };
    const { message } = await messageOf({ model, provider: provider(endpoint.baseUrl), options });
    expect(message).toContain(words);
    expect(message).toContain(setting);
  });
});
