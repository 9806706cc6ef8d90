import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { TokenCredential } from "../../core/credential.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { openEntraCredential } from "./entra-credential.ts";

const settings = { resource: "mine" };
const application = { tenant: "my-tenant", client_id: "0123456789-my-client", client_secret: "planted-secret" };

interface Asked {
  readonly url: string;
  readonly headers: Headers;
  readonly form: URLSearchParams;
}

interface Play {
  readonly members?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly answer?: Response | Error;
  readonly now?: number;
}

function question({ members = {}, environment = {} }: Play, isListed = true): CredentialQuestion {
  return { settings, members, environment, isListed };
}

async function play({
  answer = Response.json({ access_token: "eyJ.one", token_type: "Bearer", expires_in: 3599 }),
  now = Date.now(),
  ...given
}: Play) {
  const asked: Asked[] = [];
  const credential = openEntraCredential(question(given), async (url, init) => {
    const request = new Request(url, init);
    asked.push({ url: request.url, headers: request.headers, form: new URLSearchParams(await request.text()) });
    if (answer instanceof Error) throw answer;
    return answer;
  }) as TokenCredential;
  const clock = { now: () => 0, wall: () => now, after: () => () => {} };
  const tools = { clock, transport: unusedTransport };
  return { credential, result: await credential.tokens.token(new Canceller(), tools), asked };
}

test("a client secret is sent to the tenant's token endpoint", async () => {
  const { credential, result, asked } = await play({ members: application });
  expect(result).toBe("eyJ.one");
  expect(asked[0]?.url).toBe("https://login.microsoftonline.com/my-tenant/oauth2/v2.0/token");
  expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
    grant_type: "client_credentials",
    scope: "https://cognitiveservices.azure.com/.default",
    client_id: application.client_id,
    client_secret: "planted-secret",
  });
  expect([credential.label, credential.source]).toEqual(["01234567…", "Entra ID"]);
  expect(credential.tokens.secrets()).toEqual(["eyJ.one", "planted-secret"]);
});

test("the usual variables make an application, and a proof in the file replaces theirs", async () => {
  const environment = { AZURE_TENANT_ID: "t", AZURE_CLIENT_ID: "c", AZURE_CLIENT_SECRET: "from-the-environment" };
  const { asked } = await play({ environment, members: { client_secret: "from-the-file" } });
  expect(asked[0]?.form.get("client_secret")).toBe("from-the-file");
  expect(openEntraCredential(question({ environment }, false))).toMatchObject({ kind: "token" });
  expect(openEntraCredential(question({ environment: { AZURE_TENANT_ID: "t" } }, false))).toBeNull();
});

test.each<[Play, Partial<CredentialProblem>]>([
  [{ members: { client_secret: "s" } }, { member: "tenant", message: "is needed beside client_secret" }],
  [{ members: { client_secret: "s", tenant: "t" } }, { member: "client_id" }],
  [
    { members: { ...application, tenant: "../x" } },
    { member: "tenant", message: "must be a directory's id or domain" },
  ],
  [{ members: { ...application, authority: "ftp://x" } }, { member: "authority" }],
])("%j is a problem of the configuration", (given, problem) => {
  expect(openEntraCredential(question(given))).toMatchObject(problem);
});

describe("a certificate", () => {
  let folder = "";
  let pem = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "understudy-entra-"));
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    await writeFile(join(folder, "key.pem"), key);
    const words = ["req", "-x509", "-key", join(folder, "key.pem"), "-days", "30", "-subj", "/CN=test"];
    const certificate = execFileSync("openssl", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    pem = join(folder, "both.pem");
    await writeFile(pem, `${certificate}${key}`);
  });
  afterAll(() => rm(folder, { recursive: true }));

  const members = () => ({ tenant: "t", client_id: "c", certificate: pem });

  test("signs an assertion that names it", async () => {
    const { result, asked } = await play({ members: members() });
    expect(result).toBe("eyJ.one");
    const assertion = asked[0]?.form.get("client_assertion") ?? "";
    const [header = "", claims = ""] = assertion.split(".").map((part) => Buffer.from(part, "base64url").toString());
    const { raw } = new X509Certificate(await readFile(pem, "utf8"));
    const print = createHash("sha256").update(raw).digest("base64url");
    expect(JSON.parse(header)).toMatchObject({ alg: "PS256", "x5t#S256": print });
    expect(JSON.parse(claims)).toMatchObject({ iss: "c", sub: "c" });
  });

  test("that expired is told before anybody is asked", async () => {
    const { result, asked } = await play({ members: members(), now: Date.now() + 60 * 86_400_000 });
    expect(result).toMatchObject({
      verdict: "bad_key",
      message: expect.stringContaining("the certificate expired on") as string,
    });
    expect(asked).toEqual([]);
  });

  test("that is not there, or has no key, is told without its path's content", async () => {
    const absent = await play({ members: { ...members(), certificate: "/nowhere.pem" } });
    expect(absent.result).toMatchObject({
      verdict: "bad_key",
      message: "credentials.certificate cannot be used: ENOENT",
    });
    const keyless = await play({ members: { ...members(), certificate: join(folder, "key.pem") } });
    expect(keyless.result).toMatchObject({ verdict: "bad_key" });
  });
});

describe("a managed identity", () => {
  test("is asked for at the machine, or at the app service's own endpoint", async () => {
    const machine = await play({ members: { client_id: "mine" } });
    expect(machine.asked[0]?.url).toContain(
      "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01",
    );
    expect(machine.asked[0]?.headers.get("metadata")).toBe("true");
    const environment = { IDENTITY_ENDPOINT: "http://127.0.0.1:4141/token", IDENTITY_HEADER: "planted-header" };
    const service = await play({ environment });
    expect(service.asked[0]?.url).toContain("http://127.0.0.1:4141/token?api-version=2019-08-01");
    expect(service.asked[0]?.headers.get("x-identity-header")).toBe("planted-header");
    expect(service.credential.tokens.secrets()).toContain("planted-header");
  });

  test("that is not there is unreachable, with what to set instead", async () => {
    const { result } = await play({ answer: Object.assign(new Error("x"), { code: "EHOSTUNREACH" }) });
    expect(result).toMatchObject({
      verdict: "unreachable",
      message:
        "no managed identity answers on this machine (EHOSTUNREACH). Set credentials.client_secret, certificate or token_file, or api_key",
    });
  });
});

test.each([
  [
    400,
    "AADSTS700024: Client assertion is not within its valid time range. Trace ID: 1",
    "bad_key",
    "(check this machine's clock)",
  ],
  [401, "AADSTS7000222: The provided client secret keys are expired.\r\nTrace ID: 2", "bad_key", "keys are expired."],
  [429, "AADSTS50196: loop", "unreachable", "AADSTS50196"],
])("%s %s", async (...[status, description, verdict, words]) => {
  const answer = Response.json({ error: "invalid_client", error_description: description }, { status });
  const { result } = await play({ members: application, answer });
  expect(result).toMatchObject({ verdict, message: expect.stringContaining(words) as string });
  expect(JSON.stringify(result)).not.toMatch(/Trace ID|planted-secret/u);
});
