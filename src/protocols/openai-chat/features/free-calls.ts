// Free-text tools in Chat Completions, and how their calls are sent to a client. A client that declares such a tool
// flat, as in Responses, reads its calls as function calls whose arguments are the text itself. Sources:
// ChatCompletionCustomTool of `openai` 7.57.0; icebear0828/codex-proxy#707 for Cursor's reader.
import type { Tool, ToolCallPart } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { argumentsOf, formatOf, inputOf } from "../../shared/free-text.ts";
import { membersOf, objectOr, parseJson, stringOr } from "../../shared/read.ts";
import { ownMembers, self } from "./vendor-state.ts";

/** A grammar is nested here; elsewhere its members are in the format. */
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

/** The free-text tools, by name: whether their calls are sent as function calls. */
export type FreeTools = ReadonlyMap<string, { readonly asFunction: boolean }>;

const NONE: FreeTools = new Map();

export function freeTools(tools: readonly Tool[] = []): FreeTools {
  const free = tools.filter((tool) => tool.freeText !== undefined);
  if (free.length === 0) return NONE;
  return new Map(
    free.map(({ name, state }) => {
      const isOwn = state === undefined || state.protocol === self;
      return [name, { asFunction: !isOwn || ownMembers(state)["flat"] === true }];
    }),
  );
}

/** The members of a call; null for a function's. `arguments`: null while they are still to come. */
export function readFreeCall(name: string, text: string | null, free: FreeTools): JsonObject | null {
  const tool = free.get(name);
  if (tool === undefined) return null;
  const input = text === null ? "" : inputOf(text);
  return tool.asFunction
    ? { type: "function", function: { name, arguments: input } }
    : { type: "custom", custom: { name, input } };
}

/** The text with which a call of such a tool begins. */
export function readFreeInput(name: string, text: string, free: FreeTools): JsonObject {
  const input = inputOf(text);
  return free.get(name)?.asFunction === true ? { function: { arguments: input } } : { custom: { input } };
}

/** A free-text call in a request or an answer: null for a function's. */
export function readCustom(call: JsonObject): Pick<ToolCallPart, "name" | "arguments"> | null {
  const custom = objectOr(call["custom"], null);
  if (custom === null) return null;
  return { name: stringOr(custom["name"], ""), arguments: argumentsOf(stringOr(custom["input"], "")) };
}

/** The arguments of a function call from a client that knows its tool as free text: they are the text itself. */
export function asFreeText(text: string): string {
  const wrapper = membersOf(parseJson(text));
  return typeof wrapper["input"] === "string" && Object.keys(wrapper).length === 1 ? text : argumentsOf(text);
}
