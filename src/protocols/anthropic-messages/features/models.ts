// The list of models in Anthropic's format: with limits, in pages after one id or before another. Members as its SDK
// declares them: the epoch for an unknown date, null for unknown capabilities and limits. Modalities and the provider are
// further members.
import type { JsonObject } from "../../../core/json.ts";
import type { KnownModel, ModelsForm } from "../../../core/models.ts";
import { pageSize, placeInList } from "../../shared/page.ts";

export const models: ModelsForm = {
  isFor: (headers) => headers["anthropic-version"] !== undefined,
  list,
  one: describe,
};

/** The default page size. */
const USUAL_SIZE = 20;

function describe(model: KnownModel): JsonObject {
  const { id, provider, title, created, contextTokens, outputTokens, input, output } = model;
  return {
    type: "model",
    id,
    display_name: title ?? id,
    created_at: new Date((created ?? 0) * 1000).toISOString().replace(".000Z", "Z"),
    max_input_tokens: contextTokens,
    max_tokens: outputTokens,
    capabilities: null,
    lifecycle: "active",
    line: null,
    deprecated_at: null,
    retires_at: null,
    owned_by: provider ?? "understudy",
    ...(input === null ? {} : { input_modalities: input }),
    ...(output === null ? {} : { output_modalities: output }),
  };
}

function list(models: readonly KnownModel[], query: URLSearchParams): JsonObject {
  const size = pageSize(query, "limit") ?? USUAL_SIZE;
  const after = placeInList(models, query, "after_id");
  const before = placeInList(models, query, "before_id");
  const start = after === null ? 0 : after + 1;
  const within = models.slice(start, Math.max(start, before ?? models.length));
  // With only a `before` id: the last page before it.
  const page = before !== null && after === null ? within.slice(-size) : within.slice(0, size);
  return {
    data: page.map(describe),
    has_more: within.length > page.length,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}
