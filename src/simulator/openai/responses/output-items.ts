// An answer as the items of a response's output: reasoning, then a message, or calls. Made once; the document shows
// them whole, the stream piece by piece.
import type { Answer, ToolCall } from "../../answers/prompt.ts";
import { splitTokens } from "../../answers/tokens.ts";
import type { JsonRecord } from "../../json-record.ts";
import type { WebSearch } from "../../answers/search-the-web.ts";
import { LETTERS_AND_DIGITS, type Random } from "../../random.ts";
import { citeIn, renderSearch } from "../web-search.ts";
import type { AnswerWish } from "../../vocabulary.ts";
import type { ItemIds } from "./item-ids.ts";

export interface ReasoningItem {
  readonly kind: "reasoning";
  readonly id: string;
  /** Tokens of the summary; empty if not requested. */
  readonly summary: readonly string[];
  readonly isSealed: boolean;
}

export interface MessageItem {
  readonly kind: "message";
  readonly id: string;
  readonly text: readonly string[];
  readonly annotations: readonly JsonRecord[];
  readonly phase: string | undefined;
  readonly isCut: boolean;
}

export interface SearchItem {
  readonly kind: "search";
  readonly id: string;
  readonly search: WebSearch;
  /** Whether its pages are shown. */
  readonly sources: boolean;
}

export interface CallItem {
  readonly kind: "call";
  readonly id: string;
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
  readonly namespace?: string;
  readonly type: "function_call" | "custom_tool_call" | "tool_search_call";
}

export type OutputItem = ReasoningItem | MessageItem | CallItem | SearchItem;

export interface ItemWishes {
  readonly ids: ItemIds;
  readonly random: Random;
  readonly wish: AnswerWish;
  readonly showsReasoning: boolean;
  readonly summarizes: boolean;
  readonly isSealed: boolean;
  readonly phase: string | undefined;
  readonly search: WebSearch | undefined;
  readonly sources: boolean;
}

export function itemsOf(answer: Answer, wishes: ItemWishes): OutputItem[] {
  const { ids, random, wish } = wishes;
  const items: OutputItem[] = [];
  if (wishes.showsReasoning && answer.thinkingTokens > 0) {
    const summary = wishes.summarizes ? [...splitTokens("**Thinking it over**\n\n"), ...answer.thoughts] : [];
    items.push({ kind: "reasoning", id: ids.next("rs"), summary, isSealed: wishes.isSealed });
  }
  const { search, sources } = wishes;
  if (search !== undefined) items.push({ kind: "search", id: ids.next("ws"), search, sources });
  const isSilent = answer.text.length === 0 && (answer.calls.length > 0 || answer.finish === "length");
  if (!isSilent && wish.policyBlock !== true) {
    const isCut = answer.finish === "length";
    const { tokens: text, citation } = citeIn(answer.text, search);
    const annotations = citation === undefined ? [] : [{ type: "url_citation", ...citation }];
    items.push({ kind: "message", id: ids.next("msg"), text, annotations, phase: wishes.phase, isCut });
  }
  for (const call of answer.calls) items.push(callItem(call, { ids, random, wish }));
  return items;
}

/** The name of the search among the caller's tools. */
export const toolSearch = "tool_search";
const prefixes = { function_call: "fc", custom_tool_call: "ctc", tool_search_call: "tsc" } as const;

function callItem(
  { name, input, freeForm, namespace }: ToolCall,
  { ids, random, wish }: Pick<ItemWishes, "ids" | "random" | "wish">,
): CallItem {
  const type = freeForm !== undefined ? "custom_tool_call" : name === toolSearch ? "tool_search_call" : "function_call";
  const written = freeForm ?? JSON.stringify(input);
  const keptText = written.slice(0, Math.max(1, Math.floor(written.length * 0.6)));
  return {
    kind: "call",
    id: ids.next(prefixes[type]),
    callId: `call_${random.characters(24)}`,
    name,
    arguments:
      wish.cutArguments === true && type !== "tool_search_call" ? (written === "{}" ? "{" : keptText) : written,
    ...(namespace === undefined ? {} : { namespace }),
    type,
  };
}

/** The item in a finished output. */
export function renderItem(item: OutputItem, context: { random: Random; logprobs: readonly JsonRecord[] }): JsonRecord {
  switch (item.kind) {
    case "reasoning":
      return renderReasoning(item, context.random);
    case "message": {
      const { annotations } = item;
      const part = { type: "output_text", annotations, logprobs: context.logprobs, text: item.text.join("") };
      return { ...beginMessage(item), status: item.isCut ? "incomplete" : "completed", content: [part] };
    }
    case "call":
      return renderCall(item, "completed");
    case "search":
      return renderSearch(item.id, item.search, item.sources);
  }
}

export function renderReasoning(item: ReasoningItem, random: Random): JsonRecord {
  const summary = item.summary.length === 0 ? [] : [{ type: "summary_text", text: item.summary.join("") }];
  return { ...beginReasoning(item, random), summary };
}

/** Sealed again in each place, like the real one. */
export function beginReasoning({ id, isSealed }: ReasoningItem, random: Random): JsonRecord {
  const sealed = isSealed ? { encrypted_content: `gAAAAAB${random.characters(212, `${LETTERS_AND_DIGITS}-_`)}=` } : {};
  return { id, type: "reasoning", ...sealed, summary: [] };
}

export function beginMessage({ id, phase }: MessageItem): JsonRecord {
  return {
    id,
    type: "message",
    status: "in_progress",
    content: [],
    ...(phase === undefined ? {} : { phase }),
    role: "assistant",
  };
}

export function renderCall(item: CallItem, status: "in_progress" | "completed"): JsonRecord {
  const { id, type, name, namespace, callId: call_id } = item;
  const shownArguments = status === "completed" ? item.arguments : "";
  if (type === "tool_search_call")
    return { id, type, status, call_id, execution: "client", arguments: searchedFor(shownArguments) };
  const place = namespace === undefined ? { name } : { name, namespace };
  if (type === "custom_tool_call") return { id, type, status, call_id, input: shownArguments, ...place };
  return { id, type, status, arguments: shownArguments, call_id, ...place };
}

/** An object, unlike a function's arguments. */
function searchedFor(written: string): unknown {
  return written === "" ? {} : (JSON.parse(written) as unknown);
}
