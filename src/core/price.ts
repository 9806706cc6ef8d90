// What tokens cost, in US dollars, for choices by cost and for the ledger. The prices are those of a list or of the
// operator. They contain no discounts and nothing but tokens, so they are not an invoice.
import type { Usage } from "./chat.ts";

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** The price of one model at one provider. Looked up on first use, then cached for a while. */
export interface Tariff {
  /** The price of usual requests; null if unknown. `at`: epoch milliseconds; absent: today's price. */
  price(at?: number): Price | null;
  /** The cost of a vendor's count at that time, in US dollars; null if the price, or a necessary count, is unknown. */
  cost(usage: Usage, at: number): number | null;
}
