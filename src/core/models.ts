// The models that clients can ask for by name, and how each protocol's clients read lists of them.
import type { JsonObject } from "./json.ts";

export interface KnownModel {
  /** The name in a request. */
  readonly id: string;
  /** The provider; null for a route. */
  readonly provider: string | null;
  /** Tokens; null if unknown. For a route: the smallest known window of its targets. */
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  /** The vendor's name of the model; for a route, those of all its targets. */
  readonly models: readonly string[];
}

/** The part of a protocol that lists models. */
export interface ModelsForm {
  /** Whether these headers belong to a client that reads this format, if the path does not tell. Absent: never. */
  isFor?(headers: Readonly<Record<string, string>>): boolean;
  /** The page that the query asks for. `created`: seconds since the epoch. Throws GatewayFailure(`bad_request`). */
  list(models: readonly KnownModel[], query: URLSearchParams, created: number): JsonObject;
  one(model: KnownModel, created: number): JsonObject;
}
