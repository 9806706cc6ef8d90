// The times at which a vendor's port closes and opens again for `connection-refused`.
import type { FaultScript } from "./faults/fault-script.ts";
import { vendors, type Vendor } from "./vocabulary.ts";
import type { VendorServer } from "./wire/vendor-server.ts";

export class RefusalTimers {
  readonly #servers: Readonly<Record<Vendor, VendorServer>>;
  readonly #timers: Readonly<Record<Vendor, Set<NodeJS.Timeout>>> = {
    google: new Set(),
    openai: new Set(),
    anthropic: new Set(),
  };

  constructor(servers: Readonly<Record<Vendor, VendorServer>>) {
    this.#servers = servers;
  }

  start(vendor: Vendor, { afterMs = 0, forMs }: FaultScript): void {
    const server = this.#servers[vendor];
    if (afterMs > 0) this.#after(vendor, afterMs, () => server.refuse());
    else server.refuse();
    if (forMs !== undefined) this.#after(vendor, afterMs + forMs, () => server.reopen());
  }

  /** Opens the port of one vendor, or of all, if it was closed. */
  end(vendor?: Vendor): void {
    for (const one of vendor === undefined ? vendors : [vendor]) {
      this.#clear(one);
      this.#servers[one].reopen();
    }
  }

  /** Forgets the timers and opens nothing. */
  stop(): void {
    for (const vendor of vendors) this.#clear(vendor);
  }

  #after(vendor: Vendor, milliseconds: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers[vendor].delete(timer);
      act();
    }, milliseconds);
    this.#timers[vendor].add(timer);
  }

  #clear(vendor: Vendor): void {
    for (const timer of this.#timers[vendor]) clearTimeout(timer);
    this.#timers[vendor].clear();
  }
}
