// Tools of free text as chat completions have them, and how their calls are told to a client. A client that declares such a
// tool flat, as Responses has it, reads its calls as those of functions, whose arguments are the text itself.
// Sources: ChatCompletionCustomTool of `openai` 7.57.0; icebear0828/codex-proxy#707 for what Cursor reads.
import type { Tool, ToolCallPart } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { argumentsOf, formatOf, inputOf } from "../../shared/free-text.ts";
import { membersOf, objectOr, parseJson, stringOr } from "../../shared/read.ts";
import { ownMembers, self } from "./vendor-state.ts";

/** A grammar stands in a member of its own here; elsewhere its members stand in the format. */
export function readFormat(format: JsonObject | null): ReturnType<typeof formatOf> {
  const { grammar, ...others } = format ?? {};
  return formatOf({ ...others, ...objectOr(grammar, null) });
}

export function writeFree({ name, description, freeText, marks }: Tool): JsonObject {
  const { type, ...members } = freeText?.format ?? {};
  const format = type === "grammar" ? { type, grammar: members } : (freeText?.format ?? null);
  const custom = {
    name,
    ...(description === null ? {} : { description }),
    ...(format === null ? {} : { format }),
  };
  return { type: "custom", custom, ...marks };
}

/** The tools of free text, by their names: whether their calls are told as those of functions. */
export type FreeTools = ReadonlyMap<string, { readonly asFunction: boolean }>;

export function freeTools(tools: readonly Tool[] = []): FreeTools {
  const free = tools.filter((tool) => tool.freeText !== undefined);
  return new Map(
    free.map(({ name, state }) => {
      const isOwn = state === undefined || state.protocol === self;
      return [name, { asFunction: !isOwn || ownMembers(state)["flat"] === true }];
    }),
  );
}

/** The members of a call; null where it is a function's. `arguments`: null while they are still to come. */
export function tellFree(name: string, given: string | null, free: FreeTools): JsonObject | null {
  const told = free.get(name);
  if (told === undefined) return null;
  const input = given === null ? "" : inputOf(given);
  return told.asFunction
    ? { type: "function", function: { name, arguments: input } }
    : { type: "custom", custom: { name, input } };
}

/** The text that a call of such a tool begins without. */
export function tellInput(name: string, given: string, free: FreeTools): JsonObject {
  const input = inputOf(given);
  return free.get(name)?.asFunction === true ? { function: { arguments: input } } : { custom: { input } };
}

/** A call that a vendor was given, or gives: null where it is a function's. */
export function readCustom(call: JsonObject): Pick<ToolCallPart, "name" | "arguments"> | null {
  const custom = objectOr(call["custom"], null);
  if (custom === null) return null;
  return { name: stringOr(custom["name"], ""), arguments: argumentsOf(stringOr(custom["input"], "")) };
}

/** The arguments of a function's call by a client that knows its tool as one of free text: they are the text itself. */
export function asFreeText(text: string): string {
  const given = membersOf(parseJson(text));
  return typeof given["input"] === "string" && Object.keys(given).length === 1 ? text : argumentsOf(text);
}
