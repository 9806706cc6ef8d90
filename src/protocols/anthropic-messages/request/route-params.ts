// Converts a route's params, which use the names of Chat Completions for every client, to members of this protocol's
// body. Params without an equivalent are dropped, because one of them would fail the whole request; this protocol's own
// names stay unchanged.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { instructionText, isForeignInstruction } from "../../shared/instruction-text.ts";
import { isArray, membersOf } from "../../shared/read.ts";

const strangers: ReadonlySet<string> = new Set(
  "seed n presence_penalty frequency_penalty logprobs top_logprobs logit_bias store".split(" "),
);

/** `read`: the caller's own members. */
export function placeRouteParams(params: JsonObject, read: (name: string) => Json | undefined): JsonObject {
  const result: MutableJson = {};
  const output: MutableJson = {};
  for (const [name, value] of Object.entries(params)) {
    if (strangers.has(name)) continue;
    if (name === "max_completion_tokens" || name === "max_output_tokens") result["max_tokens"] = value;
    else if (name === "stop") result["stop_sequences"] = isArray(value) ? value : [value ?? ""];
    else if (name === "user") result["metadata"] = { ...membersOf(read("metadata")), user_id: value };
    else if (name === "reasoning_effort") output["effort"] = value;
    else if (name === "response_format") Object.assign(output, formatOf(membersOf(value)));
    else if (isForeignInstruction(name, "system")) result["system"] = instructionText(value ?? "");
    else result[name] = value;
  }
  if (Object.keys(output).length === 0) return result;
  return { ...result, output_config: { ...membersOf(result["output_config"] ?? read("output_config")), ...output } };
}

function formatOf(format: JsonObject): JsonObject {
  const schema = membersOf(format["json_schema"])["schema"];
  return schema === undefined ? {} : { format: { type: "json_schema", schema } };
}
