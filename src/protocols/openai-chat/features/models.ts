// The list of models as OpenAI has it: all at once, and nothing of their limits.
import type { JsonObject } from "../../../core/json.ts";
import type { KnownModel, ModelsForm } from "../../../core/models.ts";

export const models: ModelsForm = {
  list: (known, _query, created) => ({ object: "list", data: known.map((model) => describe(model, created)) }),
  one: describe,
};

/** Nobody knows when a route was made: it is as old as the gateway's process. */
function describe({ id, provider }: KnownModel, created: number): JsonObject {
  return { id, object: "model", created, owned_by: provider ?? "understudy" };
}
