// The parts of the translation's stop, as types.
import type { MasksOf } from "../domain/secret-masks.ts";
import type { Clock } from "../core/clock.ts";
import type { Protocol, TargetProtocol } from "../core/protocol.ts";
import type { ProviderRules } from "../core/rules.ts";
import type { SocketLimits, Transport } from "../core/transport.ts";
import type { FactsOf } from "../domain/model-facts-cache.ts";
import type { Address } from "./outbound.ts";
import type { InlineMedia } from "./media.ts";
import type { FactsIn } from "./choose-protocol.ts";
import type { QuirksOf } from "./own-quirks.ts";
import type { FindStandIn } from "./stand-ins.ts";
import type { StateKeeper } from "./state-keeper.ts";
import type { StoredThings } from "./stored-things.ts";
import type { Verdicts } from "./verdicts.ts";

export type Protocols = Readonly<Partial<Record<string, Protocol>>>;

export interface TranslateParts {
  /** Those that clients speak. */
  readonly protocols: Protocols;
  /** Those that only targets speak. Absent: none. */
  readonly targetOnly?: Readonly<Partial<Record<string, TargetProtocol>>> | undefined;
  readonly transport: Transport;
  readonly clock: Clock;
  /** The facts about a provider's model. */
  readonly factsOf: FactsOf;
  /** Downloads media that the target cannot fetch, into the request. Throws GatewayFailure(`unsupported`). */
  readonly inlineMedia: InlineMedia;
  /** The stored state of earlier answers. */
  readonly keeper: StateKeeper;
  /** The limits of a session's end. Absent: no session is opened. */
  readonly sessionLimits?: (() => SocketLimits) | undefined;
  /** Which provider stores what. */
  readonly storedThings: StoredThings;
}

/** With cached lookups. */
export interface Tools extends TranslateParts {
  readonly addressOf: (provider: ProviderRules) => Address;
  readonly standsInFor: FindStandIn;
  readonly quirksOf: QuirksOf;
  readonly factsIn: FactsIn;
  readonly masksOf: MasksOf;
  readonly verdicts: Verdicts;
}

export function protocolOf(protocols: Protocols, name: string): Protocol {
  const protocol = protocols[name];
  if (!protocol) throw new Error(`no codec for ${name}`);
  return protocol;
}

/** The codec of a target. */
export function targetProtocolOf(
  { protocols, targetOnly = {} }: Pick<TranslateParts, "protocols" | "targetOnly">,
  name: string,
): TargetProtocol {
  return targetOnly[name] ?? protocolOf(protocols, name);
}
