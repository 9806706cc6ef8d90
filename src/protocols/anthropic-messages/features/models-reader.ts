// Anthropic's list of models: `GET /models`, in pages, with limits and capabilities. Source: the Models API and the recorded
// answer in the tests.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ListedFacts, ListedModel, ListedPage, Modality, ModelsReader } from "../../../core/models.ts";
import { limitFacts, positiveIn } from "../../shared/limit-facts.ts";
import { isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";

export const modelsReader: ModelsReader = {
  path: (after) => `/models?limit=1000${after === null ? "" : `&after_id=${encodeURIComponent(after)}`}`,
  read,
};

function read(body: Json): ListedPage | null {
  const { data, has_more: hasMore, last_id: lastId } = membersOf(body);
  if (!isArray(data)) return null;
  return {
    models: data.flatMap((entry) => (isObject(entry) ? readModel(entry) : [])),
    next: hasMore === true ? stringOr(lastId, null) : null,
  };
}

function readModel(entry: JsonObject): readonly ListedModel[] {
  const id = stringOr(entry["id"], "");
  // A retired model stays in the list, and requests for it fail.
  if (id === "" || entry["lifecycle"] === "retired") return [];
  const capabilities = capabilitiesOf(membersOf(entry["capabilities"]));
  const { images, pdf } = capabilities;
  const input: readonly Modality[] = ["text", ...(images ? ["image" as const] : []), ...(pdf ? ["file" as const] : [])];
  return [
    {
      id,
      title: stringOr(entry["display_name"], null),
      created: secondsOf(entry["created_at"]),
      input: images === undefined && pdf === undefined ? null : input,
      // It lists models of conversations only, which answer in text.
      output: ["text"],
      facts: {
        ...limitFacts(positiveIn(entry, ["max_input_tokens"]), positiveIn(entry, ["max_tokens"])),
        ...capabilities,
      },
    },
  ];
}

const capabilityNames = { image_input: "images", pdf_input: "pdf", structured_outputs: "jsonSchema" } as const;

function capabilitiesOf(capabilities: JsonObject): Pick<ListedFacts, "images" | "pdf" | "jsonSchema"> {
  const entries = Object.entries(capabilityNames).flatMap(([name, fact]) => {
    const { supported } = membersOf(capabilities[name]);
    return typeof supported === "boolean" ? [[fact, supported] as const] : [];
  });
  return Object.fromEntries(entries);
}

/** The epoch stands for an unknown date. */
function secondsOf(value: Json | undefined): number | null {
  const seconds = Math.floor(Date.parse(stringOr(value, "")) / 1000);
  return seconds > 0 ? seconds : null;
}
