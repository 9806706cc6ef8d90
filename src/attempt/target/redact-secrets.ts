// Takes out of a vendor's words what was sent to it as a secret. Vendors do quote the key they refuse; keys of known shapes
// are masked where the words are read, this one knows the very secret, whatever its shape. Never masks short words: a
// dummy key such as `none` is no secret, and would spoil the sentence.
import type { VendorError, WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import type { Key, ProviderRules } from "../../core/rules.ts";

const SHORTEST = 8;

/** Where the secrets of one request stand. */
interface Sent {
  readonly key: Key | null;
  readonly provider: ProviderRules;
}

/** The failure without the key that was used and without the values of the operator's own headers. */
export function redactSecrets(failure: WireFailure, sent: Sent): WireFailure {
  const message = without(failure.message, sent);
  const param = failure.param === null ? null : without(failure.param, sent);
  const vendorError = failure.vendorError === undefined ? undefined : concealIn(failure.vendorError, sent);
  if (message === failure.message && param === failure.param && vendorError === failure.vendorError) return failure;
  return { ...failure, message, param, vendorError };
}

function concealIn(given: VendorError, sent: Sent): VendorError {
  const text = JSON.stringify(given.members);
  const members = JSON.parse(text, (_, value: Json) =>
    typeof value === "string" ? without(value, sent) : value,
  ) as JsonObject;
  return JSON.stringify(members) === text ? given : { ...given, members };
}

function without(text: string, { key, provider }: Sent): string {
  let result = text;
  if (key !== null) result = replace(result, key.value, "[key]");
  for (const name in provider.headers) result = replace(result, provider.headers[name] ?? "", "[secret]");
  return result;
}

function replace(text: string, secret: string, by: string): string {
  return secret.length < SHORTEST ? text : text.replaceAll(secret, by);
}
