// The types of a gateway's parts: everything that a request needs on its way, and what an embedder may replace. Types
// only.
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
import type { ModelsBook } from "./decode/models.ts";
import type { RepeatedCalls } from "./decode/repeated-calls.ts";
import type { BackgroundLists } from "./model-lists/model-lists.ts";
import type { PlanOptions } from "./plan/plan.ts";
import type { WriteIncident } from "./record/incident-log.ts";
import type { Ledger } from "./record/ledger.ts";
import type { TranslateParts } from "./translate/translate-parts.ts";

/** Parts that replace the defaults. */
export interface GatewayOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly ids?: Ids;
  readonly transport?: Transport;
  /** A store through which gateways side by side share breakers and cooldowns. Default: none, this one is alone. */
  readonly shared?: SharedState;
  /** The ledger's file, if the configuration names none. Default: none, the ledger is in memory only. */
  readonly ledgerFile?: string;
  /**
   * Gets the operator's warnings: suspicious settings, refused keys, lost ledger lines, faults of the gateway. Default:
   * standard error.
   */
  readonly warn?: (message: string) => void;
  /**
   * Gets each incident: a request that failed, broke off or fell back to a later target; a circuit breaker that opened
   * or closed; an API key that cools down. As one line of text and as data. Default: `warn` gets the text.
   */
  readonly log?: WriteIncident;
}

/** Everything that a request needs on its way. */
export interface Parts extends Omit<EngineParts, "ask">, TranslateParts {
  readonly ids: Ids;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly planning: PlanOptions;
  readonly modelLists: BackgroundLists;
  readonly modelsBook: ModelsBook;
  readonly startedSeconds: number;
  readonly mintId: (protocol: Protocol) => string;
  /** The current rules. A request reads them when it needs them; a reload replaces them as a whole. */
  rules(): Rules;
  draining(): boolean;
  readonly endpoints: Endpoints;
  readonly repeatedCalls: RepeatedCalls;
  asFailure(error: unknown): GatewayFailure;
  renderInline(error: unknown, arrival: Arrival): TracedReply | null;
}

/** The state that changes while a gateway runs. */
export interface GatewayState {
  rules: Rules;
  draining: boolean;
}
