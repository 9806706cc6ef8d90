// What a target's refusal of some types of tools means for later requests. If the type is a fact of a model, the codec
// encodes the request again, with functions in its place; any other type is removed from the body and reported. Pure.
import type { Json, JsonObject } from "../../core/json.ts";
import type { LearnedLimit, ModelFacts, Quirk } from "../../core/provider.ts";

/** By their `type`, with OpenAI's names. */
const ofModel: ReadonlyMap<string, Partial<ModelFacts>> = new Map<string, Partial<ModelFacts>>([
  ["custom", { customTools: false }],
  ["namespace", { toolSearch: false }],
  ["tool_search", { toolSearch: false }],
  ["additional_tools", { toolSearch: false }],
]);
const withSearch: typeof ofModel = new Map([...ofModel, ["web_search", { webSearch: false }]]);

/**
 * Null: nothing. Functions are the caller's own request, so their refusal teaches nothing. `byService`: the vendor's
 * other service may take them, so the model may still be able to search.
 */
export function refusedToolsLimit(
  refused: readonly string[],
  byService: boolean,
): Partial<Pick<LearnedLimit, "facts" | "quirks">> | null {
  const toolFacts = byService ? ofModel : withSearch;
  const types = refused.filter((type) => type !== "function");
  if (types.length === 0) return null;
  const facts: Partial<ModelFacts> = Object.assign({}, ...types.map((type) => toolFacts.get(type)));
  const others = types.filter((type) => !toolFacts.has(type));
  if (others.length === 0) return { facts };
  const quirks = [withoutTools(new Set(others))];
  return others.length === types.length ? { quirks } : { facts, quirks };
}

/** Like vendor tools for a target without them: if the caller requires one, the target is refused. */
function withoutTools(types: ReadonlySet<string>): Quirk {
  return {
    name: `learnt: no tools of type ${[...types].join(", ")}`,
    fields: ["tools"],
    words: ["type"],
    request(body) {
      const { tools, ...others } = body;
      if (!Array.isArray(tools)) return { body, dropped: [], adapted: [] };
      const gone = tools.map(typeOf).filter((type) => types.has(type));
      if (gone.length === 0) return { body, dropped: [], adapted: [] };
      const keptTools = tools.filter((tool) => !types.has(typeOf(tool)));
      const remaining = keptTools.length === 0 ? withoutToolSettings(others) : { ...others, tools: keptTools };
      return { body: remaining, dropped: gone.map((type) => `tools.${type}`), adapted: [] };
    },
  };
}

/** Tool options without tools are refused. */
function withoutToolSettings({
  tool_choice: _choice,
  parallel_tool_calls: _parallel,
  ...others
}: JsonObject): JsonObject {
  return others;
}

function typeOf(tool: Json): string {
  const isObject = typeof tool === "object" && tool !== null && "type" in tool;
  return isObject && typeof tool.type === "string" ? tool.type : "";
}
