// The columns of the verdict table: the consequences of one failure. The rows are in verdict.ts. Types only.

/** The consequences of a failed attempt, unless the operator's configuration says otherwise. */
export interface VerdictRule {
  /** The cause: `limit` is a rate or quota, `setup` is the operator's configuration, `output` is the model's. */
  readonly fault: "target" | "limit" | "key" | "setup" | "request" | "output" | "caller";
  /**
   * Whether to ask the same target again (F5). `hinted`: only if the vendor says when or says that it helps, or if no
   * other target is left. `invited`: only if the vendor says that it helps.
   */
  readonly retry: "always" | "hinted" | "invited" | "never";
  /** How the target's circuit breaker counts it. */
  readonly breaker: "failure" | "success" | "ignored";
  /** How the target's error rate counts it; null: not at all. */
  readonly errorRate: 1 | 0 | null;
  /** Whether the default `fallback_on` includes it: the next target is asked. */
  readonly leaves: boolean;
  /** HTTP status for the client if no target answers (F10). */
  readonly clientStatus: number;
  /** The same request may succeed soon. */
  readonly transient: boolean;
  /** Rank among several failures (F10): the client gets the one with the lowest number. */
  readonly telling: number;
  /** The target was silent for too long. Before the first content, it is not asked again for this request (F6). */
  readonly silence?: "before-content" | "in-stream";
  /** A started stream broke off. */
  readonly breaksOff?: true;
  /** No other target may continue the answer in mid-stream. */
  readonly final?: true;
  /** Too many requests at once: the adaptive concurrency limit shrinks. */
  readonly overload?: true;
  /**
   * The refusal may name something that this target does not take. The gateway learns it for later requests (F7, F8).
   */
  readonly teaches?: true;
  /** The API key cools down. */
  readonly keyCooldown?: KeyCooldown;
  /** No retry can fix it: the operator gets this advice. */
  readonly advice?: string;
}

export interface KeyCooldown {
  /** Milliseconds, unless the vendor gives a time. */
  readonly ms: number;
  readonly models: "this" | "all";
  /** The vendor refused the key, which is worse than a busy key: after the cooldown, one request tries it. */
  readonly isRefusal: boolean;
  /** Whether a target's only key cools down too. `hinted`: only if the vendor says for how long. */
  readonly onlyKey: "always" | "hinted" | "never";
}
