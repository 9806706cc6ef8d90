// Removes the secrets that were sent to a vendor from its error text. Vendors do quote the key that they refuse. Other
// code masks keys of known shapes; this file knows the secrets themselves, in any shape, plain and encoded. It must
// never mask short words: a dummy key such as `none` is not a secret, and masking it would spoil the sentence.
import type { VendorError, WireFailure } from "../../core/failure.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { mask, masksFor, type Masks, type SentSecrets } from "../../domain/secret-masks.ts";

/** The failure without the secrets of the used credential and without the values of the operator's own headers. */
export function redactSecrets(failure: WireFailure, sent: SentSecrets): WireFailure {
  const masks = masksFor(sent);
  const message = mask(failure.message, masks);
  const param = failure.param === null ? null : mask(failure.param, masks);
  const vendorError = failure.vendorError === undefined ? undefined : redactIn(failure.vendorError, masks);
  if (message === failure.message && param === failure.param && vendorError === failure.vendorError) return failure;
  return { ...failure, message, param, vendorError };
}

function redactIn(error: VendorError, masks: Masks): VendorError {
  const text = JSON.stringify(error.members);
  const members = JSON.parse(text, (_, value: Json) =>
    typeof value === "string" ? mask(value, masks) : value,
  ) as JsonObject;
  return JSON.stringify(members) === text ? error : { ...error, members };
}
