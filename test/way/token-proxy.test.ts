// Clouds behind a proxy: the endpoints that give tokens and keys are asked through it, as the models are.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import type { ConfigFile } from "../../src/index.ts";
import { openFakeVendor, type FakeAnswer } from "../support/fake-vendor.ts";
import { openStage } from "../support/stage.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "understudy-proxy-"));
  await writeFile(join(folder, "subject"), "the-subject-token");
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const keys = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
  <AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>role-secret</SecretAccessKey><SessionToken>role-token</SessionToken>
  <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
const chat = { choices: [{ index: 0, message: { role: "assistant", content: "Hi." }, finish_reason: "stop" }] };
const gemini = {
  candidates: [{ content: { role: "model", parts: [{ text: "Hi." }] }, finishReason: "STOP", index: 0 }],
};

/** What every host behind the proxy says. */
function answer(url: string): FakeAnswer {
  if (url.startsWith("http://sts.example")) return { body: keys, headers: { "content-type": "text/xml" } };
  if (url.includes("token"))
    return {
      body: {
        access_token: "eyJ.token",
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: 3600,
      },
    };
  return { body: url.includes("generateContent") ? gemini : chat };
}

type Providers = ConfigFile["providers"];

const cases: readonly (readonly [string, string, () => Providers, string])[] = [
  [
    "Entra ID",
    "azure/gpt-4o",
    () => ({
      azure: {
        resource: "mine",
        base_url: "http://azure.example/openai/v1",
        credentials: { tenant: "t", client_id: "c", client_secret: "s", authority: "https://login.example" },
      },
    }),
    "CONNECT login.example:443",
  ],
  [
    "Google",
    "vertex/gemini-2.5-flash",
    () => ({
      vertex: {
        project: "p",
        base_url: "http://vertex.example/v1",
        credentials: {
          json: JSON.stringify({
            type: "external_account",
            audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
            subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
            token_url: "http://google.example/token",
            credential_source: { file: join(folder, "subject") },
          }),
        },
      },
    }),
    "http://google.example/token",
  ],
  [
    "AWS",
    "bedrock/openai.gpt-oss-120b-1:0",
    () => ({
      bedrock: {
        region: "eu-central-1",
        base_url: "http://bedrock.example",
        credentials: {
          access_key_id: "AKIA1",
          secret_access_key: "the-secret-of-the-pair",
          role_arn: "arn:aws:iam::1:role/x",
        },
      },
    }),
    "http://sts.example/",
  ],
];

test.each(cases)("%s is asked for a token through the proxy", async (_who, model, ...[providers, endpoint]) => {
  vi.stubEnv("AWS_ENDPOINT_URL_STS", "http://sts.example");
  await using proxy = await openFakeVendor(answer);
  const tunnels: string[] = [];
  proxy.onConnect((host) => tunnels.push(`CONNECT ${host}`));
  await using stage = await openStage({
    config: { providers: providers(), server: { proxy: new URL(proxy.baseUrl).origin } },
  });
  const response = await fetch(`${stage.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });
  const asked = [...tunnels, ...proxy.asked.map(({ path }) => path)];
  expect(asked[0]).toBe(endpoint);
  if (endpoint.startsWith("http")) expect([response.status, asked.length]).toEqual([200, 2]);
  else expect(await response.text()).toMatch(/the proxy http:\/\/127\.0\.0\.1:\d+ refused the connection \(405\)/u);
});
