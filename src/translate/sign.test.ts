import { expect, test } from "vitest";
import { unusedTransport } from "../../test/support/unused-transport.ts";
import { plainRow, provider, target } from "../../test/support/engine-rig.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import type { Auth, Signed } from "../core/auth.ts";
import type { ProviderRow } from "../core/provider.ts";
import { Canceller } from "../domain/cancellation.ts";
import { bearer } from "../providers/auth/bearer.ts";
import { plainFailure } from "./failures.ts";
import { sign } from "./sign.ts";

const refused = plainFailure("bad_key", "its secret has expired");

function prepare(auth: ProviderRow["auth"], isKeyless = false) {
  const clock = new VirtualClock();
  const cancellation = new Canceller();
  const [headers, told] = [{ accept: "*/*" }, [] as string[]];
  const request = { origin: "", path: "/", method: "POST" as const, headers, body: "{}", cancellation };
  const node = target("a/m", { provider: provider("a", { row: plainRow("a", { auth }) }) });
  const signing = {
    target: node,
    key: isKeyless ? null : (node.provider.keys[0] ?? null),
    onPreparing: () => void told.push("preparing"),
    onPrepared: () => void told.push("prepared"),
  };
  return {
    clock,
    cancellation,
    request,
    told,
    sign: () => sign(request, signing, { clock, transport: unusedTransport }),
  };
}

const later = (signed: Promise<Signed>): Auth => ({ sign: () => signed });
const never = later(new Promise(() => {}));

test("an API key is set at once, in the headers that are there", () => {
  const { sign: signNow, request, told } = prepare(bearer);
  const { headers } = request;
  expect(signNow()).toBeNull();
  expect(request.headers).toBe(headers);
  expect(request.headers).toEqual({ accept: "*/*", authorization: "Bearer a-key" });
  expect(told).toEqual([]);
});

test.each([
  ["without a key", bearer, true],
  ["at a provider that wants none", null, false],
])("nothing is signed %s", (_name, auth, isKeyless) => {
  const { sign: signNow, request } = prepare(auth, isKeyless);
  expect(signNow()).toBeNull();
  expect(request.headers).toEqual({ accept: "*/*" });
});

test("a wait is told, so that it does not count as the target's", async () => {
  const { sign: signNow, request, told } = prepare(later(Promise.resolve({ signature: "s" })));
  expect(await signNow()).toBeNull();
  expect(request.headers).toEqual({ signature: "s" });
  expect(told).toEqual(["preparing", "prepared"]);
});

test("a failure is handed on, at once or later", async () => {
  expect(prepare({ sign: () => refused }).sign()).toBe(refused);
  expect(await prepare(later(Promise.resolve(refused))).sign()).toBe(refused);
});

test("a header may have any name", () => {
  const { sign: signNow, request } = prepare({ sign: () => ({ verdict: "x", kind: "y" }) });
  expect(signNow()).toBeNull();
  expect(request.headers).toEqual({ verdict: "x", kind: "y" });
});

test("who waits longer than for a connection gives up, and does not wait again", async () => {
  const { clock, sign: signNow, told } = prepare(never);
  const signed = signNow();
  await clock.advance(3_000);
  expect(await signed).toMatchObject({
    verdict: "unreachable",
    message: "its credential was not ready within 3000 ms",
    shouldRetry: false,
  });
  expect(told).toEqual(["preparing", "prepared"]);
});

test("who leaves waits no longer, and leaves no timer", async () => {
  const { clock, cancellation, sign: signNow } = prepare(never);
  const signed = signNow();
  cancellation.cancel();
  expect(await signed).toMatchObject({ verdict: "cancelled" });
  expect(clock.pending).toBe(0);
});
