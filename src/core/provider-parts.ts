// The parts of which an operator may build a provider in the configuration, without code. Types only.
import type { Auth } from "./auth.ts";
import type { Quirk } from "./provider.ts";

export interface ProviderParts {
  /** Corrections of requests, by the names that the configuration takes. Each names its protocol. */
  readonly quirks: ReadonlyMap<string, Quirk>;
  /** The API key in a header, lower-case; after `scheme` and a space, or alone if it is null. */
  readonly keyHeader: (header: string, scheme: string | null) => Auth;
}
