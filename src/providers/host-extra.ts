// What an OpenAI-compatible host may have beyond its address, and the parts that many have alike.
import type { Account } from "../core/account.ts";
import type { ProtocolName } from "../core/chat.ts";
import type { Quirk } from "../core/provider.ts";
import type { HostFacts } from "./facts.ts";

export interface HostExtra {
  readonly quirks?: readonly Quirk[];
  readonly facts?: HostFacts;
  /** Headers that are forwarded from a caller. */
  readonly forward?: readonly string[];
  /** Further protocols in which it takes a caller's own bytes. */
  readonly also?: readonly ProtocolName[];
  /** Those of `also` that belong to its API wherever that is served. Absent: its usual address alone is known to have them. */
  readonly everywhere?: readonly ProtocolName[];
  /** The ends of its base URL by protocol, see `ProviderRow.bases`. */
  readonly bases?: Readonly<Partial<Record<ProtocolName, string>>>;
  readonly account?: Account;
}

/** A caller of Anthropic's protocol sends these to any host of it. */
export const messagesHeaders: readonly string[] = ["anthropic-version", "anthropic-beta"];
export const alsoMessages: HostExtra = { also: ["anthropic-messages"], forward: messagesHeaders };
export const alsoResponses: HostExtra = { also: ["openai-responses"] };
export const alsoBoth: HostExtra = { also: ["openai-responses", "anthropic-messages"], forward: messagesHeaders };
