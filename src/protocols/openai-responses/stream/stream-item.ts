// One item of a streamed response, from start to end. It remembers how much was sent, so that the complete item at the
// end adds only what was missing.
import { pushParts } from "../../shared/answer-blocks.ts";
import type { TokenLogprob } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject } from "../../../core/json.ts";
import { moved } from "../../shared/citations.ts";
import type { TextIndex } from "../../shared/text-index.ts";
import { arrayOr, isObject, stringOr } from "../../shared/read.ts";
import { pieces } from "../../shared/free-text.ts";
import { decodeReasoning, reasoningText } from "../request/decode-input.ts";
import { besideTexts, decodeCall, decodeItem, lostInItem, messageEnd } from "../response/decode-output.ts";
import { freeCall, ownState } from "../features/own-state.ts";

type Out = StreamEvent[];

/** The shared state of all items. */
export interface AnswerSoFar {
  calls: number;
  /** All text: citations are offsets in it. */
  readonly textSoFar: TextIndex;
}

export class StreamItem {
  readonly #seed: string;
  readonly #answer: AnswerSoFar;
  #begin = 0;
  #hasText = false;
  #hasRefusal = false;
  #thought = false;
  /** The reasoning's own id, until it is sent. */
  #name: string | undefined;
  /** Reasoning comes in two forms, of which only one is sent; paragraphs are separated. */
  #kind: string | null = null;
  #paragraph = 0;
  #tool: number | null = null;
  /** Its argument is free text, whose pieces are sent as pieces of the arguments. */
  #free = false;
  #argumentsSoFar = "";
  #ended = false;

  constructor(seed: string, answer: AnswerSoFar) {
    this.#seed = seed;
    this.#answer = answer;
  }

  add(item: JsonObject, out: Out): void {
    if (item["type"] === "reasoning") this.#name = stringOr(item["id"], "") || undefined;
    const free = item["type"] === freeCall;
    if ((item["type"] !== "function_call" && !free) || this.#tool !== null) return;
    const { id, name, state } = decodeCall(withoutStatus(item), this.#seed);
    this.#tool = this.#answer.calls++;
    this.#free = free;
    const start = { type: "tool-start", choice: 0, tool: this.#tool, id, name } as const;
    out.push(state === undefined ? start : { ...start, state });
    if (free) this.#tell(pieces.open, out);
  }

  speak(text: string, logprobs: readonly TokenLogprob[] | null, out: Out): void {
    const isFirst = !this.#hasText;
    if (isFirst) this.#begin = this.#answer.textSoFar.length;
    const apart = isFirst && text !== "" && this.#begin > 0;
    this.#hasText ||= text !== "";
    this.#answer.textSoFar.add(text);
    if (apart) out.push({ type: "text-delta", choice: 0, text, apart, ...(logprobs === null ? {} : { logprobs }) });
    else if (logprobs !== null) out.push({ type: "text-delta", choice: 0, text, logprobs });
    else if (text !== "") out.push({ type: "text-delta", choice: 0, text });
  }

  refuse(text: string, out: Out): void {
    if (text === "") return;
    this.#hasRefusal = true;
    out.push({ type: "refusal-delta", choice: 0, text });
  }

  think(delta: { readonly kind: string; readonly paragraph: number; readonly text: string }, out: Out): void {
    this.#kind ??= delta.kind;
    if (delta.text === "" || delta.kind !== this.#kind) return;
    const gap = this.#thought && delta.paragraph > this.#paragraph ? "\n\n" : "";
    this.#paragraph = delta.paragraph;
    this.#thought = true;
    const first = this.#name === undefined ? {} : { item: this.#name };
    this.#name = undefined;
    out.push({ type: "reasoning-delta", choice: 0, text: gap + delta.text, ...first });
  }

  arguments(text: string, out: Out): void {
    if (this.#tool === null || this.#ended || text === "") return;
    this.#argumentsSoFar += text;
    this.#tell(this.#free ? pieces.piece(text) : text, out);
  }

  #tell(text: string, out: Out): void {
    if (this.#tool !== null) out.push({ type: "tool-delta", choice: 0, tool: this.#tool, arguments: text });
  }

  /** Adds what the deltas did not contain. */
  wholeArguments(text: string, out: Out): void {
    if (text.startsWith(this.#argumentsSoFar)) this.arguments(text.slice(this.#argumentsSoFar.length), out);
  }

  wholeText(text: string, out: Out): void {
    if (!this.#hasText) this.speak(text, null, out);
  }

  wholeRefusal(text: string, out: Out): void {
    if (!this.#hasRefusal) this.refuse(text, out);
  }

  endCall(out: Out): void {
    if (this.#tool === null || this.#ended) return;
    this.#ended = true;
    if (this.#free) this.#tell(pieces.close, out);
    out.push({ type: "tool-end", choice: 0, tool: this.#tool });
  }

  done(item: JsonObject, out: Out): void {
    switch (item["type"]) {
      case "message":
        return this.#messageDone(item, out);
      case "reasoning": {
        pushParts(lostInItem(item), 0, out);
        const text = this.#thought ? "" : reasoningText(item);
        const part = decodeReasoning(item);
        const state = part.type === "reasoning" ? part.state : undefined;
        out.push({ type: "reasoning-delta", choice: 0, text, state: state ?? ownState({ item }) });
        return;
      }
      case "function_call":
        pushParts(lostInItem(item), 0, out);
        this.add(item, out);
        this.wholeArguments(decodeCall(item, this.#seed).arguments, out);
        return this.endCall(out);
      case freeCall:
        pushParts(lostInItem(item), 0, out);
        this.add(item, out);
        this.wholeArguments(stringOr(item["input"], ""), out);
        return this.endCall(out);
      default:
        pushParts(decodeItem(item, this.#seed), 0, out);
    }
  }

  #messageDone(item: JsonObject, out: Out): void {
    pushParts(besideTexts(item, this.#hasText), 0, out);
    if (!this.#hasText) this.speak(textsOf(item["content"], "text"), null, out);
    this.wholeRefusal(textsOf(item["content"], "refusal"), out);
    const { state, citations } = messageEnd(item);
    if (state === undefined) return;
    const event = { type: "text-delta", choice: 0, text: "", state } as const;
    const before = citations === undefined ? 0 : this.#answer.textSoFar.pointOfUnit(this.#begin);
    out.push(citations === undefined ? event : { ...event, citations: moved(citations, before) });
  }
}

function textsOf(content: Json | undefined, key: "text" | "refusal"): string {
  const texts = arrayOr(content, []).map((part) => (isObject(part) ? stringOr(part[key], "") : ""));
  return texts.join("");
}

/** Its status will change. */
function withoutStatus(item: JsonObject): JsonObject {
  const { status: _status, arguments: _arguments, input: _input, ...rest } = item;
  return rest;
}
