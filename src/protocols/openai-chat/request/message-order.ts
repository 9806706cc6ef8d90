// The order of messages that a target takes. Hosts of open models render a history with the model's own template, and
// many templates raise an error on a second system message, on a late one, or on two adjacent turns of the same role.
// Other messages keep their content and position if possible; the report says what changed.
import type { Json, JsonObject } from "../../../core/json.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { isArray, stringOr } from "../../shared/read.ts";
import { isSystem, systemFits } from "../../shared/system-fits.ts";

type Order = Pick<ModelFacts, "systemMessages" | "turnOrder" | "prefill">;

/** Whether every order is valid for the target. */
export function takesAnyOrder({ systemMessages, turnOrder, prefill }: Order): boolean {
  return systemMessages === "anywhere" && turnOrder === undefined && prefill !== false;
}

/** Whether messages with these roles, in this order, are valid for the target. */
export function rolesFit(roles: readonly string[], facts: Order): boolean {
  return systemFits(roles, systemOf(facts)) && turnsFit(roles, facts);
}

/** A target that needs alternating turns cannot take a system message between them. */
function systemOf({ systemMessages, turnOrder }: Order): Order["systemMessages"] {
  return systemMessages === "anywhere" && turnOrder !== undefined ? "leading" : systemMessages;
}

function turnsFit(roles: readonly string[], { turnOrder, prefill }: Order): boolean {
  // A model without prefill, at a host: "The conversation must end with a user message."
  if (turnOrder === undefined) return prefill !== false || roles.at(-1) !== "assistant";
  const turns = roles.filter((role) => !isSystem(role));
  return turns.every((role, index) => {
    const before = turns[index - 1];
    if (role === "user" && before === "tool") return false;
    if (role === "assistant" && index === turns.length - 1) return false;
    if (turnOrder !== "alternating") return true;
    return before === undefined ? role !== "assistant" : role !== before || role === "tool";
  });
}

/** The messages in an order that the target takes. The same list if they are in it. */
export function orderMessages(
  messages: readonly JsonObject[],
  facts: Order,
  adapted: Set<string>,
): readonly JsonObject[] {
  if (takesAnyOrder(facts)) return messages;
  const roles = messages.map(({ role }) => stringOr(role, ""));
  if (rolesFit(roles, facts)) return messages;
  const ordered = systemFits(roles, systemOf(facts)) ? messages : placeSystem(messages, facts, adapted);
  return facts.turnOrder === undefined && turnsFit(roles, facts) ? ordered : orderTurns(ordered, facts, adapted);
}

function placeSystem(messages: readonly JsonObject[], facts: Order, adapted: Set<string>): readonly JsonObject[] {
  const systemMessages = systemOf(facts);
  if (systemMessages === "none") return asUser(messages, adapted);
  const first = messages.findIndex(({ role }) => !isSystem(role));
  const leading = messages.slice(0, first < 0 ? messages.length : first);
  const joined = systemMessages === "leading" ? leading : joinSystem(leading, adapted);
  // Only instructions: templates need a user message, so they become one.
  if (first < 0) {
    adapted.add("messages.role:system>user");
    return joined.map((message) => ({ ...message, role: "user" }));
  }
  return [...joined, ...asUser(messages.slice(first), adapted)];
}

function joinSystem(leading: readonly JsonObject[], adapted: Set<string>): readonly JsonObject[] {
  const [first, ...others] = leading;
  if (first === undefined || others.length === 0) return leading;
  adapted.add(`messages.system:${leading.length}>1`);
  return [others.reduce((joined, message) => join(joined, message), first)];
}

/** In its position, because moving it would change what it applies to; never between calls and their results. */
function asUser(messages: readonly JsonObject[], adapted: Set<string>): readonly JsonObject[] {
  const out: JsonObject[] = [];
  let waiting: JsonObject[] = [];
  for (const message of messages) {
    if (isSystem(message["role"])) {
      adapted.add("messages.role:system>user");
      waiting.push({ ...message, role: "user", content: wrap(message["content"]) });
      continue;
    }
    if (message["role"] !== "tool" && waiting.length > 0) {
      out.push(...waiting);
      waiting = [];
    }
    out.push(message);
  }
  return [...out, ...waiting];
}

function wrap(content: Json | undefined): Json {
  if (!isArray(content)) return wrapText(stringOr(content, ""));
  return content.map((part) => {
    const text = (part as JsonObject | null)?.["text"];
    return typeof text === "string" ? { ...(part as JsonObject), text: wrapText(text) } : part;
  });
}

function wrapText(text: string): string {
  return `<system>\n${text}\n</system>`;
}

/** The text for a turn that the order requires and that nobody sent. */
const filler = {
  user: { role: "user", content: "[The conversation begins with your words.]" },
  assistant: { role: "assistant", content: "OK." },
  goOn: { role: "user", content: "Go on." },
} as const;

function orderTurns(messages: readonly JsonObject[], { turnOrder }: Order, adapted: Set<string>): JsonObject[] {
  const out: JsonObject[] = [];
  const alternates = turnOrder === "alternating";
  for (const message of messages) {
    const { role } = message;
    const last = out.at(-1);
    const before = last === undefined || isSystem(last["role"]) ? null : last["role"];
    if (alternates && last !== undefined && role === before && role !== "tool" && !isSystem(role)) {
      adapted.add(`messages.${stringOr(role, "")}:several>1`);
      out[out.length - 1] = join(last, message);
      continue;
    }
    if (turnOrder !== undefined && role === "user" && before === "tool") out.push(fill("assistant", adapted));
    else if (alternates && role === "assistant" && before === null) out.push(fill("user", adapted));
    out.push(message);
  }
  // "Expected last role User or Tool (or Assistant with prefix True)", "Last message must have role `user`." (BerriAI/litellm#3918).
  const last = out.at(-1);
  if (last?.["role"] === "assistant" && last["prefix"] !== true) out.push(fill("goOn", adapted));
  return out;
}

function fill(turn: keyof typeof filler, adapted: Set<string>): JsonObject {
  adapted.add(`messages:+${filler[turn].role}`);
  return filler[turn];
}

/** Both in one; if both have a member, the first one's counts. */
function join(first: JsonObject, second: JsonObject): JsonObject {
  return { ...second, ...first, content: joinContent(first["content"], second["content"]) };
}

function joinContent(first: Json | undefined, second: Json | undefined): Json {
  if (first === undefined || first === null || first === "") return second ?? "";
  if (second === undefined || second === null || second === "") return first;
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...partsOf(first), ...partsOf(second)];
}

function partsOf(content: Json): readonly Json[] {
  return isArray(content) ? content : [{ type: "text", text: content }];
}
