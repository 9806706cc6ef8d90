// Tool-call ids of exactly nine letters or digits, as Mistral requires: it answers 400 to others. They are hashes, so a
// call and its result stay linked, and a repeated history gets the same ids.
import type { Json, JsonObject } from "../../core/json.ts";
import type { Quirk } from "../../core/provider.ts";
import { isObject, unchanged, withFields } from "./change.ts";

export const shortToolIds: Quirk = {
  name: "short-tool-ids",
  fields: ["messages"],
  request(body) {
    const messages = body["messages"];
    if (!Array.isArray(messages)) return unchanged(body);
    const fitted = (messages as readonly Json[]).map(fitMessage);
    const same = fitted.every((message, index) => message === messages[index]);
    return same ? unchanged(body) : { body: withFields(body, { messages: fitted }), dropped: [], adapted: [] };
  },
};

function fitMessage(message: Json): Json {
  if (!isObject(message)) return message;
  const { tool_call_id: callId, tool_calls: calls } = message;
  if (typeof callId === "string" && !fits(callId)) return { ...message, tool_call_id: nineOf(callId) };
  if (!Array.isArray(calls)) return message;
  const fitted = (calls as readonly JsonObject[]).map((call) =>
    typeof call["id"] === "string" && !fits(call["id"]) ? { ...call, id: nineOf(call["id"]) } : call,
  );
  return fitted.every((call, index) => call === calls[index]) ? message : { ...message, tool_calls: fitted };
}

const fits = (id: string): boolean => /^[A-Za-z0-9]{9}$/.test(id);

/** Nine characters of [0-9a-z] from 46 bits of a hash: no conversation has enough calls for a collision. */
function nineOf(id: string): string {
  let [high, low] = [0x811c9dc5, 0x9e3779b9];
  for (let index = 0; index < id.length; index++) {
    high = Math.imul(high ^ id.charCodeAt(index), 0x01000193);
    low = Math.imul(low ^ id.charCodeAt(index), 0x85ebca6b) + high;
  }
  return (((high >>> 0) % 2 ** 14) * 2 ** 32 + (low >>> 0)).toString(36).padStart(9, "0").slice(-9);
}
