// Puts stored state back into a history that lost it, each piece at its position, and removes what another account or
// model sealed. It must never replace what the caller sent; if there is nothing to do, the request stays the same
// object.
import type { ChatRequest, Message, Part, ToolCallPart, VendorState } from "../core/chat.ts";
import type { ReasoningStateRules } from "../core/reasoning-state.ts";
import type { CallStateMemory, Piece } from "./state-memory.ts";

/** `memories`: by the call's id. */
export function replayState(request: ChatRequest, memories: ReadonlyMap<string, CallStateMemory>): ChatRequest {
  if (memories.size === 0) return request;
  return mapTurns(request, (message) => replayTurn(message, memories));
}

/** `isForeign`: the state is not valid at this target. */
export function stripState(
  request: ChatRequest,
  isForeign: (state: VendorState) => boolean,
  rules: ReasoningStateRules,
): ChatRequest {
  return mapTurns(request, (message) => stripTurn(message, isForeign, rules));
}

/** The same request if no assistant turn changes. */
function mapTurns(request: ChatRequest, change: (message: Message) => Message): ChatRequest {
  let changed = false;
  const messages = request.messages.map((message) => {
    const next = message.role === "assistant" ? change(message) : message;
    changed ||= next !== message;
    return next;
  });
  return changed ? { ...request, messages: messages.filter(({ parts }) => parts.length > 0) } : request;
}

function replayTurn(message: Message, memories: ReadonlyMap<string, CallStateMemory>): Message {
  const parts: Part[] = [];
  let stretch: Part[] = [];
  let [textLength, before] = [0, 0];
  let changed = false;
  for (const part of message.parts) {
    if (part.type === "text") textLength += part.text.length;
    if (part.type !== "tool-call") {
      stretch.push(part);
      continue;
    }
    const memory = memories.get(part.id);
    const callMemory = memory?.name === part.name ? memory : null;
    const filled = callMemory === null ? stretch : fillStretch(stretch, callMemory, before);
    const call = callMemory === null ? part : sealCall(part, callMemory);
    changed ||= filled !== stretch || call !== part;
    parts.push(...filled, call);
    stretch = [];
    before = textLength;
  }
  return changed ? { ...message, parts: [...parts, ...stretch] } : message;
}

/** State of the client's own protocol beside a call is useless to the vendor that sealed the call. */
function sealCall(part: ToolCallPart, { state }: CallStateMemory): ToolCallPart {
  return state === null || part.state?.protocol === state.protocol ? part : { ...part, state };
}

/** The parts before a call, with their state. `base`: the length of the turn's text before these parts. */
function fillStretch(stretch: Part[], memory: CallStateMemory, base: number): Part[] {
  const { protocol } = memory.origin;
  const hasReasoning = stretch.some((part) => part.type === "reasoning" && part.state?.protocol === protocol);
  const pieces = memory.before.filter((piece) => piece.kind === "text" || !hasReasoning);
  if (pieces.length === 0) return stretch;
  // Reasoning without a seal is the stored reasoning.
  const visibleParts = hasReasoning ? stretch : stretch.filter((part) => part.type !== "reasoning");
  const filled = placePieces(visibleParts, pieces, base);
  return filled.length === stretch.length && filled.every((part, index) => part === stretch[index]) ? stretch : filled;
}

function placePieces(stretch: readonly Part[], pieces: readonly Piece[], base: number): Part[] {
  const parts: Part[] = [];
  const waiting = [...pieces];
  let textLength = base;
  const placeUpTo = (end: number): void => {
    while (waiting[0] !== undefined && waiting[0].at <= end) {
      const piece = waiting.shift();
      if (piece?.kind === "reasoning") parts.push({ type: "reasoning", text: piece.text, state: piece.state });
      else if (piece !== undefined) sealText(parts, piece.state);
    }
  };
  for (const part of stretch) {
    placeUpTo(textLength);
    if (part.type !== "text") {
      parts.push(part);
      continue;
    }
    let rest = part;
    // Reasoning inside what is now one text.
    for (let next = waiting[0]; next !== undefined && next.at < textLength + rest.text.length; next = waiting[0]) {
      const cut = next.at - textLength;
      if (rest.state !== undefined || cut <= 0) break;
      parts.push({ ...rest, text: rest.text.slice(0, cut) });
      rest = { ...rest, text: rest.text.slice(cut) };
      textLength += cut;
      placeUpTo(textLength);
    }
    parts.push(rest);
    textLength += rest.text.length;
  }
  placeUpTo(Infinity);
  return parts;
}

/** The seal of the text that has just ended; a separate part if that text already has one, or is not text. */
function sealText(parts: Part[], state: VendorState): void {
  const last = parts.at(-1);
  if (last?.type === "text" && last.state === undefined) parts[parts.length - 1] = { ...last, state };
}

function stripTurn(message: Message, isForeign: (state: VendorState) => boolean, rules: ReasoningStateRules): Message {
  let [changed, severed] = [false, false];
  const parts = message.parts.flatMap((part): Part[] => {
    if (!("state" in part) || part.state === undefined || part.type === "foreign") return [part];
    if (isForeign(part.state)) {
      changed = true;
      if (part.type !== "reasoning") return [withState(part, undefined)];
      severed = true;
      return [];
    }
    if (!severed || rules.unlinked === undefined) return [part];
    return [withState(part, rules.unlinked(part.state))];
  });
  return changed ? { ...message, parts } : message;
}

function withState<One extends Part>(part: One, state: VendorState | undefined): One {
  const { state: _state, ...rest } = part as One & { state?: VendorState };
  return (state === undefined ? rest : { ...rest, state }) as One;
}
