// Takes out of a vendor's words what was sent to it as a secret. Vendors do quote the key they refuse; keys of known shapes
// are masked where the words are read, this one knows the very secret, whatever its shape. Never masks short words: a
// dummy key such as `none` is no secret, and would spoil the sentence.
import type { WireFailure } from "../core/failure.ts";
import type { Key, ProviderRules } from "../core/rules.ts";

const SHORTEST = 8;

/** The failure without the key that was used and without the values of the operator's own headers. */
export function conceal(
  failure: WireFailure,
  sent: { readonly key: Key | null; readonly provider: ProviderRules },
): WireFailure {
  const message = without(failure.message, sent);
  const param = failure.param === null ? null : without(failure.param, sent);
  return message === failure.message && param === failure.param ? failure : { ...failure, message, param };
}

function without(
  text: string,
  { key, provider }: { readonly key: Key | null; readonly provider: ProviderRules },
): string {
  let result = text;
  if (key !== null) result = replace(result, key.value, "[key]");
  for (const name in provider.headers) result = replace(result, provider.headers[name] ?? "", "[secret]");
  return result;
}

function replace(text: string, secret: string, by: string): string {
  return secret.length < SHORTEST ? text : text.replaceAll(secret, by);
}
