// The list of models of OpenAI and of the hosts that copied it: `GET /models`. The original has names only; hosts add limits
// and modalities in members of their own, which are read by their names, whichever host sends them.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ListedFacts, ListedModel, ListedPage, Modalities, ModelsReader } from "../../../core/models.ts";
import { factsOfInput, limitFacts, modalitiesIn, positiveIn } from "../../shared/limit-facts.ts";
import { isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";

export const modelsReader: ModelsReader = { path: () => "/models", read };

function read(body: Json): ListedPage | null {
  // Together's list is an array (docs.together.ai/reference/models-1).
  const list = isArray(body) ? body : membersOf(body)["data"];
  if (!isArray(list)) return null;
  return { models: list.flatMap((entry) => (isObject(entry) ? readModel(entry) : [])), next: null };
}

/**
 * `context_length` is OpenRouter's, Together's, Fireworks' and Moonshot's, `context_window` Groq's and Vercel's,
 * `max_context_length` Mistral's, `context_size` Novita's, `max_model_len` vLLM's.
 */
const WINDOWS = ["context_length", "context_window", "max_context_length", "context_size", "max_model_len"];
/** OpenRouter has the second one in `top_provider`. */
const OUTPUTS = ["max_output_tokens", "max_completion_tokens"];

function readModel(entry: JsonObject): readonly ListedModel[] {
  const id = stringOr(entry["id"], "");
  if (id === "") return [];
  const { input, output } = modalitiesOf(entry);
  return [
    {
      id,
      title: stringOr(entry["name"], null) ?? stringOr(entry["display_name"], null),
      created: positiveIn(entry, ["created"]),
      input,
      output,
      facts: { ...limitsOf(entry), ...factsOfInput(input), ...abilitiesOf(entry) },
    },
  ];
}

function limitsOf(entry: JsonObject): ListedFacts {
  const top = membersOf(entry["top_provider"]);
  return limitFacts(
    positiveIn(top, WINDOWS) ?? positiveIn(entry, WINDOWS),
    positiveIn(top, OUTPUTS) ?? positiveIn(entry, OUTPUTS),
  );
}

/** `architecture` is OpenRouter's. */
function modalitiesOf(entry: JsonObject): Modalities {
  const architecture = membersOf(entry["architecture"]);
  return {
    input: modalitiesIn(architecture["input_modalities"]) ?? modalitiesIn(entry["input_modalities"]),
    output: modalitiesIn(architecture["output_modalities"]) ?? modalitiesIn(entry["output_modalities"]),
  };
}

/** `supported_parameters` is OpenRouter's, `capabilities` Mistral's, the other two are Fireworks'. */
function abilitiesOf(entry: JsonObject): ListedFacts {
  const parameters = entry["supported_parameters"];
  const { vision, function_calling: calling } = membersOf(entry["capabilities"]);
  const { supports_image_input: images, supports_tools: tools } = entry;
  return {
    ...factOf("images", [images, vision]),
    ...factOf("tools", [tools, calling, isArray(parameters) ? parameters.includes("tools") : undefined]),
  };
}

function factOf(name: "images" | "tools", values: readonly (Json | undefined)[]): ListedFacts {
  const value = values.find((one) => typeof one === "boolean");
  return typeof value === "boolean" ? { [name]: value } : {};
}
