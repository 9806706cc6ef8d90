// What a gateway is made of, as types: the parts that a request meets on its way, and what may be given in place of them.
import type { EngineParts } from "./attempt/call-run.ts";
import type { Clock, Ids, Random } from "./core/clock.ts";
import type { Arrival, TracedReply } from "./core/exchange.ts";
import type { GatewayFailure } from "./core/failure.ts";
import type { Protocol } from "./core/protocol.ts";
import type { Rules } from "./core/rules.ts";
import type { Recorder } from "./core/recorder.ts";
import type { SharedState } from "./core/shared-state.ts";
import type { Transport } from "./core/transport.ts";
import type { Endpoints } from "./decode/endpoint.ts";
import type { PlanOptions } from "./plan/plan.ts";
import type { Ledger } from "./record/ledger.ts";
import type { TranslateParts } from "./translate/translate.ts";

/** What may be given in place of the real thing. */
export interface GatewayOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  readonly transport?: Transport;
  /** Where gateways that run side by side tell one another of health and keys. Default: this one is alone. */
  readonly shared?: SharedState;
  /** Told what an operator should know: what in a configuration is probably not as meant, refused keys, lost ledger lines, faults of the gateway's own. Default: standard error. */
  readonly warn?: (message: string) => void;
}

/** All that a request meets on its way. */
export interface Parts extends Omit<EngineParts, "ask">, TranslateParts {
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly planning: PlanOptions;
  readonly startedSeconds: number;
  readonly mintId: (protocol: Protocol) => string;
  /** The rules in force; a request reads them where it needs them, a reload swaps them whole. */
  rules(): Rules;
  draining(): boolean;
  readonly endpoints: Endpoints;
  asFailure(error: unknown): GatewayFailure;
  renderInline(error: unknown, arrival: Arrival): TracedReply | null;
}

/** What changes while a gateway runs. */
export interface GatewayState {
  rules: Rules;
  draining: boolean;
}
