// Encodes a call as the item that the client expects for it: a function call, in its namespace if it has one, a
// free-text call, or a tool that the client runs. Another vendor's seal travels in fields that clients echo.
import type { ToolCallPart } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/json.ts";
import { inputOf } from "../../shared/free-text.ts";
import { isObject, parseJson, stringOr } from "../../shared/read.ts";
import { clientToolNamed } from "../features/client-tools.ts";
import { itemId, type ItemPrefix } from "./envelope.ts";
import { type CallForm, type CallForms, formOfCall } from "../features/forms.ts";
import { carryObject, freeCall, ownItem, self } from "../features/own-state.ts";

export interface CallPlace {
  readonly response: string;
  readonly index: number;
  readonly status: "in_progress" | "completed" | "incomplete";
  readonly forms?: CallForms | undefined;
}

export type CallItem = JsonObject & { readonly id: string };

/** The vendor's own data in this protocol take precedence over the caller's declaration. */
export function formOf({ name, state }: Pick<ToolCallPart, "name" | "state">, forms: CallForms | undefined): CallForm {
  const own = ownItem(state);
  const form = formOfCall(name, own?.["namespace"] === undefined ? forms : undefined);
  return own?.["type"] === freeCall && form.kind !== "free" ? { kind: "free", members: { name }, type: "" } : form;
}

/** `in_progress`: without its text or arguments, which are still to come. */
export function encodeCallItem(part: ToolCallPart, place: CallPlace): CallItem {
  const form = formOf(part, place.forms);
  if (form.kind === "free") return writeFree(part, place, form);
  return (form.kind === "client" ? writeClient(part, place, form) : null) ?? writeFunction(part, place, form);
}

function writeFunction({ id, arguments: text, state }: ToolCallPart, place: CallPlace, form: CallForm): CallItem {
  return {
    id: itemId("fc", place.response, place.index),
    type: "function_call",
    status: place.status,
    arguments: text === "" && place.status === "completed" ? "{}" : text,
    call_id: id,
    ...form.members,
    ...sealOf(state),
    ...ownItem(state),
  };
}

function writeFree({ id, arguments: text, state }: ToolCallPart, place: CallPlace, form: CallForm): CallItem {
  const own = ownItem(state);
  return {
    id: itemId("ctc", place.response, place.index),
    type: freeCall,
    status: place.status,
    call_id: id,
    ...form.members,
    input: text === "" ? "" : inputOf(text),
    ...sealOf(state),
    ...(own?.["type"] === freeCall ? own : {}),
  };
}

const prefixes: Readonly<Record<string, ItemPrefix>> = {
  local_shell: "lsh",
  shell: "sh",
  apply_patch: "apc",
  tool_search: "tsc",
};

/** Null if the arguments are invalid for that tool: the client then gets a function call, and can tell the model. */
function writeClient({ id, arguments: text, state }: ToolCallPart, place: CallPlace, form: CallForm): CallItem | null {
  const tool = clientToolNamed(form.type);
  const input = parseJson(text);
  const written = tool !== null && isObject(input) ? tool.write(input) : null;
  if (tool === null || written === null) return null;
  const prefix = prefixes[tool.type] ?? "fc";
  return {
    id: itemId(prefix, place.response, place.index),
    type: tool.call,
    status: place.status,
    call_id: id,
    ...written,
    ...sealOf(state),
  };
}

function sealOf(state: ToolCallPart["state"]): JsonObject {
  return state !== undefined && state.protocol !== self ? { extra_content: carryObject(state) } : {};
}

/** The vendor's own id, if it is from this protocol and this kind of item. */
export function idOf(item: CallItem, state: ToolCallPart["state"], free: boolean): string {
  const own = ownItem(state);
  return free === (own?.["type"] === freeCall) ? stringOr(own?.["id"], "") || item.id : item.id;
}
