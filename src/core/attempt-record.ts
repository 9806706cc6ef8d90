// One try on one target, as it is recorded: what the ledger, the headers and the errors tell of it.
import type { Usage } from "./chat.ts";
import type { Tariff } from "./price.ts";
import type { Verdict } from "./verdict.ts";

/** One try on one target, as the ledger keeps it. Filled while it runs, final once `verdict` is set. */
export interface AttemptRecord {
  readonly target: string;
  /** Place in the route. */
  readonly path: string;
  /** 0 for the first try on this target, then 1, 2 … */
  readonly retry: number;
  /** Not asked: it cannot serve the request, as `verdict` and `message` say. */
  skipped?: boolean | undefined;
  /** Clock milliseconds. */
  readonly startedAt: number;
  verdict: Verdict | null;
  /** What a stream that is still going on comes to if nothing happens to it. Absent: `ok`. */
  foreseen?: Verdict | undefined;
  status: number | null;
  /** The vendor's words on failure, shortened; never a key. */
  message: string | null;
  /** Milliseconds since `startedAt`; null where it never came. */
  headersMs: number | null;
  firstTokenMs: number | null;
  totalMs: number | null;
  bytesOut: number;
  bytesIn: number;
  /** As the vendor said; null where it did not. */
  usage: Usage | null;
  /** What its target's tokens cost; null: nobody knows. Asked when the attempt is written down, not while it runs. */
  readonly tariff: Tariff | null;
  dropped: readonly string[];
  adapted: readonly string[];
  /** Its body was not the caller's own: put into other words, or changed but for the model's name. A refusal is then ours. */
  rewritten?: boolean | undefined;
  /** Its body was the caller's own, and another vendor of its protocol comes before: it may have been written for that one. */
  standsIn?: boolean | undefined;
  /** The key's label, masked. */
  key: string | null;
  /** Where the key came from, e.g. `config`, `env NAME`, `request`. */
  keySource: string | null;
  /** The vendor's request id. */
  vendorRequestId: string | null;
}
