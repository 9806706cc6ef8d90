// How gateways that run side by side share what they learn about targets and keys. A shared store implements
// `SharedState` and distributes the news when it can. No request ever waits for it (F15).
import type { Cancel } from "./clock.ts";

/** Times are durations in milliseconds, because clocks differ between machines. */
export type News =
  /** A circuit breaker opened here. `target`: its key in the target states. */
  | { readonly kind: "target-out"; readonly target: string; readonly milliseconds: number }
  /** The target has answered again. */
  | { readonly kind: "target-back"; readonly target: string }
  | {
      readonly kind: "key-cooldown";
      readonly provider: string;
      /** A digest of the key, never the key. */
      readonly key: string;
      /** Null: for all models. */
      readonly model: string | null;
      readonly milliseconds: number;
      readonly reason: string;
      /** After the cooldown, one request tries the key: its vendor refused it, or asked for a long wait. */
      readonly isRefusal: boolean;
    };

export interface SharedState {
  /** Publishes what this gateway learned. Returns at once; news that cannot be sent is lost. */
  publish(news: News): void;
  /** Calls `receive` with the news of the other gateways, never with its own. Returns a function that ends it. */
  listen(receive: (news: News) => void): Cancel;
}
