import { describe, expect, test } from "vitest";
import { createRig, key, provider, readStream, target } from "../../../test/support/engine-rig.ts";
import { broken, failing, start, streaming, text } from "../../../test/support/scripted-ask.ts";
import { redactSecrets } from "./redact-secrets.ts";
import { wireFailure } from "./wire-failure.ts";

const secret = "PLANTEDSECRET";
const headers = { "x-tenant": "tenant-secret-7" };
const own = target("a/m", { provider: provider("a", { keys: [key(secret)], headers }) });
const quoting = (words: string) => ({ ...wireFailure("bad_key", words), param: words });

describe("redactSecrets", () => {
  test.each([
    [`The key ${secret} is wrong, ${secret}!`, "The key [key] is wrong, [key]!"],
    ["tenant-secret-7 is unknown", "[secret] is unknown"],
  ])("%s", (words, expected) => {
    const sent = { key: key(secret), provider: own.provider };
    expect(redactSecrets(quoting(words), sent)).toMatchObject({ message: expected, param: expected });
  });

  test("what the vendor said beside its words", () => {
    const members = { code: 'x"y', details: [{ used: `key ${secret}` }] };
    const failure = { ...wireFailure("bad_key", "no"), vendorError: { protocol: "openai-chat" as const, members } };
    const told = redactSecrets(failure, { key: key(secret), provider: own.provider });
    expect(told.vendorError?.members).toEqual({ code: 'x"y', details: [{ used: "key [key]" }] });
  });

  test("short words are no secrets, and nothing to hide is nothing changed", () => {
    const failure = quoting("none of it");
    expect(redactSecrets(failure, { key: key("none"), provider: provider("a") })).toBe(failure);
    expect(redactSecrets(failure, { key: null, provider: provider("a") })).toBe(failure);
  });
});

describe("a vendor that quotes the key it refuses", () => {
  const message = `No account for ${secret}`;

  test("tells neither the caller nor the ledger", async () => {
    const rig = createRig({ "a/m": [failing("bad_key", { status: 401, message })] });
    const { failure, exchange } = await rig.call(own);
    expect(failure?.message).toBe("No account for [key]");
    expect(JSON.stringify([exchange.attempts, rig.notices])).not.toContain(secret);
  });

  test("nor in the middle of a stream", async () => {
    const event = broken("overloaded");
    if (event.type !== "failure") throw new Error("no failure");
    const last = { ...event, failure: { ...event.failure, message } };
    const rig = createRig({ "a/m": [streaming({ events: [start, text("Hel")] }, { events: [last] })] });
    const outcome = await rig.call(own, { streamed: true });
    expect(await readStream(rig, outcome)).toMatchObject({ words: "Hel", failures: ["overloaded"] });
    expect(outcome.exchange.attempts[0]?.message).toBe("No account for [key]");
  });
});
