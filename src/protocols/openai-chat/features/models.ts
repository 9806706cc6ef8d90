// The list of models in OpenAI's format: all at once, without their limits.
import type { JsonObject } from "../../../core/json.ts";
import type { KnownModel, ModelsForm } from "../../../core/models.ts";

export const models: ModelsForm = {
  list: (models, _query, created) => ({ object: "list", data: models.map((model) => describe(model, created)) }),
  one: describe,
};

/** The age of a route is unknown: it gets the start of the gateway's process. */
function describe({ id, provider }: KnownModel, created: number): JsonObject {
  return { id, object: "model", created, owned_by: provider ?? "understudy" };
}
