// This protocol's own kinds of tools and calls: which of them a model takes, and how to send a call to a client that
// declared its tool as one of them. Older models, and hosts that copied the protocol, know only functions. Source:
// "Tool search" and "Function calling" on developers.openai.com; OpenAI answers 400 to the others.
import type { ChatRequest, Part, Tool } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { arrayOr, isObject, membersOf, stringOr } from "../../shared/read.ts";
import { freeCall, ownItem, ownMembers } from "./own-state.ts";

/** Whether everything in the request can go unchanged; false if the model is known to refuse a kind of tool in it. */
export function takesForms(request: ChatRequest, { customTools, toolSearch }: ModelFacts): boolean {
  if (customTools === false && isAnywhere(request, (tool) => tool.freeText !== undefined, isFreeCall)) return false;
  if (toolSearch !== false) return true;
  const searches = arrayOr(request.extras.fields["tools"], []).some(needsSearch);
  return !searches && !isAnywhere(request, isSearched, isSearchedCall);
}

function isAnywhere(
  { tools, messages }: ChatRequest,
  isSpecial: (tool: Tool) => boolean,
  isSpecialPart: (part: Part) => boolean,
): boolean {
  return tools.some(isSpecial) || messages.some(({ parts }) => parts.some(isSpecialPart));
}

function isFreeCall(part: Part): boolean {
  return part.type === "tool-call" && ownItem(part.form)?.["type"] === freeCall;
}

function needsSearch(tool: unknown): boolean {
  const { type } = membersOf(tool as JsonObject);
  return type === "tool_search" || type === "namespace";
}

function isSearched({ state }: Tool): boolean {
  const { namespace, added, whole } = ownMembers(state);
  return namespace !== undefined || added === true || needsSearch(whole);
}

function isSearchedCall(part: Part): boolean {
  if (part.type === "foreign") return isAdded(part);
  const item = part.type === "tool-call" ? ownItem(part.form) : null;
  return item !== null && (item["namespace"] !== undefined || item["type"] === "tool_search_call");
}

function isAdded(part: Part): boolean {
  return part.type === "foreign" && ownItem(part.state)?.["type"] === "additional_tools";
}

/** Without the input items that offer tools: those are offered with all others then. */
export function withoutAdded(request: ChatRequest): ChatRequest {
  const messages = request.messages.filter(({ parts }) => parts.length === 0 || !parts.every(isAdded));
  return { ...request, messages };
}

/** The caller's tools whose calls differ from those of a function with the same name, by name. */
export type CallForms = ReadonlyMap<string, Tool>;

const NONE: CallForms = new Map();

export function callForms(tools: readonly Tool[] = []): CallForms {
  const special = tools.filter(({ freeText, state }) => {
    const { whole, namespace } = ownMembers(state);
    return freeText !== undefined || whole !== undefined || namespace !== undefined;
  });
  return special.length === 0 ? NONE : new Map(special.map((tool) => [tool.name, tool]));
}

/** How to send a call: the tool's own name and namespace, and its kind if the client runs it. */
export interface CallForm {
  readonly kind: "function" | "free" | "client";
  readonly members: JsonObject;
  /** With `client`: the tool's type. */
  readonly type: string;
}

export function formOfCall(name: string, forms: CallForms | undefined): CallForm {
  const tool = forms?.get(name);
  const { whole, namespace, name: own } = ownMembers(tool?.state);
  const space = isObject(namespace) ? { namespace: stringOr(namespace["name"], "") } : {};
  const members = { name: stringOr(own, name), ...space };
  if (tool?.freeText !== undefined) return { kind: "free", members, type: "" };
  if (isObject(whole)) return { kind: "client", members: { name }, type: stringOr(whole["type"], "") };
  return { kind: "function", members, type: "" };
}
