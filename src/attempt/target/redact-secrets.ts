// Removes the secrets that were sent to a vendor from its error text. Vendors do quote the key that they refuse. Other
// code masks keys of known shapes; this file knows the secrets themselves, in any shape, plain and encoded. It must
// never mask short words: a dummy key such as `none` is not a secret, and masking it would spoil the sentence.
import type { VendorError, WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Key, ProviderRules } from "../../core/rules.ts";

const SHORTEST = 8;

/** Where the secrets of one request are. */
interface Sent {
  readonly key: Key | null;
  readonly provider: ProviderRules;
}

/** A text to find, and its replacement. */
type Masks = readonly (readonly [secret: string, by: string])[];

/** The failure without the secrets of the used credential and without the values of the operator's own headers. */
export function redactSecrets(failure: WireFailure, sent: Sent): WireFailure {
  const masks = masksFor(sent);
  const message = without(failure.message, masks);
  const param = failure.param === null ? null : without(failure.param, masks);
  const vendorError = failure.vendorError === undefined ? undefined : redactIn(failure.vendorError, masks);
  if (message === failure.message && param === failure.param && vendorError === failure.vendorError) return failure;
  return { ...failure, message, param, vendorError };
}

function redactIn(error: VendorError, masks: Masks): VendorError {
  const text = JSON.stringify(error.members);
  const members = JSON.parse(text, (_, value: Json) =>
    typeof value === "string" ? without(value, masks) : value,
  ) as JsonObject;
  return JSON.stringify(members) === text ? error : { ...error, members };
}

function without(text: string, masks: Masks): string {
  let result = text;
  for (const [secret, by] of masks) result = result.replaceAll(secret, by);
  return result;
}

/** The longest first: one secret may contain another, and masking the shorter one first would leave the rest. */
function masksFor({ key, provider }: Sent): Masks {
  const ofKey = key === null ? [] : [key.value, ...(key.kind === "token" ? key.tokens.secrets() : [])];
  const masks = [
    ...formsOf(ofKey).map((secret) => [secret, "[key]"] as const),
    ...formsOf(Object.values(provider.headers)).map((secret) => [secret, "[secret]"] as const),
  ];
  return masks.toSorted(([a], [b]) => b.length - a.length);
}

/** Each secret as plain text, in a URL, in JSON and in Base64. */
function formsOf(secrets: readonly string[]): readonly string[] {
  const forms = secrets.filter((secret) => secret.length >= SHORTEST).flatMap((secret) => [secret, ...encoded(secret)]);
  return [...new Set(forms)];
}

function encoded(secret: string): readonly string[] {
  // encodeURIComponent throws on a lone surrogate, which no header can contain.
  const inUrl = encodeURIComponent(secret.toWellFormed());
  const lowered = inUrl.replaceAll(/%[0-9A-F]{2}/gu, (byte) => byte.toLowerCase());
  const base64 = inBase64(Buffer.from(secret));
  const others = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [inUrl, lowered, inUrl.replaceAll("%20", "+"), JSON.stringify(secret).slice(1, -1), ...base64, ...others];
}

/**
 * The secret alone, and the characters that do not depend on the text around it: three bytes become four characters.
 */
function inBase64(secret: Buffer): readonly string[] {
  const alone = secret.toString("base64");
  const inside = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), secret])
      .toString("base64")
      .replace(/=+$/u, "");
    const isWhole = (before + secret.length) % 3 === 0;
    return text.slice(Math.ceil((before * 4) / 3), isWhole ? undefined : -1);
  });
  return [alone, alone.replace(/=+$/u, ""), ...inside];
}
