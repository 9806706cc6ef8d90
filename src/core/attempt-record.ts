// One try on one target, as the gateway records it: the source of the ledger, the headers and the errors.
import type { Usage } from "./chat.ts";
import type { Tariff } from "./price.ts";
import type { Verdict } from "./verdict.ts";

/** One try on one target, as in the ledger. Filled while it runs, final once `verdict` is set. */
export interface AttemptRecord {
  readonly target: string;
  /** The path in the route. */
  readonly path: string;
  /** 0 for the first try on this target, then 1, 2 … */
  readonly retry: number;
  /** Not asked: it cannot serve the request; `verdict` and `message` say why. */
  skipped?: boolean | undefined;
  /** Clock milliseconds. */
  readonly startedAt: number;
  verdict: Verdict | null;
  /** The verdict of an open stream if nothing else happens. Absent: `ok`. */
  foreseen?: Verdict | undefined;
  status: number | null;
  /** The vendor's message on failure, shortened; never a key. */
  message: string | null;
  /** Milliseconds since `startedAt`; null if they never arrived. */
  headersMs: number | null;
  firstTokenMs: number | null;
  totalMs: number | null;
  bytesOut: number;
  bytesIn: number;
  /** By the vendor's count; null if it gave none. */
  usage: Usage | null;
  /** Of a session: the messages each way. Absent: it is none. */
  messages?: { in: number; out: number } | undefined;
  /** An answer that broke off, and that another target finished: what its vendor did not count is estimated. */
  usageFrom?: "estimate" | undefined;
  /**
   * The price of its target's tokens; null: unknown. Read when the attempt is written to the ledger, not while it runs.
   */
  readonly tariff: Tariff | null;
  dropped: readonly string[];
  adapted: readonly string[];
  /** The gateway wrote or changed its body (more than the model's name). A refusal may then be our fault. */
  rewritten?: boolean | undefined;
  /**
   * Its body was the caller's own, and another vendor of its protocol comes earlier: the caller may have meant that
   * vendor.
   */
  standsIn?: boolean | undefined;
  /** Its reused connection closed unanswered, so the request went out again on a new connection. */
  resent?: true | undefined;
  /** The key's masked label. */
  key: string | null;
  /** The key's source, e.g. `config`, `env NAME`, `request`. */
  keySource: string | null;
  /** The vendor's request id. */
  vendorRequestId: string | null;
}
