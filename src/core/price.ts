// What tokens cost, in US dollars, for choices by cost and for the ledger. The prices are those of a list or of the
// operator. They contain no discounts and nothing but tokens, so they are not an invoice.
import type { Usage } from "./chat.ts";

/** US dollars for a million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** Input read from the vendor's cache. Absent: as other input. */
  readonly cached?: number | undefined;
  /** Input written to the vendor's cache. Absent: as other input. */
  readonly cacheWrite?: number | undefined;
  /** Input that the vendor's cache keeps for an hour. Absent: as other writes. */
  readonly cacheWrite1h?: number | undefined;
}

export interface Price extends Rates {
  /** The rates of requests with more input tokens than this. Absent: none, long prompts cost the same. */
  readonly above?: readonly (Rates & { readonly tokens: number })[] | undefined;
}

/** The price of one model at one provider. Looked up on first use, then cached for a while. */
export interface Tariff {
  /** The price of usual requests; null if unknown. `at`: epoch milliseconds; absent: today's price. */
  price(at?: number): Price | null;
  /** The cost of a vendor's count at that time, in US dollars; null if the price, or a necessary count, is unknown. */
  cost(usage: Usage, at: number): number | null;
}
