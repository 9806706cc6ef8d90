// What a provider's row says about its models, apart from the facts: their names, their list, and what they cost.
import type { Tariff } from "./price.ts";

export interface RowModels {
  /** Models worth listing under `GET /v1/models`, until its own list has come. */
  readonly models: readonly string[];
  /** False: there is no list of models at its address. Absent: its protocol's (`egress.models`). */
  readonly listsModels?: false | undefined;
  /** What LiteLLM writes before a model's name to choose an endpoint: this gateway chooses by itself. Absent: nothing. */
  readonly endpointPrefix?: RegExp | undefined;
  /** Names that can only be models of its own, such as fine-tuned ones. Absent: none. */
  readonly ownNames?: RegExp | undefined;
  /** The list price of a model. Computed only when a price is read. Absent: the list has none of its models. */
  readonly tariff?: ((model: string) => Tariff) | undefined;
  /** The same for a model that the operator says a name is (`like`), if names here say nothing. Absent: `tariff`. */
  readonly likeTariff?: ((model: string) => Tariff) | undefined;
  /**
   * The context window in a list of prices, in tokens: often rounded, so it is for display only. Null: unknown. Absent:
   * the list has none of its models.
   */
  readonly listedWindow?: ((model: string) => number | null) | undefined;
}
