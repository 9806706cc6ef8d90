// Converts a route's params, which use the names of Chat Completions for every client, to members of this protocol's
// body. Params without an equivalent are dropped, because one of them would fail the whole request; this protocol's own
// names stay unchanged.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { instructionText, isForeignInstruction } from "../../shared/instruction-text.ts";
import { membersOf } from "../../shared/read.ts";

const strangers: ReadonlySet<string> = new Set(
  "seed n stop presence_penalty frequency_penalty logprobs logit_bias".split(" "),
);

/** `read`: the caller's own members. */
export function placeRouteParams(params: JsonObject, read: (name: string) => Json | undefined): JsonObject {
  const mapped: MutableJson = {};
  const text: MutableJson = {};
  const merged = (name: string, more: JsonObject): JsonObject => ({
    ...membersOf(mapped[name] ?? params[name] ?? read(name)),
    ...more,
  });
  for (const [name, value] of Object.entries(params)) {
    if (strangers.has(name)) continue;
    if (name === "max_tokens" || name === "max_completion_tokens") mapped["max_output_tokens"] = value;
    else if (name === "reasoning_effort") mapped["reasoning"] = merged("reasoning", { effort: value });
    else if (name === "verbosity") text["verbosity"] = value;
    else if (name === "response_format") text["format"] = formatOf(membersOf(value));
    else if (isForeignInstruction(name, "instructions")) mapped["instructions"] = instructionText(value ?? "");
    else mapped[name] ??= value;
  }
  return Object.keys(text).length === 0 ? mapped : { ...mapped, text: merged("text", text) };
}

/** A schema's members are beside its type here. */
function formatOf({ json_schema: schema, ...format }: JsonObject): JsonObject {
  return { ...membersOf(schema), ...format };
}
