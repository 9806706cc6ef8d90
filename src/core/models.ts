// What can be asked for by name, and how a protocol's clients read lists of it.
import type { JsonObject } from "./json.ts";

export interface KnownModel {
  /** As a request names it. */
  readonly id: string;
  /** Null: it is a route. */
  readonly provider: string | null;
  /** Tokens; null where unknown. Of a route: what the smallest of its targets takes, as far as they are known. */
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  /** It makes vectors, as far as its name says. */
  readonly embeds: boolean;
}

/** The part of a protocol that lists models. */
export interface ModelsForm {
  /** Whether these headers are of a client that reads this form, where the path leaves it open. Absent: never. */
  isFor?(headers: Readonly<Record<string, string>>): boolean;
  /** The page that the query asks for. `created`: seconds since the epoch. Throws GatewayFailure(`bad_request`). */
  list(models: readonly KnownModel[], query: URLSearchParams, created: number): JsonObject;
  one(model: KnownModel, created: number): JsonObject;
}
