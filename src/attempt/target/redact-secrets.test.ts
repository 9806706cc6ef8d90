import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRig, key, provider, readStream, target } from "../../../test/support/engine-rig.ts";
import { broken, failing, start, streaming, text } from "../../../test/support/scripted-ask.ts";
import type { TokenSource } from "../../core/credential.ts";
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

  const odd = 'pl@nted/"KEY"+9==';
  const inUrl = encodeURIComponent(odd);
  test.each([
    ["in a URL", inUrl],
    ["in a URL, in small letters", inUrl.replaceAll(/%../gu, (byte) => byte.toLowerCase())],
    ["in JSON", JSON.stringify(odd).slice(1, -1)],
    ["in Base64", Buffer.from(odd).toString("base64")],
    ["in Base64 for URLs", Buffer.from(odd).toString("base64url")],
    ["twice in a URL", encodeURIComponent(inUrl)],
    ["in JSON that escapes the slash", JSON.stringify(odd).slice(1, -1).replaceAll("/", "\\/")],
    ["in hexadecimal digits", Buffer.from(odd).toString("hex")],
    ["in large hexadecimal digits", Buffer.from(odd).toString("hex").toUpperCase()],
  ])("a secret %s", (_name, form) => {
    expect(redactSecrets(quoting(`?key=${form}.`), { key: key(odd), provider: provider("a") }).message).toBe(
      "?key=[key].",
    );
  });

  test("a secret inside of a text in Base64, wherever it stands in it", () => {
    const around = fc.string({ maxLength: 9 });
    fc.assert(
      fc.property(around, around, fc.constantFrom("base64", "base64url"), (before, after, form) => {
        const text = Buffer.from(before + odd + after).toString(form);
        const { message } = redactSecrets(quoting(text), { key: key(odd), provider: provider("a") });
        const [left = "", right = "", ...more] = message.split("[key]");
        expect(more).toEqual([]);
        // A character that it shares with the text before or after stays: less than a byte of the secret.
        expect(left.length).toBe(Math.ceil((Buffer.byteLength(before) * 4) / 3));
        expect(right.replaceAll("=", "").length).toBeLessThanOrEqual(Math.ceil((Buffer.byteLength(after) * 4 + 3) / 3));
      }),
    );
  });

  test("every secret of a token credential: what was given, and each token that was fetched", () => {
    const tokens: TokenSource = { token: () => "second-token", secrets: () => ["second-token", "first-token-of-it"] };
    const sent = { key: { ...key("client-secret"), kind: "token" as const, tokens }, provider: provider("a") };
    const words = `no client-secret, first-token-of-it, ${Buffer.from("Bearer second-token").toString("base64")}`;
    expect(redactSecrets(quoting(words), sent).message).toBe("no [key], [key], QmVhcmVyIH[key]g==");
  });

  test("W9: in every text of the failure, names of members too", () => {
    const members = { [secret]: { [`x-${secret}`]: [secret] } };
    const failure = {
      ...wireFailure("bad_key", secret),
      code: secret,
      type: secret,
      members: [secret],
      vendorError: { protocol: "openai-chat" as const, members },
      unknownEnding: { protocol: "openai-chat" as const, member: "finish_reason", word: secret },
    };
    const redacted = redactSecrets(failure, { key: key(secret), provider: provider("a") });
    expect(JSON.stringify(redacted)).not.toContain(secret);
    expect(redacted.vendorError?.members).toEqual({ "[key]": { "x-[key]": ["[key]"] } });
  });

  test("one that holds another is taken out whole", () => {
    const sent = { key: key("tenant-secret"), provider: own.provider };
    expect(redactSecrets(quoting("tenant-secret-7 and tenant-secret"), sent).message).toBe("[secret] and [key]");
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
    expect(JSON.stringify([exchange.attempts, rig.alerts])).not.toContain(secret);
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
