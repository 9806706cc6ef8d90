// Corrects a host's whole answer for clients of this protocol: content is a string, a message has its role, a call its
// id, its type and arguments as a string. An answer that has all that stays unchanged, byte for byte.
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { isArray, isObject, numberOr, stringOr } from "../../shared/read.ts";
import { answerContent, mintCallId } from "./decode.ts";
import { mendFinish } from "./finish.ts";

/** Null if it is fine. */
export function mendAnswer(body: Json): JsonObject | null {
  if (!isObject(body) || !isArray(body["choices"])) return null;
  const id = stringOr(body["id"], "");
  let changed = false;
  const choices = body["choices"].map((choice, position) => {
    const message = isObject(choice) ? choice["message"] : undefined;
    if (!isObject(choice) || !isObject(message)) return choice;
    const better = mendMessage(message, { id, index: numberOr(choice["index"], position) });
    const finish = mendFinish(stringOr(choice["finish_reason"], "stop"), isArray(message["tool_calls"]));
    if (better === null && finish === null) return choice;
    changed = true;
    return { ...choice, ...(finish === null ? {} : { finish_reason: finish }), message: better ?? message };
  });
  return changed ? { ...body, choices } : null;
}

interface Place {
  /** The answer's id. */
  readonly id: string;
  readonly index: number;
}

function mendMessage(message: JsonObject, place: Place): JsonObject | null {
  const members: MutableJson = {};
  if (!stringOr(message["role"], "")) members["role"] = "assistant";
  if (isArray(message["content"])) Object.assign(members, plainContent(message, message["content"]));
  const calls = message["tool_calls"];
  if (isArray(calls) && !calls.every(isReadable))
    members["tool_calls"] = calls.map((call, count) => (isObject(call) ? mendCall(call, place, count) : call));
  for (const _ in members) return { ...message, ...members };
  return null;
}

/** As a string, and its reasoning if a host puts both in one list of parts (Mistral). */
export function plainContent(message: JsonObject, content: readonly Json[]): JsonObject {
  const parts = answerContent(content);
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const thoughts = parts.map((part) => (part.type === "reasoning" ? part.text : "")).join("");
  if (thoughts === "") return { content: text };
  return { content: text, reasoning_content: stringOr(message["reasoning_content"], "") + thoughts };
}

function isReadable(call: Json): boolean {
  if (!isObject(call)) return false;
  const inner = call["function"];
  // Other kinds of calls belong to their host.
  if (!isObject(inner)) return true;
  return call["type"] === "function" && !!call["id"] && typeof inner["arguments"] === "string";
}

function mendCall(call: JsonObject, place: Place, count: number): JsonObject {
  const inner = call["function"];
  if (!isObject(inner)) return call;
  const value = inner["arguments"];
  const text = typeof value === "string" ? value : JSON.stringify(value ?? {});
  const id = stringOr(call["id"], "") || mintCallId(place, count, stringOr(inner["name"], ""));
  return { ...call, id, type: "function", function: { ...inner, arguments: text } };
}
