import { expect, test } from "vitest";
import { unusedTransport } from "../../../test/support/unused-transport.ts";
import { Canceller } from "../../domain/cancellation.ts";
import type { WireFailure } from "../../core/failure.ts";
import { badCredential } from "./cached-source.ts";
import { CachedTokenSource, type FetchedToken, type TokenSourceOptions } from "./token-source.ts";

interface Rig {
  readonly source: CachedTokenSource;
  token(): ReturnType<CachedTokenSource["token"]>;
  /** The fetches that wait for their answer. */
  readonly fetches: ((answer: FetchedToken | WireFailure | Error) => void)[];
  now: number;
}

function openRig(options: Partial<TokenSourceOptions> = {}): Rig {
  const rig = { fetches: [] as Rig["fetches"], now: 0 };
  const source = new CachedTokenSource({
    fetchToken: () =>
      new Promise((resolve, reject) => {
        rig.fetches.push((answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
      }),
    ...options,
  });
  const clock = { now: () => rig.now, wall: () => rig.now, after: () => () => {} };
  const tools = { clock, transport: unusedTransport };
  return Object.assign(rig, { source, token: () => source.token(new Canceller(), tools) });
}

/** Answers the oldest fetch, and lets everybody see it. */
async function answer(rig: Rig, token: FetchedToken | WireFailure | Error): Promise<void> {
  rig.fetches.shift()?.(token);
  await new Promise((resolve) => setImmediate(resolve));
}

const HOUR = 3_600_000;

test("one fetch serves all who wait, and then costs no promise", async () => {
  const rig = openRig();
  const waiting = [rig.token(), rig.token(), rig.token()].map(async (token) => token);
  expect(rig.fetches).toHaveLength(1);
  await answer(rig, { token: "one", validMs: HOUR });
  expect(await Promise.all(waiting)).toEqual(["one", "one", "one"]);
  expect(rig.token()).toBe("one");
});

test("it is renewed ahead of its end by one caller, and nobody waits", async () => {
  const rig = openRig();
  void rig.token();
  await answer(rig, { token: "one", validMs: HOUR });
  rig.now = HOUR - 300_000;
  expect([rig.token(), rig.token()]).toEqual(["one", "one"]);
  expect(rig.fetches).toHaveLength(1);
  await answer(rig, { token: "two", validMs: HOUR });
  expect(rig.token()).toBe("two");
  expect(rig.source.secrets()).toEqual(["two", "one"]);
});

test("a short life is renewed after half of it, and its last seconds are not used", async () => {
  const rig = openRig();
  void rig.token();
  await answer(rig, { token: "one", validMs: 60_000 });
  rig.now = 29_999;
  expect([rig.token(), rig.fetches.length]).toEqual(["one", 0]);
  rig.now = 30_000;
  expect([rig.token(), rig.fetches.length]).toEqual(["one", 1]);
  rig.now = 50_000;
  expect(rig.token()).toBeInstanceOf(Promise);
});

test("a dead endpoint is asked after pauses that grow, not by each request", async () => {
  const rig = openRig();
  const first = rig.token();
  await answer(rig, Object.assign(new Error("connect"), { code: "ECONNREFUSED" }));
  const failure = await first;
  expect(failure).toMatchObject({
    verdict: "unreachable",
    message: "its token endpoint could not be asked: ECONNREFUSED",
  });
  expect([rig.token(), rig.fetches.length]).toEqual([failure, 0]);
  rig.now = 1_000;
  void rig.token();
  await answer(rig, badCredential("invalid_client", 401));
  rig.now = 2_999;
  expect(rig.token()).toMatchObject({ verdict: "bad_key", status: 401 });
  expect(rig.fetches).toHaveLength(0);
  rig.now = 3_000;
  const again = rig.token();
  await answer(rig, { token: "one", validMs: null });
  expect(await again).toBe("one");
});

test("while the old token is valid, a failed renewal hurts nobody", async () => {
  const rig = openRig({ secrets: ["the-assertion"] });
  void rig.token();
  await answer(rig, { token: "one", validMs: HOUR });
  rig.now = HOUR - 200_000;
  expect(rig.token()).toBe("one");
  await answer(rig, badCredential("invalid_client"));
  expect([rig.token(), rig.fetches.length]).toEqual(["one", 0]);
  expect(rig.source.secrets()).toEqual(["one", "the-assertion"]);
  rig.now = HOUR - 5_000;
  expect(rig.token()).toBeInstanceOf(Promise);
});
