// Calls and their results, put together: this protocol wants the results of a turn in one content, in the order of the
// calls, and one for each call. Histories come otherwise: trimmed, interleaved, with an answer missing.
import type { Message, Part, ToolCallPart, ToolResultPart } from "../../core/chat.ts";
import type { Report } from "../report.ts";

/** One stretch of the conversation by one side. */
export type Turn =
  | { readonly role: "user"; readonly parts: readonly Part[]; readonly place: string }
  | { readonly role: "system"; readonly parts: readonly Part[]; readonly place: string }
  | { readonly role: "model"; readonly parts: readonly Part[]; readonly place: string }
  | { readonly role: "results"; readonly results: readonly PairedResult[] };

export interface PairedResult {
  readonly call: ToolCallPart;
  /** Null where the history has none: the wire still wants one. */
  readonly result: ToolResultPart | null;
}

interface Placed {
  readonly message: Message;
  readonly place: string;
}

/** `offset`: how many messages stood before these. */
export function arrangeTurns(messages: readonly Message[], offset: number, report: Report): readonly Turn[] {
  const turns: Turn[] = [];
  let rest: readonly Placed[] = messages.map((message, index) => ({ message, place: `messages[${index + offset}]` }));
  while (rest.length > 0) {
    const stretch = rest.findIndex(({ message }) => message.role !== "assistant");
    const spoken = stretch === -1 ? rest : rest.slice(0, stretch);
    const after = rest.slice(spoken.length);
    const next = after.findIndex(({ message }) => message.role === "assistant");
    const heard = next === -1 ? after : after.slice(0, next);
    addExchange(turns, { spoken, heard }, report);
    rest = after.slice(heard.length);
  }
  return turns;
}

/** What the model said in a row, and everything up to when it speaks again. */
function addExchange(
  turns: Turn[],
  { spoken, heard }: { readonly spoken: readonly Placed[]; readonly heard: readonly Placed[] },
  report: Report,
): void {
  for (const { message, place } of spoken) turns.push({ role: "model", parts: message.parts, place });
  const calls = spoken.flatMap(({ message }) => message.parts.filter((part) => part.type === "tool-call"));
  const open = heard.flatMap(({ message, place }) =>
    message.parts.filter((part) => part.type === "tool-result").map((result) => ({ result, place })),
  );
  const results: PairedResult[] = calls.map((call) => {
    const found = open.findIndex(({ result }) => result.id === call.id);
    const [taken] = found === -1 ? [] : open.splice(found, 1);
    if (taken === undefined) report.adapt("messages.tool", "missing", "[no result]");
    return { call, result: taken?.result ?? null };
  });
  for (const { place } of open) report.drop(place);
  if (results.length > 0) turns.push({ role: "results", results });
  for (const { message, place } of heard) {
    const parts = message.parts.filter((part) => part.type !== "tool-result");
    if (parts.length === 0) continue;
    turns.push({ role: message.role === "system" || message.role === "developer" ? "system" : "user", parts, place });
  }
}
