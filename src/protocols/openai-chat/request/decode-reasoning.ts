// What a chat client asks about reasoning, in OpenAI's words, the routers' and the hosts'. They become one neutral wish.
import type { Effort, Reasoning } from "../../../core/chat.ts";
import { efforts } from "../../../core/chat.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import { membersOf, numberOr, optionalObject, optionalString, stringOr } from "../../shared/read.ts";
import type { HostWords } from "./host-words.ts";

/**
 * `reasoning_effort`, otherwise the routers' `reasoning: {effort, max_tokens, exclude, enabled}`, otherwise the
 * equivalent of the hosts' `thinking: {type, budget_tokens}` (which itself stays in the extras) and of their switches.
 */
export function decodeReasoning(body: JsonObject, extras: MutableJson, words: HostWords): Reasoning | null {
  const own = decodeEffort(body, extras);
  const {
    effort: routed,
    max_tokens: limit,
    exclude,
    enabled,
    ...others
  } = optionalObject(body, "reasoning", "") ?? {};
  if (Object.keys(others).length > 0) extras["reasoning"] = others;
  const namedEffort = own ?? effortOrNull(stringOr(routed, "")) ?? words.effort;
  const thinking = membersOf(body["thinking"]);
  const limited = numberOr(limit, null) ?? numberOr(thinking["budget_tokens"], null) ?? words.budget;
  const switched = [enabled, typesOn.get(thinking["type"] ?? null), words.isOn];
  const budget = limited ?? (switched.includes(true) && namedEffort === null ? -1 : null);
  const isOff = switched.includes(false) && budget === null;
  const effort = namedEffort ?? (isOff ? "none" : null);
  const visible = typeof exclude === "boolean" ? !exclude : asksToThink(effort, budget) || null;
  return effort === null && budget === null && visible === null ? null : { effort, budget, visible };
}

const typesOn: ReadonlyMap<Json, boolean> = new Map<Json, boolean>([
  ["adaptive", true],
  ["enabled", true],
  ["disabled", false],
]);

function decodeEffort(body: JsonObject, extras: MutableJson): Effort | null {
  const word = optionalString(body, "reasoning_effort", "");
  if (word !== null && !isEffort(word)) extras["reasoning_effort"] = word;
  return word === null ? null : effortOrNull(word);
}

function isEffort(word: string): word is Effort {
  return (efforts as readonly string[]).includes(word);
}

function effortOrNull(word: string): Effort | null {
  return isEffort(word) ? word : null;
}

/**
 * Clients of this protocol cannot ask to see reasoning, and find it in `reasoning_content`: a caller that pays for it
 * sees it.
 */
function asksToThink(effort: Effort | null, budget: number | null): boolean {
  return effort === null ? budget !== null && budget !== 0 : effort !== "none";
}
