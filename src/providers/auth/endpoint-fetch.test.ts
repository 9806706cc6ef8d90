import { expect, onTestFinished, test } from "vitest";
import { openFakeVendor } from "../../../test/support/fake-vendor.ts";
import type { CredentialQuestion } from "../../core/account.ts";
import type { TokenCredential } from "../../core/credential.ts";
import type { Transport } from "../../core/transport.ts";
import { Canceller } from "../../domain/cancellation.ts";
import { createUndiciTransport } from "../../transport/undici.ts";
import { fetchOver } from "./endpoint-fetch.ts";
import { openEntraCredential } from "./entra-credential.ts";
import { openGoogleCredential } from "./google-credential.ts";

const clock = { now: () => 0, wall: () => Date.now(), after: () => () => {} };

/** A way out where even this machine's own services would be behind the proxy, which answers everything itself. */
async function openWayOut(): Promise<{ readonly transport: Transport; readonly proxied: () => readonly string[] }> {
  const proxy = await openFakeVendor(() => ({
    body: { access_token: "from-the-proxy", token_type: "Bearer", expires_in: 3600 },
  }));
  const address = new URL(proxy.baseUrl).origin;
  const transport = createUndiciTransport({
    trustedHosts: new Set(),
    proxy: { http: address, https: address, except: "" },
  });
  onTestFinished(async () => {
    await transport.close();
    await proxy[Symbol.asyncDispose]();
  });
  return { transport, proxied: () => proxy.asked.map(({ path }) => path) };
}

function tokenOf(credential: unknown, transport: Transport): Promise<unknown> {
  return Promise.resolve((credential as TokenCredential).tokens.token(new Canceller(), { clock, transport }));
}

const question = (own: Partial<CredentialQuestion>): CredentialQuestion => ({
  settings: {},
  members: {},
  environment: {},
  isListed: true,
  ...own,
});

test("a token endpoint is asked through the proxy", async () => {
  const { transport, proxied } = await openWayOut();
  const members = { tenant: "t", client_id: "c", client_secret: "s", authority: "http://login.example" };
  expect(await tokenOf(openEntraCredential(question({ members })), transport)).toBe("from-the-proxy");
  expect(proxied()).toEqual(["http://login.example/t/oauth2/v2.0/token"]);
});

test("the machine's own services never are", async () => {
  const { transport, proxied } = await openWayOut();
  await using machine = await openFakeVendor(() => ({ body: { access_token: "own", expires_in: 3600 } }));
  const identity = question({ environment: { IDENTITY_ENDPOINT: `${machine.baseUrl}/token`, IDENTITY_HEADER: "x" } });
  expect(await tokenOf(openEntraCredential(identity), transport)).toBe("own");
  const environment = { GCE_METADATA_HOST: new URL(machine.baseUrl).host, HOME: "/nowhere" };
  const metadata = openGoogleCredential(question({ settings: { project: "p" }, environment }));
  expect(await tokenOf(metadata, transport)).toBe("own");
  expect([proxied(), machine.asked.map(({ path }) => path.split("?")[0])]).toEqual([
    [],
    ["/v1/token", "/computeMetadata/v1/instance/service-accounts/default/token"],
  ]);
  expect(machine.asked[1]?.headers["metadata-flavor"]).toBe("Google");
});

test("a machine without a metadata server says what to set", async () => {
  const transport = createUndiciTransport({ trustedHosts: new Set() });
  onTestFinished(() => transport.close());
  const environment = { GCE_METADATA_HOST: "127.0.0.1:1", HOME: "/nowhere" };
  const credential = openGoogleCredential(question({ settings: { project: "p" }, environment }));
  expect(await tokenOf(credential, transport)).toMatchObject({
    verdict: "bad_key",
    message: expect.stringMatching(
      /no metadata server.*Set credentials\.file or GOOGLE_APPLICATION_CREDENTIALS/u,
    ) as string,
  });
});

test("a redirect is not followed, and an endless answer is not read", async () => {
  const transport = createUndiciTransport({ trustedHosts: new Set() });
  onTestFinished(() => transport.close());
  await using endpoint = await openFakeVendor((path) =>
    path === "/moved"
      ? { status: 302, body: "", headers: { location: "/v1/elsewhere" } }
      : { body: "x".repeat(2_000_000) },
  );
  const fetch = fetchOver(transport);
  const { origin } = new URL(endpoint.baseUrl);
  expect((await fetch(`${origin}/moved`)).status).toBe(302);
  await expect(fetch(`${origin}/long`)).rejects.toThrow(/more than 1048576 bytes/u);
  expect(endpoint.asked.map(({ path }) => path)).toEqual(["/moved", "/long"]);
});
