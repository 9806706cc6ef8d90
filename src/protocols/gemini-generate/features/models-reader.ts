// Gemini's list of models: `GET /models`, in pages, with limits and methods. Source: ai.google.dev/api/models and the recorded
// answer in the tests.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ListedModel, ListedPage, ModelsReader } from "../../../core/models.ts";
import { limitFacts, positiveIn } from "../../shared/limit-facts.ts";
import { isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";

export const modelsReader: ModelsReader = {
  path: (after) => `/models?pageSize=1000${after === null ? "" : `&pageToken=${encodeURIComponent(after)}`}`,
  read,
};

function read(body: Json): ListedPage | null {
  const { models, nextPageToken } = membersOf(body);
  if (!isArray(models)) return null;
  return {
    models: models.flatMap((entry) => (isObject(entry) ? readModel(entry) : [])),
    next: stringOr(nextPageToken, "") || null,
  };
}

function readModel(entry: JsonObject): readonly ListedModel[] {
  const id = stringOr(entry["name"], "").replace(/^models\//u, "");
  if (id === "") return [];
  const output = answers(entry) ? positiveIn(entry, ["outputTokenLimit"]) : null;
  return [
    {
      id,
      title: stringOr(entry["displayName"], null),
      created: null,
      input: null,
      output: null,
      facts: limitFacts(positiveIn(entry, ["inputTokenLimit"]), output),
    },
  ];
}

/** A limit of output is one of answers only where the model gives answers. */
function answers(entry: JsonObject): boolean {
  const methods = entry["supportedGenerationMethods"];
  return !isArray(methods) || methods.includes("generateContent");
}
