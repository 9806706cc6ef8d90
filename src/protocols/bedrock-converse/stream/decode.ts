// Decodes the events of a streamed answer, with one small function per kind of event. Blocks are numbered across all kinds;
// calls are numbered here, from 0. It never throws, and never invents an end. The usage comes after the ending, in the last
// event. Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html
import { partEvent } from "../../shared/answer-blocks.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder } from "../../../core/protocol.ts";
import { endingFailure, endingWord } from "../../shared/endings.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { readId } from "../../shared/identifiers.ts";
import { isObject, membersOf, numberOr, parseFrame, stringOr } from "../../shared/read.ts";
import { self } from "../features/own.ts";
import { decodePieces, isServerTool, lostInBlock } from "../response/decode-blocks.ts";
import { explanationIn } from "../response/decode.ts";
import { decodeFinish, endings, isBlocked } from "../response/finish.ts";
import { decodeUsage } from "../response/usage.ts";

export function createStreamDecoder(): StreamDecoder {
  return new Decoder();
}

class Decoder implements StreamDecoder {
  /** The open calls, by block. */
  readonly #calls = new Map<number, number>();
  /** What unknown blocks consist of so far. */
  readonly #unknownBlocks = new Map<number, JsonObject[]>();
  #callCount = 0;
  #finished = false;
  /** The ending of a blocked answer, until it is known what blocked it. */
  #heldFinish: Extract<StreamEvent, { type: "finish" }> | null = null;
  #over = false;

  step(frame: SseFrame): readonly StreamEvent[] {
    if (this.#over || frame.data === "") return [];
    const body = parseFrame(frame);
    if (!isObject(body)) {
      const words = frame.data.slice(0, 200);
      return [{ type: "failure", failure: plainFailure("malformed", `a stream event is not a JSON object: ${words}`) }];
    }
    return this.#decode(frame.event, body);
  }

  end(): readonly StreamEvent[] {
    const lastEvents = [...this.#calls.values()].map((tool): StreamEvent => ({ type: "tool-end", choice: 0, tool }));
    this.#calls.clear();
    if (this.#heldFinish !== null) lastEvents.push(this.#heldFinish);
    this.#heldFinish = null;
    return lastEvents;
  }

  #decode(type: string | null, body: JsonObject): readonly StreamEvent[] {
    const index = numberOr(body["contentBlockIndex"], 0);
    switch (type) {
      case "messageStart":
        return [{ type: "start", id: "", model: "", created: null }];
      case "contentBlockStart":
        return this.#openBlock(index, membersOf(body["start"]));
      case "contentBlockDelta":
        return this.#delta(index, membersOf(body["delta"]));
      case "contentBlockStop":
        return this.#closeBlock(index);
      case "messageStop":
        return this.#stop(body);
      case "metadata":
        return this.#metadata(body);
      default:
        return this.#unknown(body, type);
    }
  }

  /** An event of an unknown type is skipped, unless it is an error. */
  #unknown(body: JsonObject, type: string | null): readonly StreamEvent[] {
    const failure = readAnyError(body, type);
    if (failure === null) return [];
    this.#over = true;
    return [{ type: "failure", failure }];
  }

  /** Text and reasoning have no beginning of their own. */
  #openBlock(index: number, start: JsonObject): readonly StreamEvent[] {
    const { toolUse } = start;
    if (isObject(toolUse) && !isServerTool(toolUse))
      return [...lostInBlock(start).map(partEvent), ...this.#openCall(index, toolUse)];
    if (Object.keys(start).length > 0) this.#unknownBlocks.set(index, [start]);
    return [];
  }

  #openCall(index: number, toolUse: JsonObject): readonly StreamEvent[] {
    const { toolUseId: id, name } = toolUse;
    if (typeof name !== "string") return [];
    const tool = this.#callCount++;
    this.#calls.set(index, tool);
    return [{ type: "tool-start", choice: 0, tool, id: readId(stringOr(id, "")), name }];
  }

  #delta(index: number, delta: JsonObject): readonly StreamEvent[] {
    const { text, toolUse, reasoningContent } = delta;
    if (typeof text === "string") return text === "" ? [] : [{ type: "text-delta", choice: 0, text }];
    if (isObject(reasoningContent)) return reasoningDelta(reasoningContent);
    const input = stringOr(membersOf(toolUse)["input"], "");
    const tool = this.#calls.get(index);
    if (tool === undefined) this.#keepUnknown(index, delta);
    return tool === undefined || input === "" ? [] : [{ type: "tool-delta", choice: 0, tool, arguments: input }];
  }

  #closeBlock(index: number): readonly StreamEvent[] {
    const tool = this.#calls.get(index);
    this.#calls.delete(index);
    const unknown = this.#unknownBlocks.get(index);
    this.#unknownBlocks.delete(index);
    if (unknown !== undefined) return decodePieces(unknown).map(partEvent);
    return tool === undefined ? [] : [{ type: "tool-end", choice: 0, tool }];
  }

  #keepUnknown(index: number, piece: JsonObject): void {
    const pieces = this.#unknownBlocks.get(index);
    if (pieces === undefined) this.#unknownBlocks.set(index, [piece]);
    else pieces.push(piece);
  }

  #stop(body: JsonObject): readonly StreamEvent[] {
    const raw = endingWord(body["stopReason"]);
    if (raw === null || this.#finished) return [];
    const failure = endingFailure(endings, raw);
    if (failure !== null) {
      this.#over = true;
      return [{ type: "failure", failure }];
    }
    const reason = decodeFinish(raw, this.#callCount > 0);
    if (reason === null) return [];
    this.#finished = true;
    const lastEvents = this.end();
    const finish = { type: "finish", choice: 0, reason, raw } as const;
    if (!isBlocked(raw)) return [...lastEvents, finish];
    this.#heldFinish = finish;
    return lastEvents;
  }

  #metadata(body: JsonObject): readonly StreamEvent[] {
    const usage = decodeUsage(body["usage"]);
    const events: StreamEvent[] = usage === null ? [] : [{ type: "usage", usage, apart: true }];
    if (this.#heldFinish !== null)
      this.#heldFinish = { ...this.#heldFinish, ...explanationIn(this.#heldFinish.raw, body["trace"]) };
    events.unshift(...this.end());
    if (this.#finished) {
      this.#over = true;
      events.push({ type: "end" });
    }
    return events;
  }
}

function reasoningDelta({ text, signature, redactedContent }: JsonObject): readonly StreamEvent[] {
  const begin = { type: "reasoning-delta", choice: 0 } as const;
  if (typeof text === "string") return text === "" ? [] : [{ ...begin, text }];
  const value =
    typeof signature === "string" ? { signature } : typeof redactedContent === "string" ? { redactedContent } : null;
  return value === null ? [] : [{ ...begin, text: "", state: { protocol: self, value } }];
}
