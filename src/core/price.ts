// What tokens cost, in US dollars: what a choice by cost goes by, and what the ledger notes. Prices are those of a list or
// the operator's own; they leave out discounts and all that is no token, and are no invoice.
import type { Usage } from "./chat.ts";

/** US dollars for a million tokens. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

/** What one model costs at one provider. Looked up when first asked, not before, and then remembered for a while. */
export interface Tariff {
  /** That of usual requests; null where it is not known. `at`: epoch milliseconds; absent: today's. */
  price(at?: number): Price | null;
  /** US dollars for what a vendor counted, at that time; null where the price, or a count that it needs, is not known. */
  cost(usage: Usage, at: number): number | null;
}
