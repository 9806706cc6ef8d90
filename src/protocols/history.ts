// Puts calls and results in order for a protocol that refuses a history where they do not pair up: each call is
// answered at once, in the calls' order, and a result answers a call. Only for histories of other protocols, whose
// rules are looser; a chat client's own mistakes are the caller's to see.
import type { Message, Part, ToolResultPart } from "../core/chat.ts";

/** `adapted` gets a word where something had to be added or left out. */
export function pairResults(turns: readonly Message[], adapted: Set<string>): Message[] {
  const messages = joinTurns(turns);
  const out: Message[] = [];
  for (let index = 0; index < messages.length; index++) {
    const message = messages[index];
    if (message === undefined) break;
    if (message.role === "tool") {
      adapted.add("messages:-orphan-result");
      continue;
    }
    out.push(message);
    if (message.role !== "assistant") continue;
    const results: ToolResultPart[] = [];
    for (let next = messages[index + 1]; next?.role === "tool"; next = messages[index + 1]) {
      results.push(...next.parts.filter((part) => part.type === "tool-result"));
      index++;
    }
    const paired = answers(message.parts, results, adapted);
    if (paired.length > 0) out.push({ role: "tool", parts: paired, name: null });
  }
  return out;
}

/** Other protocols take several turns of the assistant's in a row for one: its calls are answered together. */
function joinTurns(turns: readonly Message[]): Message[] {
  const joined: Message[] = [];
  for (const turn of turns) {
    const last = joined.at(-1);
    if (turn.role !== "assistant" || last?.role !== "assistant") joined.push(turn);
    else joined[joined.length - 1] = { ...last, parts: [...last.parts, ...turn.parts] };
  }
  return joined;
}

function answers(parts: readonly Part[], results: readonly ToolResultPart[], adapted: Set<string>): ToolResultPart[] {
  const rest = [...results];
  const paired: ToolResultPart[] = [];
  for (const part of parts) {
    if (part.type !== "tool-call") continue;
    const at = rest.findIndex((result) => result.id === part.id);
    const [result] = at < 0 ? [] : rest.splice(at, 1);
    if (result === undefined) adapted.add("messages:+no-result");
    paired.push(result ?? noResult(part.id, part.name));
  }
  if (rest.length > 0) adapted.add("messages:-orphan-result");
  return paired;
}

function noResult(id: string, name: string): ToolResultPart {
  return { type: "tool-result", id, name, parts: [{ type: "text", text: "[no result]" }], isError: false };
}
