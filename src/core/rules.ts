// What an operator may say, resolved at load into flat frozen values: no request merges options. Files, headers of a
// request and the library's argument all compile into these.
import type { Condition } from "./condition.ts";
import type { Credential } from "./credential.ts";
import type { JsonObject } from "./json.ts";
import type { Tariff } from "./price.ts";
import type { ProviderRow } from "./provider.ts";
import type { Verdict } from "./verdict.ts";

/** Milliseconds. Null: not bounded by this one. */
export interface TimeoutRules {
  /** Until the connection stands and the request is under way. */
  readonly connect: number;
  /** From the attempt's start to the first content. Null: as the target has shown, within the defaults' bounds. */
  readonly firstToken: number | null;
  /** Until the response's head; null: `firstToken` covers it. */
  readonly headers: number | null;
  /** Longest silence between two reads. Null: as the target has shown, within the defaults' bounds. */
  readonly idle: number | null;
  /** The whole call: attempts, waits and streaming. */
  readonly total: number;
}

export interface RetryRules {
  /** Further tries on the same target. */
  readonly attempts: number;
  /** The longest wait that is still waited for, in milliseconds; a longer hint means the next target now. */
  readonly maxWait: number;
  /** Statuses that are retried; null: as the verdict says. */
  readonly statuses: ReadonlySet<number> | null;
  /** Whether vendors' wait hints are followed. */
  readonly hints: boolean;
}

export interface BreakerRules {
  /** Failures in a row that open it. */
  readonly failures: number;
  /** The share of the answers within `window` milliseconds that opens it, 0 to 1, where there were `minimum` at least. */
  readonly rate: number;
  readonly window: number;
  readonly minimum: number;
  /** First rest in milliseconds; doubles, with jitter, up to `maxRest`. */
  readonly rest: number;
  readonly maxRest: number;
  /** Milliseconds in which a target that is back comes to its full share, where there is a stand-in. 0: at once. */
  readonly slowStart: number;
}

/** How many requests may be under way at a target. */
export interface ConcurrencyRules {
  /** At most, whatever it shows; null: as many as come. */
  readonly max: number | null;
  /** Fewer while the target shows that they are too many. */
  readonly adaptive: boolean;
  /** Requests that may wait for a place, where no other target is left. */
  readonly queue: number;
  /** The longest that one waits, in milliseconds. */
  readonly wait: number;
}

/** When a fallback node leaves a child for the next. */
export type Trigger =
  | {
      readonly kind: "verdicts";
      readonly verdicts: ReadonlySet<Verdict>;
      readonly statuses: ReadonlySet<number>;
      /** A whole answer that ended at its length is left too. */
      readonly truncated?: boolean | undefined;
    }
  /** Network failures, and these statuses only. */
  | { readonly kind: "statuses"; readonly statuses: ReadonlySet<number> }
  /** Whatever is not a success. */
  | { readonly kind: "any-failure" };

export type MidStream = "error" | "continue" | "restart";

/** One credential of a provider's pool. Never printed: `label` is what may be shown. */
export type Key = Credential;

/** A provider as configured. */
export interface ProviderRules {
  readonly name: string;
  readonly row: ProviderRow;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  readonly keys: readonly Key[];
  readonly headers: Readonly<Record<string, string>>;
  /** What the operator says of its models, by name or pattern: already in the row's facts, kept for people to see. */
  readonly models?: Readonly<Record<string, object>> | undefined;
  /** True where the address came with a request: checked after DNS, pinned. */
  readonly guarded: boolean;
}

export interface TargetNode {
  readonly kind: "target";
  /** Its place in the route, e.g. `assistant.fallback[0]`, or Portkey's `config.targets[0]`. */
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
  /** Absent: as many as come. */
  readonly concurrency?: ConcurrencyRules | undefined;
  readonly midStream: MidStream;
  /** When this one target is left, where it says so itself; else its node's trigger does. */
  readonly trigger?: Trigger | undefined;
  /** What it costs. Absent or null: unknown, which counts as the dearest. */
  readonly tariff?: Tariff | null | undefined;
}

/** In order, until one answers. */
export interface FallbackNode {
  readonly kind: "fallback";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly trigger: Trigger;
  /** `fastest`: a later child leads while the first is markedly slower. Absent: the order as written. */
  readonly prefer?: "fastest" | undefined;
}

export const balanceRules = ["weight", "latency", "load", "cost", "headroom"] as const;
export type BalanceRule = (typeof balanceRules)[number];

/** What keeps a caller's requests with one child, as long as that one answers. */
export type Stickiness =
  /** The value of one key of the request's metadata. */
  | { readonly kind: "metadata"; readonly name: string }
  /** How the conversation begins, up to the end of its first question. */
  | { readonly kind: "conversation" };

/** One is chosen by the rule, then the rest are asked in the rule's order, until one answers. */
export interface BalanceNode {
  readonly kind: "balance";
  readonly path: string;
  readonly children: readonly RouteNode[];
  /** Beside each child; 0: only where nobody else answers. */
  readonly weights: readonly number[];
  readonly by: BalanceRule;
  readonly stick: Stickiness | null;
  readonly trigger: Trigger;
}

/** The first child whose condition holds. One child more than conditions: what serves all others. */
export interface WhenNode {
  readonly kind: "when";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly conditions: readonly Condition[];
}

/** In order; the next is asked as well when those before are late, and the first good answer wins. */
export interface HedgeNode {
  readonly kind: "hedge";
  readonly path: string;
  readonly children: readonly RouteNode[];
  readonly trigger: Trigger;
  readonly after: HedgeDelay;
  /** The share of requests, 0 to 1, for which a second one may be sent. */
  readonly cap: number;
  /** Requests that can make something happen (they bring tools) are hedged too. */
  readonly sideEffects: boolean;
}

export type HedgeDelay =
  | { readonly kind: "fixed"; readonly milliseconds: number }
  /** Of what the first child has shown: 0.95 is later than 95 of 100 answers. */
  | { readonly kind: "quantile"; readonly quantile: number };

/** A node that has children. */
export type BranchNode = FallbackNode | BalanceNode | WhenNode | HedgeNode;
export type RouteNode = TargetNode | BranchNode;

export interface Route {
  readonly name: string;
  readonly node: RouteNode;
  /** The whole call, in milliseconds. */
  readonly total: number;
  /** Which failure the caller sees when all failed: the most telling one (default), or the last one. */
  readonly lastWord?: "most-telling" | "last";
  /** It came with a request, its timeouts too: what they cut short says little of a target's health. */
  readonly inline?: boolean;
}

export interface ServerRules {
  readonly host: string;
  readonly port: number;
  /** Bytes. */
  readonly maxBody: number;
  readonly maxDepth: number;
  /** How long a stop waits for streams that are under way, in milliseconds. */
  readonly grace: number;
  /** Keys that clients must present; empty: anyone who reaches the port. */
  readonly keys: readonly string[];
  /** The operator's own key, for the paths under /admin. Absent: they are not there. */
  readonly adminKey?: string | undefined;
}

export interface LedgerRules {
  /** Records kept in memory. */
  readonly memory: number;
  /** JSON lines are appended here; null: not. */
  readonly file: string | null;
}

/** Everything, frozen. Swapped whole on reload. */
export interface Rules {
  readonly providers: ReadonlyMap<string, ProviderRules>;
  /** Providers that are known but have no key here, by name, with the variables that would give one. */
  readonly keyless: ReadonlyMap<string, readonly string[]>;
  readonly routes: ReadonlyMap<string, Route>;
  /** Makes a target of `provider/model` that no route names, with the default policies. Null: no such provider. */
  readonly direct: (provider: string, model: string) => Route | null;
  readonly server: ServerRules;
  readonly ledger: LedgerRules;
  /** Hosts that a request may name although they are private. */
  readonly trustedHosts: ReadonlySet<string>;
  /** Where this came from, for people: a path, or `environment`. */
  readonly source: string;
}
