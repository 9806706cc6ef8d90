// Converts a route's params, which use the names of Chat Completions for every client, to members of this protocol's
// body: most go into its generationConfig, beside the caller's. Others stay unchanged.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { instructionText, isForeignInstruction } from "../../shared/instruction-text.ts";
import { isArray, membersOf } from "../../shared/read.ts";
import { withCamelSpelling } from "../features/spelling.ts";

const settings: Readonly<Record<string, string>> = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  max_tokens: "maxOutputTokens",
  max_completion_tokens: "maxOutputTokens",
  max_output_tokens: "maxOutputTokens",
  seed: "seed",
  n: "candidateCount",
  presence_penalty: "presencePenalty",
  frequency_penalty: "frequencyPenalty",
  logprobs: "responseLogprobs",
  top_logprobs: "logprobs",
};

/** `read`: the caller's own members. */
export function placeRouteParams(params: JsonObject, read: (name: string) => Json | undefined): JsonObject {
  const rest: MutableJson = {};
  const result: MutableJson = {};
  for (const [name, value] of Object.entries(params)) {
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined;
    if (setting !== undefined) result[setting] = value;
    else if (name === "stop") result["stopSequences"] = isArray(value) ? value : [value ?? ""];
    else if (name === "reasoning_effort") result["thinkingConfig"] = { thinkingLevel: value };
    else if (name === "response_format") Object.assign(result, formatOf(membersOf(value)));
    else if (isForeignInstruction(name, "systemInstruction"))
      rest["systemInstruction"] = { parts: [{ text: instructionText(value ?? "") }] };
    else rest[name] = value;
  }
  if (Object.keys(result).length === 0) return rest;
  const name = read("generation_config") === undefined ? "generationConfig" : "generation_config";
  const ownConfig = withCamelSpelling(membersOf(rest[name] ?? read(name)));
  return { ...rest, [name]: { ...ownConfig, ...result } };
}

function formatOf(format: JsonObject): JsonObject {
  if (format["type"] === "text") return {};
  const schema = membersOf(format["json_schema"])["schema"];
  return { responseMimeType: "application/json", ...(schema === undefined ? {} : { responseJsonSchema: schema }) };
}
