// The list of models in OpenAI's format: all at once. The format has no limits and modalities: those that are known are
// further members, under the names that hosts of this protocol use.
import type { JsonObject } from "../../../core/json.ts";
import type { KnownModel, ModelsForm } from "../../../core/models.ts";

export const models: ModelsForm = {
  list: (models, _query, created) => ({ object: "list", data: models.map((model) => describe(model, created)) }),
  one: describe,
};

/** An unknown age, as a route's, is that of the gateway's process. */
function describe(model: KnownModel, created: number): JsonObject {
  const { id, provider, title, contextTokens, outputTokens, input, output } = model;
  return {
    id,
    object: "model",
    created: model.created ?? created,
    owned_by: provider ?? "understudy",
    ...(title === null ? {} : { display_name: title }),
    ...(contextTokens === null ? {} : { context_window: contextTokens }),
    ...(outputTokens === null ? {} : { max_output_tokens: outputTokens }),
    ...(input === null ? {} : { input_modalities: input }),
    ...(output === null ? {} : { output_modalities: output }),
  };
}
