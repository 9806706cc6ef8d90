// The operator's settings, resolved at load into flat frozen values, so that no request merges options. Files, request
// headers and the library's argument all compile into these.
import type { Condition } from "./condition.ts";
import type { Credential } from "./credential.ts";
import type { JsonObject } from "./json.ts";
import type { Tariff } from "./price.ts";
import type { ProviderRow } from "./provider.ts";
import type { ProviderLookup } from "./provider-names.ts";
import type { ServerRules } from "./server-rules.ts";
import type { Verdict } from "./verdict.ts";

/** Milliseconds. Null: no limit of its own. */
export interface TimeoutRules {
  /** Until the connection is open and the request goes out. */
  readonly connect: number;
  /** From the attempt's start to the first content. Null: adaptive, within the defaults' bounds. */
  readonly firstToken: number | null;
  /** The least `firstToken` on the last target; null: adaptive. */
  readonly firstTokenAlone?: number | null;
  /** Until the response's headers; null: `firstToken` covers it. */
  readonly headers: number | null;
  /** The longest silence between two reads. Null: adaptive, within the defaults' bounds. */
  readonly idle: number | null;
  /** The whole call: attempts, waits and streaming. */
  readonly total: number;
  /** The fewest tokens a second of an answer that another target can continue. Absent: no floor. */
  readonly rate?: number | undefined;
}

export interface RetryRules {
  /** Retries on the same target. */
  readonly attempts: number;
  /** The longest wait before a retry, in milliseconds; after a longer hint the next target is asked at once. */
  readonly maxWait: number;
  /** The statuses to retry; null: the verdict decides. */
  readonly statuses: ReadonlySet<number> | null;
  /** Whether to follow vendors' wait hints. */
  readonly hints: boolean;
}

export interface BreakerRules {
  /** Consecutive failures that open it. */
  readonly failures: number;
  /**
   * The failed share (0 to 1) of the answers within `window` milliseconds that opens it, if there were at least
   * `minimum`.
   */
  readonly rate: number;
  readonly window: number;
  readonly minimum: number;
  /** Milliseconds to the first content after which an answer is slow; null: adaptive; Infinity: never. */
  readonly slowCall: number | null;
  /**
   * The share of slow answers within `window` that opens it while another target is available, 0 to 1, `minimum` as
   * above.
   */
  readonly slowRate: number;
  /** The first open time in milliseconds; it doubles, with jitter, up to `maxRest`. */
  readonly rest: number;
  readonly maxRest: number;
  /** Milliseconds after which a recovered target gets its full share again, if it has a stand-in. 0: at once. */
  readonly slowStart: number;
}

/** How many requests may be in flight at a target. */
export interface ConcurrencyRules {
  /** The fixed limit; null: none. */
  readonly max: number | null;
  /** Lower the limit while the target is overloaded. */
  readonly adaptive: boolean;
  /** The most requests that may wait for a slot if no other target is left. */
  readonly queue: number;
  /** The longest wait, in milliseconds. */
  readonly wait: number;
}

/** The failures after which a fallback asks its next child. */
export type Trigger =
  | {
      readonly kind: "verdicts";
      readonly verdicts: ReadonlySet<Verdict>;
      readonly statuses: ReadonlySet<number>;
      /** Also after a whole answer that ended at its length limit. */
      readonly truncated?: boolean | undefined;
    }
  /** Network failures, and these statuses only. */
  | { readonly kind: "statuses"; readonly statuses: ReadonlySet<number> }
  /** Every failure. */
  | { readonly kind: "any-failure" };

export type MidStream = "error" | "continue" | "restart";

/** One credential of a provider's pool. Never printed: show its `label`. */
export type Key = Credential;

/** A provider as configured. */
export interface ProviderRules {
  readonly name: string;
  readonly row: ProviderRow;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly keys: readonly Key[];
  readonly headers: Readonly<Record<string, string>>;
  /** The operator's facts about its models, by name or pattern, for display: the row's facts include them. */
  readonly models?: Readonly<Record<string, object>> | undefined;
  /** False: the operator does not want it to be asked for its list of models. */
  readonly modelList?: false | undefined;
  /**
   * Its key's variable is usually another provider's, and the configuration does not name it: it is asked as
   * `provider/model` only, and listed nowhere.
   */
  readonly namedOnly?: true | undefined;
  /** The address came with a request: the transport checks it after DNS, and pins it. */
  readonly guarded: boolean;
  /** Absent: it has one address. */
  readonly places?: ProviderPlaces | undefined;
}

/** A provider at several addresses: regions of a cloud, or resources. Each is a provider with a state of its own. */
export interface ProviderPlaces {
  /** The setting that lists them, e.g. `location`. */
  readonly setting: string;
  /** Null: asked in the written order. */
  readonly by: BalanceRule | null;
  /** Named after the provider and the place: `vertex.europe-west4`. */
  readonly providers: readonly ProviderRules[];
}

export interface TargetNode {
  readonly kind: "target";
  /** Its path in the route, e.g. `assistant.fallback[0]`, or Portkey's `config.targets[0]`. */
  readonly path: string;
  /** `provider/model`. */
  readonly name: string;
  readonly provider: ProviderRules;
  readonly model: string;
  readonly params: JsonObject;
  readonly timeout: TimeoutRules;
  readonly retry: RetryRules;
  /** Null: switched off. */
  readonly breaker: BreakerRules | null;
  /** Absent: no limit. */
  readonly concurrency?: ConcurrencyRules | undefined;
  readonly midStream: MidStream;
  /** This target's own `fallback_on`, if it has one; otherwise its node's applies. */
  readonly trigger?: Trigger | undefined;
  /** Its price. Absent or null: unknown, which counts as the most expensive. */
  readonly tariff?: Tariff | null | undefined;
}

/** Asked in order, until one answers. */
export interface FallbackNode {
  readonly kind: "fallback";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly trigger: Trigger;
  /** `fastest`: a later child is asked first while the first one is much slower. Absent: the written order. */
  readonly prefer?: "fastest" | undefined;
  /** The places of one target: this target's own `fallback_on`, as in `TargetNode.trigger`. */
  readonly leftOn?: Trigger | undefined;
}

export const balanceRules = ["weight", "latency", "load", "cost", "headroom"] as const;
export type BalanceRule = (typeof balanceRules)[number];

/** Which of a caller's requests stay with one child while that child answers. */
export type Stickiness =
  /** Requests with the same value of one metadata key. */
  | { readonly kind: "metadata"; readonly name: string }
  /** Requests of one conversation, recognized by its beginning up to the end of the first question. */
  | { readonly kind: "conversation" };

/** The rule chooses one child; if it fails, the others are asked in the rule's order. */
export interface BalanceNode {
  readonly kind: "balance";
  readonly path: string;
  readonly children: readonly RouteNode[];
  /** One per child; 0: only if no other child answers. */
  readonly weights: readonly number[];
  readonly by: BalanceRule;
  readonly stick: Stickiness | null;
  readonly trigger: Trigger;
  /** As in `FallbackNode`. */
  readonly leftOn?: Trigger | undefined;
}

/** The first child whose condition matches. If there is one child more than conditions, the last one is `else`. */
export interface WhenNode {
  readonly kind: "when";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly conditions: readonly Condition[];
}

/** Asked in order; if the asked ones are late, the next is asked as well, and the first good answer wins. */
export interface HedgeNode {
  readonly kind: "hedge";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly trigger: Trigger;
  readonly after: HedgeDelay;
  /** The share of requests (0 to 1) for which a second one may be sent. */
  readonly cap: number;
  /** Also hedge requests with side effects (those with tools). */
  readonly sideEffects: boolean;
}

export type HedgeDelay =
  | { readonly kind: "fixed"; readonly milliseconds: number }
  /** A quantile of the first child's measured times: 0.95 is later than 95 of 100 answers. */
  | { readonly kind: "quantile"; readonly quantile: number };

/** A node with children. */
export type BranchNode = FallbackNode | BalanceNode | WhenNode | HedgeNode;
export type RouteNode = TargetNode | BranchNode;

export interface Route {
  readonly name: string;
  readonly node: RouteNode;
  /** The limit of the whole call, in milliseconds. */
  readonly total: number;
  /** Which failure the caller gets if all targets failed: the most telling one (default), or the last one. */
  readonly lastWord?: "most-telling" | "last";
  /** The route came with a request, including its timeouts: a timeout then says little about a target's health. */
  readonly inline?: boolean;
}

export interface LedgerRules {
  /** Records kept in memory. */
  readonly memory: number;
  /** The file for JSON lines; null: none. Absent: the operator did not say, and the program decides. */
  readonly file?: string | null | undefined;
  /** Bytes; a larger file is moved aside. */
  readonly maxSize: number;
}

/** All settings, frozen. A reload replaces them as a whole. */
export interface Rules {
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** Known providers without a key here, by name, with the variables that would hold one. */
  readonly keyless: ReadonlyMap<string, readonly string[]>;
  readonly routes: ReadonlyMap<string, Route>;
  /** Routes whose names are patterns (`gpt-*`), the most specific one first. They are not listed as models. */
  readonly patterns: readonly Route[];
  /** The route of the first pattern that matches, with the asked model in place of a target's `*`; null: none does. */
  readonly match: (model: string) => Route | null;
  /**
   * Makes a target of `provider/model` that no route names, with the default settings. `model` empty: for requests without
   * one. Null: no such provider.
   */
  readonly direct: (provider: string, model: string) => Route | null;
  /** Further names of providers. Absent: none are known. */
  readonly names?: ProviderLookup | undefined;
  readonly server: ServerRules;
  readonly ledger: LedgerRules;
  /** Private hosts that a request may name. */
  readonly trustedHosts: ReadonlySet<string>;
  /** The source of the rules, for people: a path, or `environment`. */
  readonly source: string;
}
