// The error object of a vendor's answer, for the caller, beside our own message: its code, its details, everything
// else. Bounded, and without keys and account ids, which vendors do quote.
import type { ProtocolName } from "../../core/chat.ts";
import type { VendorError } from "../../core/failure.ts";
import type { JsonObject } from "../../core/json.ts";
import { maskAccounts, maskKeys } from "./mask.ts";
import { membersOf, parseJson } from "./read.ts";

/** Characters of JSON. A longer object echoes the request. */
const LONGEST = 8_192;

/** Undefined if the object contains only a message. */
export function vendorErrorOf(protocol: ProtocolName, error: JsonObject): VendorError | undefined {
  const { message: _, ...members } = error;
  const text = JSON.stringify(members);
  if (text === "{}" || text.length > LONGEST) return undefined;
  const cleaned = maskAccounts(maskKeys(text));
  return { protocol, members: cleaned === text ? members : membersOf(parseJson(cleaned)) };
}
