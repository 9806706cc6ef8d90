// The list of models in Gemini's format: resources with limits and with the methods that they serve, in pages. Unknown
// limits are left out; modalities and the provider are further members.
import type { JsonObject, MutableJson } from "../../../core/json.ts";
import type { KnownModel, ModelsForm } from "../../../core/models.ts";
import { pageSize, placeInList } from "../../shared/page.ts";

export const models: ModelsForm = {
  isFor: (headers) => headers["x-goog-api-key"] !== undefined,
  list,
  one: describe,
};

/** The default page size. */
const USUAL_SIZE = 50;

function describe(model: KnownModel): JsonObject {
  const { id, provider, title, contextTokens, outputTokens, input, output, models: names } = model;
  const resource: MutableJson = {
    name: `models/${id}`,
    displayName: title ?? id,
    description: provider === null ? `The route ${id}` : `${names[0] ?? id} at ${provider}`,
    supportedGenerationMethods: embeds(names)
      ? ["embedContent", "batchEmbedContents"]
      : ["generateContent", "streamGenerateContent", "countTokens"],
  };
  if (contextTokens !== null) resource["inputTokenLimit"] = contextTokens;
  if (outputTokens !== null) resource["outputTokenLimit"] = outputTokens;
  resource["ownedBy"] = provider ?? "understudy";
  if (input !== null) resource["inputModalities"] = input;
  if (output !== null) resource["outputModalities"] = output;
  return resource;
}

/** Judged by the names. */
function embeds(names: readonly string[]): boolean {
  return names.length > 0 && names.every((name) => /embed/iu.test(name));
}

/** A page's token is the name of the last model before it. */
function list(models: readonly KnownModel[], query: URLSearchParams): JsonObject {
  const size = pageSize(query, "pageSize") ?? pageSize(query, "page_size") ?? USUAL_SIZE;
  const after = placeInList(models, query, "pageToken") ?? placeInList(models, query, "page_token");
  const start = after === null ? 0 : after + 1;
  const page = models.slice(start, start + size);
  const last = start + size < models.length ? page.at(-1) : undefined;
  return { models: page.map(describe), ...(last === undefined ? {} : { nextPageToken: last.id }) };
}
