// Decodes the events of a streamed message, with one small function per kind of event. The vendor numbers blocks across
// all kinds; calls are numbered here, from 0. It never throws, and never invents an end.
import { TextIndex } from "../../shared/text-index.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { Json, JsonObject, MutableJson } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder } from "../../../core/protocol.ts";
import { completeBlock } from "../../shared/answer-blocks.ts";
import { endingFailure, endingWord } from "../../shared/endings.ts";
import { readForeignError } from "../../shared/foreign-error.ts";
import { isObject, membersOf, numberOr, objectOr, parseFrame, parseJson, stringOr } from "../../shared/read.ts";
import { answerTool } from "../features/answer-tool.ts";
import { argumentsOf, decodeBlock } from "../response/decode-blocks.ts";
import { cited } from "../features/citations.ts";
import { guardrailIn } from "../features/guardrail.ts";
import { inBandFailure, plainFailure } from "../failure/decode.ts";
import { decodeFinish, endings } from "../response/finish.ts";
import { callState, self, without } from "../features/own-state.ts";
import { decodeUsage } from "../response/usage.ts";
import { lostAtStart, lostDelta } from "./lost-delta.ts";

type DecodedBlock =
  /** `begin`: the length of the text before it, in UTF-16 units. */
  | { readonly kind: "text"; readonly citations: Json[]; readonly begin: number }
  | { readonly kind: "thinking" }
  /** `tool` is null for the synthetic answer tool, whose input is the answer's text. */
  | { readonly kind: "call"; readonly tool: number | null; readonly initial: string; deltas: number }
  /** Anything else, collected whole. */
  | { readonly kind: "foreign"; readonly block: JsonObject; input: string; readonly deltas: JsonObject[] };

export function streamDecoder(): StreamDecoder {
  return new Decoder();
}

class Decoder implements StreamDecoder {
  readonly #blocks = new Map<number, DecodedBlock>();
  #usage: JsonObject = {};
  #calls = 0;
  /** All text so far: citations are offsets in it. */
  readonly #textSoFar = new TextIndex();
  #intervention: ReturnType<typeof guardrailIn> = null;
  #hasBegun = false;
  #finished = false;
  #over = false;

  step(frame: SseFrame): readonly StreamEvent[] {
    if (this.#over || frame.data === "") return [];
    const body = parseFrame(frame);
    if (!isObject(body)) {
      const words = frame.data.slice(0, 200);
      const malformed = plainFailure("malformed", `a stream event is not a JSON object: ${words}`);
      return [{ type: "failure", failure: readForeignError(body) ?? malformed }];
    }
    this.#intervention ??= guardrailIn(body);
    // In old recordings and at some proxies, only the frame has the type.
    return this.#decode(stringOr(body["type"], frame.event), body);
  }

  end(): readonly StreamEvent[] {
    const lastEvents: StreamEvent[] = [];
    for (const block of this.#blocks.values()) {
      if (block.kind === "call" && block.tool !== null)
        lastEvents.push({ type: "tool-end", choice: 0, tool: block.tool });
    }
    this.#blocks.clear();
    return lastEvents;
  }

  #decode(type: string | null, body: JsonObject): readonly StreamEvent[] {
    switch (type) {
      case "message_start":
        return this.#start(membersOf(body["message"]));
      case "content_block_start":
        return this.#openBlock(numberOr(body["index"], 0), membersOf(body["content_block"]));
      case "content_block_delta":
        return this.#delta(numberOr(body["index"], 0), membersOf(body["delta"]));
      case "content_block_stop":
        return this.#closeBlock(numberOr(body["index"], 0));
      case "message_delta":
        return this.#messageDelta(body);
      case "message_stop":
        this.#over = true;
        return [...this.end(), { type: "end" }];
      case "error":
        this.#over = true;
        return [{ type: "failure", failure: inBandFailure(body) }];
      default:
        return this.#unknown(body);
    }
  }

  /** An event of an unknown type is skipped, unless it is an error. */
  #unknown(body: JsonObject): readonly StreamEvent[] {
    const failure = isObject(body["error"]) ? inBandFailure(body) : readForeignError(body);
    if (failure === null) return [];
    this.#over = true;
    return [{ type: "failure", failure }];
  }

  /** Some proxies start again after their own vendor broke off: two joined messages are not a valid answer. */
  #start(message: JsonObject): readonly StreamEvent[] {
    if (this.#hasBegun) {
      this.#over = true;
      if (this.#finished) return [];
      return [
        { type: "failure", failure: plainFailure("cut", "a second message began before the first one had ended") },
      ];
    }
    this.#hasBegun = true;
    const fields = without(message, [
      "id",
      "type",
      "role",
      "model",
      "content",
      "stop_reason",
      "stop_sequence",
      "usage",
    ]);
    const start: StreamEvent = {
      type: "start",
      id: stringOr(message["id"], ""),
      model: stringOr(message["model"], ""),
      created: null,
      ...(Object.keys(fields).length > 0 ? { fields } : {}),
    };
    return [start, ...this.#count(message["usage"])];
  }

  /** Counts are cumulative and each event may have some of them; null means nothing. */
  #count(value: Json | undefined): readonly StreamEvent[] {
    const usage = objectOr(value, null);
    if (usage === null) return [];
    this.#usage = { ...this.#usage, ...without(usage, []) };
    return [{ type: "usage", usage: decodeUsage(this.#usage) }];
  }

  #openBlock(index: number, block: JsonObject): readonly StreamEvent[] {
    const events = this.#open(index, block);
    const lostEvents = lostAtStart(block);
    return lostEvents.length === 0 ? events : [...lostEvents, ...events];
  }

  #open(index: number, block: JsonObject): readonly StreamEvent[] {
    switch (block["type"]) {
      case "text":
        this.#blocks.set(index, { kind: "text", citations: [], begin: this.#textSoFar.length });
        return this.#text(stringOr(block["text"], ""));
      case "thinking":
        this.#blocks.set(index, { kind: "thinking" });
        return [...thinkingDelta(stringOr(block["thinking"], "")), ...signature(stringOr(block["signature"], ""))];
      case "redacted_thinking":
        return [{ type: "reasoning-delta", choice: 0, text: "", state: { protocol: self, value: block } }];
      case "tool_use":
        return this.#openCall(index, block);
      default:
        this.#blocks.set(index, { kind: "foreign", block, input: "", deltas: [] });
        return [];
    }
  }

  #text(text: string): readonly StreamEvent[] {
    this.#textSoFar.add(text);
    return textDelta(text);
  }

  #openCall(index: number, block: JsonObject): readonly StreamEvent[] {
    const name = stringOr(block["name"], "");
    const synthetic = name === answerTool;
    const tool = synthetic ? null : this.#calls++;
    const initialArguments = argumentsOf(block);
    this.#blocks.set(index, {
      kind: "call",
      tool,
      initial: initialArguments === "{}" ? "" : initialArguments,
      deltas: 0,
    });
    if (tool === null) return [];
    const id = stringOr(block["id"], "");
    return [{ type: "tool-start", choice: 0, tool, id, name, ...callState(block) }];
  }

  #delta(index: number, delta: JsonObject): readonly StreamEvent[] {
    const block = this.#blocks.get(index);
    switch (delta["type"]) {
      case "text_delta":
        return this.#text(stringOr(delta["text"], ""));
      case "thinking_delta":
        return thinkingDelta(stringOr(delta["thinking"], ""));
      case "signature_delta":
        return signature(stringOr(delta["signature"], ""));
      case "input_json_delta":
        return block === undefined ? [] : inputDelta(block, stringOr(delta["partial_json"], ""));
      case "citations_delta":
        if (block?.kind === "text" && delta["citation"] !== undefined) block.citations.push(delta["citation"]);
        return [];
      default:
        if (block?.kind !== "foreign") return lostDelta(delta);
        block.deltas.push(delta);
        return [];
    }
  }

  #closeBlock(index: number): readonly StreamEvent[] {
    const block = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (block?.kind === "text") return cited(block.citations, this.#textSoFar, block.begin);
    return block === undefined ? [] : closing(block);
  }

  #messageDelta(body: JsonObject): readonly StreamEvent[] {
    const delta = membersOf(body["delta"]);
    const raw = endingWord(delta["stop_reason"]);
    const events: StreamEvent[] = [];
    const failure = raw === null || this.#finished ? null : endingFailure(endings, raw);
    if (failure !== null) {
      this.#over = true;
      return [...this.#count(body["usage"]), { type: "failure", failure }];
    }
    const decoded = raw === null ? null : decodeFinish(raw, this.#calls > 0);
    const reason = decoded === null || this.#intervention === null ? decoded : "content_filter";
    if (reason !== null && !this.#finished) {
      this.#finished = true;
      const stopSequence = stringOr(delta["stop_sequence"], null);
      events.push(...this.end(), {
        type: "finish",
        choice: 0,
        reason,
        raw,
        ...(stopSequence === null ? {} : { stopSequence }),
        ...this.#intervention,
      });
    }
    events.push(...this.#count(body["usage"]));
    return events;
  }
}

function textDelta(text: string): readonly StreamEvent[] {
  return text === "" ? [] : [{ type: "text-delta", choice: 0, text }];
}

function thinkingDelta(text: string): readonly StreamEvent[] {
  return text === "" ? [] : [{ type: "reasoning-delta", choice: 0, text }];
}

function signature(value: string): readonly StreamEvent[] {
  if (value === "") return [];
  const state = { protocol: self, value: { type: "thinking", signature: value } };
  return [{ type: "reasoning-delta", choice: 0, text: "", state }];
}

function inputDelta(block: DecodedBlock, text: string): readonly StreamEvent[] {
  if (block.kind === "foreign") block.input += text;
  if (block.kind !== "call" || text === "") return [];
  block.deltas += 1;
  if (block.tool === null) return textDelta(text);
  return [{ type: "tool-delta", choice: 0, tool: block.tool, arguments: text }];
}

/** Some hosts put the whole input into the block's start and send no deltas. */
function closing(block: Exclude<DecodedBlock, { kind: "text" }>): readonly StreamEvent[] {
  switch (block.kind) {
    case "thinking":
      return [];
    case "foreign":
      return [
        {
          type: "part",
          choice: 0,
          part: decodeBlock(completeBlock(whole(block.block, block.input), block.deltas)),
        },
      ];
    case "call": {
      const late = block.deltas === 0 && block.initial !== "";
      if (block.tool === null) return late ? textDelta(block.initial) : [];
      const end: StreamEvent = { type: "tool-end", choice: 0, tool: block.tool };
      return late ? [{ type: "tool-delta", choice: 0, tool: block.tool, arguments: block.initial }, end] : [end];
    }
  }
}

function whole(block: JsonObject, input: string): JsonObject {
  if (input === "") return block;
  const completed: MutableJson = { ...block };
  completed["input"] = parseJson(input) ?? input;
  return completed;
}
