// What gateways that run side by side could tell one another of what they learn, and how. In one process nobody listens;
// a shared store implements `SharedState` and passes the news on in its own time. No request ever waits for it (F15).
import type { Cancel } from "./clock.ts";

/** Times are lengths, in milliseconds: clocks differ. */
export type News =
  /** Its circuit breaker has opened here. `target`: as health knows it. */
  | { readonly kind: "target-out"; readonly target: string; readonly milliseconds: number }
  /** It has answered again. */
  | { readonly kind: "target-back"; readonly target: string }
  | {
      readonly kind: "key-rests";
      readonly provider: string;
      /** A digest of the key, never the key. */
      readonly key: string;
      /** Null: for all models. */
      readonly model: string | null;
      readonly milliseconds: number;
      readonly reason: string;
      /** When it is over, one request tries the key: its vendor refused it, or asked for a long wait. */
      readonly isRefusal: boolean;
    };

export interface SharedState {
  /** Passes on what this gateway learnt. Returns at once; what cannot be passed on is lost. */
  tell(news: News): void;
  /** Calls `hear` with what the others learnt, never with what was told here. Gives what ends that. */
  listen(hear: (news: News) => void): Cancel;
}
