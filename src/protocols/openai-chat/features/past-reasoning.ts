// The reasoning of a message, in each form that hosts and gateways of this protocol have: `reasoning_content`,
// `reasoning`, OpenRouter's `reasoning_details`, and LiteLLM's `thinking_blocks`, which are Claude's own blocks. They
// mostly repeat each other, so each text is read once; the members themselves go back unchanged.
// Sources: https://openrouter.ai/docs/use-cases/reasoning-tokens, https://docs.litellm.ai/docs/reasoning_content.
import type { ReasoningPart, VendorState } from "../../../core/chat.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { arrayOr, isArray, isObject, membersOf, stringOr } from "../../shared/read.ts";
import { ownMembers, ownVendorState, readReasoningDetail, self, type SealedReasoning } from "./vendor-state.ts";

const claude = "anthropic-messages";

/** Whether the reasoning in this member is read. A value of another type is unknown, like a member of another name. */
export function isReadable(name: string, value: Json): boolean {
  if (name === "reasoning_content" || name === "reasoning") return typeof value === "string";
  return (name !== "reasoning_details" && name !== "thinking_blocks") || isArray(value);
}

/**
 * The reasoning of an answer or a delta, with its vendor's state. An empty one counts in the past: in a history it
 * tells hosts that need reasoning back that there was none.
 */
export function readReasoning(message: JsonObject, isPast = false): ReasoningPart[] {
  const { field, text, second } = spelledTexts(message);
  const sealed: SealedReasoning[] = [];
  const details: Json[] = [];
  for (const entry of arrayOr(message["reasoning_details"], [])) {
    const ours = isObject(entry) ? readReasoningDetail(entry) : null;
    if (ours === null) details.push(entry);
    else if (ours.start + ours.length <= text.length) sealed.push(ours);
  }
  const own: JsonObject = details.length > 0 ? { field, reasoning_details: details } : { field };
  const more = second === "" ? [] : [thought(second, { field: "reasoning", second: true })];
  if (sealed.length > 0) return [...cutReasoning(text, sealed, ownVendorState(own)), ...more];
  if (text === "" && details.length > 0)
    return [thought(detailWords(details), isPast ? { ...own, written: null } : own)];
  if (text === "" && !(isPast && message["reasoning_content"] === "")) return [];
  return [thought(text, own), ...more];
}

/**
 * `written`, in a history: the text for the message's own field, if it is not the part's. Null: the caller used none,
 * so only a target that reads one gets it.
 */
function thought(text: string, value: JsonObject): ReasoningPart {
  return { type: "reasoning", text, state: ownVendorState(value) };
}

/** Hosts that write both spellings repeat the text. */
function spelledTexts(message: JsonObject): { readonly field: string; readonly text: string; readonly second: string } {
  const [text, other] = [stringOr(message["reasoning_content"], ""), stringOr(message["reasoning"], "")];
  if (text === "" && other !== "") return { field: "reasoning", text: other, second: "" };
  return { field: "reasoning_content", text, second: other === text ? "" : other };
}

/** The pieces of one text have one `index`; a blank line separates two texts. */
function detailWords(details: readonly Json[]): string {
  let words = "";
  let last: Json | undefined;
  for (const entry of details.map(membersOf)) {
    const text = detailText(entry);
    if (text === "") continue;
    words += words !== "" && entry["index"] !== last ? `\n\n${text}` : text;
    last = entry["index"];
  }
  return words;
}

/** `reasoning.text` has a text, `reasoning.summary` a summary, `reasoning.encrypted` neither. */
function detailText(entry: JsonObject): string {
  return stringOr(entry["text"] ?? entry["summary"], "");
}

/** `state`: sealed by Claude. */
interface Block {
  readonly text: string;
  readonly state?: VendorState | undefined;
}

/**
 * The reasoning in a history. Blocks that Claude sealed are Claude's again; their `form` holds what the caller wrote.
 * `sealed`: the members with entries that only the caller's host can read.
 */
export function readPastReasoning(message: JsonObject): ReasoningPart[] {
  const parts = readReasoning(message, true);
  const [first] = parts;
  const thinking = arrayOr<readonly Json[]>(message["thinking_blocks"], []);
  const own = ownMembers(first?.state);
  const details = arrayOr<readonly Json[]>(own["reasoning_details"], []).map(membersOf);
  if (thinking.length === 0 && details.length === 0) return parts;
  const blocks = thinking.length > 0 ? thinking.map(membersOf).map(readThinking) : readDetails(details);
  const sealedNames = sealedMembers({ details, thinking: thinking.length > 0 ? blocks : [] });
  const value: JsonObject = {
    ...(first === undefined ? { written: null } : own),
    ...(thinking.length === 0 ? {} : { thinking_blocks: thinking }),
    ...(Object.keys(sealedNames).length === 0 ? {} : { sealed: sealedNames }),
  };
  const thoughts = readBlocks(parts, blocks, value);
  return [...thoughts, ...untold(readDetails(details), thoughts)];
}

function readBlocks(parts: readonly ReasoningPart[], blocks: readonly Block[], value: JsonObject): ReasoningPart[] {
  const [first, ...others] = parts;
  // The gateway's own seals come first.
  if (parts.some(({ state }) => state?.protocol !== self)) return [...parts, ...untold(blocks, parts)];
  if (blocks.some(({ state }) => state !== undefined))
    return [...asBlocks(blocks, value, parts), ...untold(parts.slice(0, 1), blocks), ...others];
  const words = first?.text || blocks.map(({ text }) => text).join("\n\n");
  return [thought(words, value), ...others, ...untold(blocks, [{ text: words }, ...others])];
}

function sealedMembers(lists: {
  readonly details: readonly JsonObject[];
  readonly thinking: readonly Block[];
}): JsonObject {
  const { details, thinking } = lists;
  const isDetail = details.some((entry) => detailText(entry) === "" && (thinking.length > 0 || !isClaude(entry)));
  const isThinking = thinking.some(({ text, state }) => text === "" && state === undefined);
  return { ...(isDetail ? { reasoning_details: true } : {}), ...(isThinking ? { thinking_blocks: true } : {}) };
}

function asBlocks(blocks: readonly Block[], value: JsonObject, parts: readonly ReasoningPart[]): ReasoningPart[] {
  const written = value["written"] === null ? null : (parts[0]?.text ?? "");
  return blocks.map(({ text, state }, index) => ({
    type: "reasoning",
    text,
    state: state ?? ownVendorState({}),
    form: ownVendorState(index === 0 ? { ...value, written } : { written: written === null ? null : "" }),
  }));
}

/** The words of `some` that are not among `others`: the form that goes back has them already. */
function untold(some: readonly Block[], others: readonly Block[]): ReasoningPart[] {
  const squeezed = (list: readonly Block[]): string => list.map(({ text }) => text.replaceAll(/\s+/gu, "")).join("");
  if (squeezed(others).includes(squeezed(some))) return [];
  return [thought(some.map(({ text }) => text).join("\n\n"), { written: "" })];
}

function readThinking(block: JsonObject): Block {
  const { type, data } = block;
  if (type === "redacted_thinking" && typeof data === "string") return redactedBlock(data);
  return signedBlock(stringOr(block["thinking"] ?? block["text"], ""), stringOr(block["signature"], ""));
}

/** Pieces of one text have one `index`; its signature may come with any of them. */
function readDetails(details: readonly JsonObject[]): Block[] {
  const blocks: Block[] = [];
  let open: { index: Json | undefined; text: string; signature: string } | null = null;
  const close = (): void => {
    if (open !== null) blocks.push(signedBlock(open.text, open.signature));
    open = null;
  };
  for (const entry of details) {
    const { data, index, signature } = entry;
    const sign = isClaude(entry) ? stringOr(signature, "") : "";
    if (typeof data === "string" && isClaude(entry)) {
      close();
      blocks.push(redactedBlock(data));
    } else if (open !== null && index !== undefined && open.index === index) {
      open = { index, text: open.text + detailText(entry), signature: sign || open.signature };
    } else {
      close();
      open = { index, text: detailText(entry), signature: sign };
    }
  }
  close();
  return blocks.filter(({ text, state }) => text !== "" || state !== undefined);
}

/** OpenRouter names the vendor that sealed an entry. */
function isClaude({ format }: JsonObject): boolean {
  return typeof format === "string" && format.startsWith("anthropic-");
}

function signedBlock(text: string, signature: string): Block {
  return signature === "" ? { text } : { text, state: { protocol: claude, value: { type: "thinking", signature } } };
}

function redactedBlock(data: string): Block {
  return { text: "", state: { protocol: claude, value: { type: "redacted_thinking", data } } };
}

function cutReasoning(text: string, sealed: readonly SealedReasoning[], rest: VendorState): ReasoningPart[] {
  const parts: ReasoningPart[] = [];
  let position = 0;
  for (const piece of sealed.toSorted((one, other) => one.start - other.start)) {
    if (piece.start < position) continue;
    if (piece.start > position) parts.push({ type: "reasoning", text: text.slice(position, piece.start), state: rest });
    position = piece.start + piece.length;
    parts.push({ type: "reasoning", text: text.slice(piece.start, position), state: piece.state });
  }
  if (position < text.length) parts.push({ type: "reasoning", text: text.slice(position), state: rest });
  return parts;
}
