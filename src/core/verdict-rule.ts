// The columns of the table of verdicts: what one failure leads to. The rows are in verdict.ts. Shapes only.

/** What a failed attempt leads to where the operator's configuration says nothing else. */
export interface VerdictRule {
  /** Whose fault it is: `limit` is a rate or quota, `setup` is the operator's configuration, `output` is the model's. */
  readonly fault: "target" | "limit" | "key" | "setup" | "request" | "output" | "caller";
  /**
   * Whether the same target is asked again (F5). `hinted`: only where the vendor says when, says that it helps, or where no
   * other target is left. `invited`: only where the vendor says that it helps.
   */
  readonly retry: "always" | "hinted" | "invited" | "never";
  /** What the target's circuit breaker counts it as. */
  readonly breaker: "failure" | "success" | "ignored";
  /** What the target's error rate counts it as; null: nothing. */
  readonly errorRate: 1 | 0 | null;
  /** In the default of `fallback_on`: the next target is asked. */
  readonly leaves: boolean;
  /** HTTP status for the client where this is the last word (F10). */
  readonly clientStatus: number;
  /** The same request may succeed a little later. */
  readonly transient: boolean;
  /** Rank among several failures (F10): the lowest one is reported. */
  readonly telling: number;
  /** The target sent nothing for too long. Before its first content, it is not asked again for this request (F6). */
  readonly silence?: "before-content" | "in-stream";
  /** A stream that had begun broke off. */
  readonly breaksOff?: true;
  /** No other target may go on with the answer in mid-stream. */
  readonly final?: true;
  /** Too much at a time: the adaptive concurrency limit shrinks. */
  readonly overload?: true;
  /** It may name something in the request that this target does not take: learnt, and minded by later requests (F7, F8). */
  readonly teaches?: true;
  /** The API key cools down. */
  readonly keyCooldown?: KeyCooldown;
  /** No retry mends it: told to the operator, with this advice. */
  readonly advice?: string;
}

export interface KeyCooldown {
  /** Milliseconds, where the vendor does not say. */
  readonly ms: number;
  readonly models: "this" | "all";
  /** The key was refused, and is not merely busy: when the cooldown is over, one request tries it. */
  readonly isRefusal: boolean;
  /** Whether a target's only key cools down too. `hinted`: where the vendor says for how long. */
  readonly onlyKey: "always" | "hinted" | "never";
}
