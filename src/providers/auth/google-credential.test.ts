import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import type { CredentialProblem, CredentialQuestion } from "../../core/account.ts";
import type { TokenCredential } from "../../core/credential.ts";
import type { WireFailure } from "../../core/failure.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { openGoogleCredential } from "./google-credential.ts";

const clock = { now: () => 0, wall: () => Date.now(), after: () => () => {} };
const tools = { clock, transport: unusedTransport };
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const account = {
  type: "service_account",
  project_id: "my-project",
  private_key: privateKey,
  client_email: "robot@my-project.iam.gserviceaccount.com",
};

function question(given: Partial<CredentialQuestion> = {}): CredentialQuestion {
  return { settings: { project: "my-project" }, members: {}, environment: {}, isListed: true, ...given };
}

interface Play {
  readonly members?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly answer: object | Error;
}

/** What the credential gives, and the bodies that the token endpoint got. */
async function play({ members = { json: JSON.stringify(account) }, status = 200, answer }: Play) {
  const bodies: string[] = [];
  const credential = openGoogleCredential(question({ members }), async (_url, init) => {
    bodies.push(await new Response(init?.body as BodyInit).text());
    if (answer instanceof Error) throw answer;
    return Response.json(answer, { status });
  }) as TokenCredential;
  const result = await credential.tokens.token(new Canceller(), tools);
  return { credential, result, bodies };
}

test("a service account signs an assertion and gets a token, which is a secret from then on", async () => {
  const { credential, result, bodies } = await play({ answer: { access_token: "ya29.one", expires_in: 3600 } });
  expect(result).toBe("ya29.one");
  expect(credential).toMatchObject({ kind: "token", source: "config", label: account.client_email });
  expect(credential.tokens.secrets()).toEqual(["ya29.one", privateKey]);
  const [, claims = ""] = (new URLSearchParams(bodies[0]).get("assertion") ?? "").split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toMatchObject({
    iss: account.client_email,
    scope: "https://www.googleapis.com/auth/cloud-platform",
  });
});

test.each<[string, Play, Partial<WireFailure>]>([
  [
    "a key that was deleted",
    { status: 400, answer: { error: "invalid_grant", error_description: "Invalid JWT Signature." } },
    {
      verdict: "bad_key",
      status: 400,
      message: "Google refused the credential (credentials.json): invalid_grant: Invalid JWT Signature.",
    },
  ],
  [
    "a clock that is off",
    {
      status: 400,
      answer: {
        error: "invalid_grant",
        error_description:
          "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.",
      },
    },
    { verdict: "bad_key", message: expect.stringContaining("(check this machine's clock)") as string },
  ],
  ["an endpoint that is down", { status: 503, answer: {} }, { verdict: "unreachable" }],
  [
    "a network that is down",
    { answer: Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" }) },
    { verdict: "unreachable" },
  ],
  [
    "a file that is not there",
    { members: { file: "/nowhere/account.json" }, answer: {} },
    {
      verdict: "bad_key",
      message: expect.stringContaining("the credential (credentials.file) cannot be used") as string,
    },
  ],
])("%s", async (_name, asked, failure) => {
  const { result } = await play(asked);
  expect(result).toMatchObject(failure);
  expect(JSON.stringify(result)).not.toContain("PRIVATE KEY");
});

test.each<[string, Partial<CredentialQuestion>, Partial<CredentialProblem> | null]>([
  ["nothing listed, nothing set", { isListed: false }, null],
  ["two of them", { members: { file: "a", json: "{}" } }, { member: "json", message: "cannot stand beside file" }],
  ["text that is no JSON", { members: { json: "secret words" } }, { member: "json", message: "is no JSON object" }],
])("%s", (_name, given, problem) => {
  const opened = openGoogleCredential(question(given));
  if (problem === null) expect(opened).toBeNull();
  else expect(opened).toMatchObject(problem);
  expect(JSON.stringify(opened)).not.toContain("secret words");
});

test("the variable of a file counts where the provider is not listed, and the path stays private", () => {
  const environment = { GOOGLE_APPLICATION_CREDENTIALS: "/home/somebody/keys/account.json" };
  expect(openGoogleCredential(question({ environment, isListed: false }))).toMatchObject({
    source: "env GOOGLE_APPLICATION_CREDENTIALS",
    label: "…/account.json",
  });
});
