// Follows an answer and collects the state of its calls: the reasoning before each of them, and the seals. It changes
// nothing, and stores nothing for answers without state.
import type { ChatResponse, Part, VendorState } from "../core/chat.ts";
import type { StreamEvent } from "../core/event.ts";
import type { ReasoningStateRules } from "../core/reasoning-state.ts";
import type { CallStateMemory, Piece } from "./state-memory.ts";

/** A call and its state, without the origin. */
export interface Collected extends Omit<CallStateMemory, "origin"> {
  readonly id: string;
}

export interface StateCollector {
  take(event: StreamEvent): void;
  takeWhole(response: ChatResponse): void;
  /** The calls with state, and all seals, since the last `gather`. */
  gather(): { readonly calls: readonly Collected[]; readonly seals: readonly string[] };
}

/** `unsealed`: the state for reasoning without a seal, if such reasoning must be sent back too. */
export function createStateCollector(rules: ReasoningStateRules, unsealed: VendorState | null): StateCollector {
  return new AnswerCollector(rules, unsealed);
}

/** One choice so far. */
interface Turn {
  /** UTF-16 units of text. */
  textLength: number;
  thought: { readonly at: number; text: string; state: VendorState | null } | null;
  pieces: Piece[];
}

class AnswerCollector implements StateCollector {
  readonly #rules: ReasoningStateRules;
  readonly #unsealed: VendorState | null;
  readonly #turns = new Map<number, Turn>();
  #calls: Collected[] = [];
  #seals: string[] = [];

  constructor(rules: ReasoningStateRules, unsealed: VendorState | null) {
    this.#rules = rules;
    this.#unsealed = unsealed;
  }

  take(event: StreamEvent): void {
    switch (event.type) {
      case "text-delta":
        return this.#speak(this.#turn(event.choice), event.text, event.state);
      case "reasoning-delta":
        return this.#think(this.#turn(event.choice), event.text, event.state);
      case "tool-start":
        return this.#call(this.#turn(event.choice), event);
      case "part":
        return this.#part(this.#turn(event.choice), event.part);
      default:
    }
  }

  takeWhole(response: ChatResponse): void {
    for (const { index, parts } of response.choices) {
      const turn = this.#turn(index);
      for (const part of parts) this.#part(turn, part);
    }
  }

  gather(): { readonly calls: readonly Collected[]; readonly seals: readonly string[] } {
    for (const turn of this.#turns.values()) this.#endThought(turn);
    const gathered = { calls: this.#calls, seals: this.#seals };
    this.#calls = [];
    this.#seals = [];
    return gathered;
  }

  #turn(choice: number): Turn {
    const openTurn = this.#turns.get(choice);
    if (openTurn !== undefined) return openTurn;
    const turn: Turn = { textLength: 0, thought: null, pieces: [] };
    this.#turns.set(choice, turn);
    return turn;
  }

  #part(turn: Turn, part: Part): void {
    if (part.type === "text") this.#speak(turn, part.text, part.state);
    else if (part.type === "tool-call") this.#call(turn, part);
    else if (part.type === "reasoning") {
      this.#think(turn, part.text, part.state);
      if (this.#rules.join === undefined) this.#endThought(turn);
    }
  }

  #speak(turn: Turn, text: string, state: VendorState | undefined): void {
    if (text === "" && state === undefined) return;
    if (turn.thought !== null) this.#endThought(turn);
    turn.textLength += text.length;
    if (state !== undefined && this.#note(state))
      turn.pieces.push({ kind: "text", at: turn.textLength, text: "", state });
  }

  #think(turn: Turn, text: string, state: VendorState | undefined): void {
    const thought = (turn.thought ??= { at: turn.textLength, text: "", state: null });
    thought.text += text;
    if (state === undefined) return;
    const rules = this.#rules;
    thought.state = (thought.state === null ? null : rules.join?.(thought.state, state)) ?? state;
    if (rules.join === undefined) this.#endThought(turn);
  }

  #endThought(turn: Turn): void {
    const { thought } = turn;
    turn.thought = null;
    if (thought === null) return;
    const { at, text } = thought;
    const sealed = thought.state !== null && this.#note(thought.state);
    const state = sealed ? thought.state : this.#unsealed === null ? null : (thought.state ?? this.#unsealed);
    if (state !== null) turn.pieces.push({ kind: "reasoning", at, text, state });
  }

  #call(
    turn: Turn,
    { id, name, state }: { readonly id: string; readonly name: string; readonly state?: VendorState | undefined },
  ): void {
    this.#endThought(turn);
    const sealed = state !== undefined && this.#note(state);
    const before = turn.pieces;
    turn.pieces = [];
    if (id !== "" && (sealed || before.length > 0)) this.#calls.push({ id, name, state: state ?? null, before });
  }

  /** Whether it has a seal. */
  #note(state: VendorState): boolean {
    const seal = this.#rules.sealOf(state);
    if (seal === null) return false;
    this.#seals.push(seal);
    return true;
  }
}
