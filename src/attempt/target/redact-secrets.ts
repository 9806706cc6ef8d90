// Removes the secrets that were sent to a vendor from its error text. Vendors do quote the key that they refuse. Other
// code masks keys of known shapes; this file knows the secrets themselves, in any shape, plain and encoded. It must
// never mask short words: a dummy key such as `none` is not a secret, and masking it would spoil the sentence.
import type { WireFailure } from "../../core/failure.ts";
import type { Json } from "../../core/json.ts";
import { mask, masksFor, type SentSecrets } from "../../domain/secret-masks.ts";

/** All texts of a failure that are the vendor's words. */
type VendorWords = Pick<WireFailure, "message" | "code" | "type" | "param" | "members">;

/** The failure without the secrets of the used credential and without the values of the operator's own headers. */
export function redactSecrets(failure: WireFailure, sent: SentSecrets): WireFailure {
  const masks = masksFor(sent);
  if (masks.length === 0) return failure;
  let isChanged = false;
  const redact = (value: Json | undefined): Json | undefined => {
    if (typeof value === "string") {
      const text = mask(value, masks);
      isChanged ||= text !== value;
      return text;
    }
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(redact) as Json;
    // A member's name is a vendor's text too.
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name), redact(member)])) as Json;
  };
  const { message, code, type, param, members, vendorError, unknownEnding } = failure;
  const words = redact({ message, code, type, param, ...(members && { members }) }) as unknown as VendorWords;
  const redacted = {
    ...failure,
    ...words,
    ...(vendorError && { vendorError: { ...vendorError, members: redact(vendorError.members) } }),
    ...(unknownEnding && { unknownEnding: { ...unknownEnding, word: redact(unknownEnding.word) } }),
  } as WireFailure;
  return isChanged ? redacted : failure;
}
