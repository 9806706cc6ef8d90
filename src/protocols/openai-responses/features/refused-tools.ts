// Tools that the vendor runs and that some models lack: web search, tool search and what came with that. The tools are
// dropped, and items of a history become text. Source: the vendor's model pages, and its answers ("Hosted tool
// 'web_search' is not supported with ...", QuantumNous/new-api#1586).
import type { ChatRequest, ForeignPart } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, isObject, numberOr, stringOr } from "../../shared/read.ts";
import { withoutRefusedTools as withoutRefused } from "../../shared/vendor-tools.ts";
import { isSearch } from "../../shared/web-search.ts";
import { addedTools, type Encoding, ownItem, searchCall } from "./own-state.ts";

/** Tools in an item of the input stay in it, if the model takes such items. */
export function withoutRefusedTools(
  request: ChatRequest,
  { forms, facts }: Encoding,
  drop: (field: string) => void,
): ChatRequest {
  const { fields } = request.extras;
  const all = arrayOr<readonly Json[]>(fields["tools"], []).filter(isObject);
  const late = numberOr(fields[addedTools], 0);
  const standing = forms ? all.slice(0, all.length - late) : all;
  const refused = new Set(standing.filter((tool) => isRefused(tool, facts)));
  return refused.size === 0 ? request : withoutRefused(request, refused, drop);
}

function isRefused(tool: JsonObject, { webSearch, toolSearch }: ModelFacts): boolean {
  if (webSearch === false && isSearch(tool)) return true;
  // In a namespace, only tools that the vendor runs are left here.
  return toolSearch === false && (tool["type"] === "tool_search" || tool["type"] === "namespace");
}

const searchesAmongTools: ReadonlySet<string> = new Set(["tool_search_call", "tool_search_output"]);

/** An item of a history that this model refuses. */
export function isRefusedItem({ state }: ForeignPart, { webSearch, toolSearch }: ModelFacts): boolean {
  const type = stringOr(ownItem(state)?.["type"], "");
  return (webSearch === false && type === searchCall) || (toolSearch === false && searchesAmongTools.has(type));
}
