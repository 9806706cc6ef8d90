// The models that clients can ask for by name, how each protocol's clients read lists of them, and the lists in which
// providers say what they serve. Types only.
import type { Json, JsonObject } from "./json.ts";
import type { ModelFacts } from "./provider.ts";
import type { ProviderRules } from "./rules.ts";

/** What goes into a model, or comes out of it. */
export type Modality = "text" | "image" | "audio" | "video" | "file";

/** Null: unknown. */
export interface Modalities {
  readonly input: readonly Modality[] | null;
  readonly output: readonly Modality[] | null;
}

export interface KnownModel extends Modalities {
  /** The name in a request. */
  readonly id: string;
  /** The provider; null for a route. */
  readonly provider: string | null;
  /** Tokens; null if unknown. For a route: the smallest known window of its targets. */
  readonly contextTokens: number | null;
  readonly outputTokens: number | null;
  /** The vendor's name of the model; for a route, those of all its targets. */
  readonly models: readonly string[];
  /** For people. Null: it has none but its id. */
  readonly title: string | null;
  /** Seconds since the epoch; null if unknown. */
  readonly created: number | null;
}

/** The part of a protocol that lists models. */
export interface ModelsForm {
  /** Whether these headers belong to a client that reads this format, if the path does not tell. Absent: never. */
  isFor?(headers: Readonly<Record<string, string>>): boolean;
  /** The page that the query asks for. `created`: seconds since the epoch. Throws GatewayFailure(`bad_request`). */
  list(models: readonly KnownModel[], query: URLSearchParams, created: number): JsonObject;
  one(model: KnownModel, created: number): JsonObject;
}

/** What a provider's own list can say of a model. A member is absent if it does not. */
export type ListedFacts = Partial<
  Pick<ModelFacts, "contextTokens" | "outputTokens" | "images" | "pdf" | "audio" | "tools" | "jsonSchema">
>;

/** A model in a provider's own list. */
export interface ListedModel extends Modalities, Pick<KnownModel, "title" | "created"> {
  /** As a target names it. */
  readonly id: string;
  readonly facts: ListedFacts;
}

export interface ListedPage {
  readonly models: readonly ListedModel[];
  /** For the path of the next page; null: this is the last one. */
  readonly next: string | null;
}

/** How a protocol's vendors list their models. */
export interface ModelsReader {
  /** The path after a provider's base URL, with the query. `after`: a page's `next`; null: the first page. */
  path(after: string | null): string;
  /** Never throws. Null: it is no list of models. Values are as the vendor sent them: the caller checks their size. */
  read(body: Json): ListedPage | null;
}

/** The lists that the providers of a configuration have given. Reading them costs no request. */
export interface ModelLists {
  /** Grows with each change of a list. */
  readonly version: number;
  /** Null: none came yet, or the provider has none. */
  listOf(provider: ProviderRules): readonly ListedModel[] | null;
  find(provider: ProviderRules, model: string): ListedModel | null;
  /**
   * Fetches the lists in the background, unless that is done already. Without `usualOnly`, a client asks for models:
   * all lists. With it, a server starts, or a client asks for an unknown name: only those of vendors at their usual
   * addresses, unless the operator wrote how often. What answers at another address is not known to have a list.
   */
  wake(usualOnly?: boolean): void;
}

/** A provider's list, for people. */
export interface ListStatus {
  readonly provider: string;
  /** `waiting`: not asked yet. `none`: the provider has no list. `off`: the operator switched it off. */
  readonly state: "listed" | "waiting" | "failed" | "none" | "off";
  /** How many models the newest list has; null: none came. */
  readonly models: number | null;
  /** When the newest list came, ISO 8601; null: none came. */
  readonly at: string | null;
  /** Why the last try failed; null: it did not. */
  readonly failure: string | null;
}
