// The chunks of a streamed completion, from a vendor and to a client. Reading costs one JSON.parse and one event each;
// writing puts the text into a prepared frame.
import type { TokenLogprob, Usage } from "../../../core/chat.ts";
import type { StreamEvent } from "../../../core/event.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { SseFrame, StreamDecoder, StreamEncoder, StreamOptions } from "../../../core/protocol.ts";
import { endingWord } from "../../shared/endings.ts";
import { readAnyError } from "../../shared/foreign-error.ts";
import { plainFailure } from "../../shared/error-answer.ts";
import { arrayOr, isObject, numberOr, parseFrame, stringOr } from "../../shared/read.ts";
import { encodeFailFrame } from "../failure/encode.ts";
import { readFinish } from "../response/finish.ts";
import { choiceFailure } from "../response/decode.ts";
import { doneFrame } from "../stream/encode.ts";
import { mergeUsage } from "../../../domain/usage.ts";
import { readUsage, writeUsage } from "../response/usage.ts";
import { readLogprobs, writeLogprobs } from "./logprobs.ts";
import { completionId, finishWord } from "./response.ts";

const nothing: readonly StreamEvent[] = [];

export function streamDecoder(): StreamDecoder {
  return new CompletionDecoder();
}

class CompletionDecoder implements StreamDecoder {
  #started = false;
  #over = false;

  step(frame: SseFrame): readonly StreamEvent[] {
    const { data } = frame;
    if (this.#over || data === "") return nothing;
    if (data.charCodeAt(0) === 91 && data.trim() === "[DONE]") return [{ type: "end" }];
    const chunk = parseFrame(frame);
    const failure = readAnyError(chunk, frame.event);
    if (failure !== null) {
      this.#over = true;
      return [{ type: "failure", failure }];
    }
    if (!isObject(chunk))
      return [{ type: "failure", failure: plainFailure("malformed", "a stream chunk is not a JSON object") }];
    const out: StreamEvent[] = [];
    if (!this.#started) out.push(startOf(chunk));
    this.#started = true;
    for (const [position, choice] of arrayOr(chunk["choices"], []).entries()) {
      if (isObject(choice) && !this.#over) this.#choice(choice, position, out);
    }
    const usage = readUsage(chunk["usage"]);
    if (usage !== null && !this.#over) out.push({ type: "usage", usage });
    return out.length === 0 ? nothing : out;
  }

  end(): readonly StreamEvent[] {
    return nothing;
  }

  #choice(choice: JsonObject, position: number, out: StreamEvent[]): void {
    const index = numberOr(choice["index"], position);
    const text = stringOr(choice["text"], "");
    const logprobs = readLogprobs(choice["logprobs"]);
    if (logprobs !== null && logprobs.length > 0) out.push({ type: "text-delta", choice: index, text, logprobs });
    else if (text !== "") out.push({ type: "text-delta", choice: index, text });
    const failure = choiceFailure(choice);
    const raw = endingWord(choice["finish_reason"]);
    const reason = raw === null ? null : readFinish(raw, false);
    if (failure !== null) {
      this.#over = true;
      out.push({ type: "failure", failure });
    } else if (reason !== null) out.push({ type: "finish", choice: index, reason, raw });
  }
}

function startOf(chunk: JsonObject): StreamEvent {
  const created = numberOr(chunk["created"], null);
  return { type: "start", id: stringOr(chunk["id"], ""), model: stringOr(chunk["model"], ""), created };
}

export function streamEncoder(options: StreamOptions): StreamEncoder {
  return new CompletionEncoder(options);
}

class CompletionEncoder implements StreamEncoder {
  readonly #options: StreamOptions;
  /** The length of each choice's text so far. */
  readonly #lengths = new Map<number, number>();
  readonly #finished = new Set<number>();
  #head = "";
  #usage: Usage | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  step(events: readonly StreamEvent[]): string {
    let text = "";
    for (const event of events) text += this.#event(event);
    return text;
  }

  end(): string {
    const usage = this.#options.includeUsage ? writeUsage(this.#usage) : null;
    if (usage === null) return doneFrame;
    this.#open(null);
    return `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n${doneFrame}`;
  }

  fail: StreamEncoder["fail"] = encodeFailFrame;

  #event(event: StreamEvent): string {
    switch (event.type) {
      case "start":
        this.#open(event);
        return "";
      case "text-delta":
        return this.#text(event.choice, event.text, event.logprobs);
      case "refusal-delta":
        return this.#text(event.choice, event.text);
      case "part":
        return event.part.type === "text" ? this.#text(event.choice, event.part.text) : "";
      case "finish":
        if (this.#finished.has(event.choice)) return "";
        this.#finished.add(event.choice);
        return this.#frame(event.choice, '""', `null,"finish_reason":"${finishWord(event.reason)}"`);
      case "usage":
        this.#usage = mergeUsage(this.#usage, event.usage);
        return "";
      default:
        return "";
    }
  }

  #text(choice: number, text: string, logprobs?: readonly TokenLogprob[]): string {
    if (text === "" && logprobs === undefined) return "";
    const before = this.#lengths.get(choice) ?? 0;
    this.#lengths.set(choice, before + text.length);
    const columns = logprobs === undefined ? "null" : JSON.stringify(writeLogprobs(logprobs, before));
    return this.#frame(choice, JSON.stringify(text), `${columns},"finish_reason":null`);
  }

  #frame(choice: number, text: string, rest: string): string {
    this.#open(null);
    const usage = this.#options.includeUsage ? ',"usage":null' : "";
    return `${this.#head}{"text":${text},"index":${choice},"logprobs":${rest}}]${usage}}\n\n`;
  }

  /** Prepares the part that is the same in all chunks. */
  #open(start: Extract<StreamEvent, { type: "start" }> | null): void {
    if (this.#head !== "") return;
    const fixed: JsonObject = {
      id: completionId(start?.id ?? "", this.#options),
      object: "text_completion",
      created: start?.created ?? this.#options.created,
      model: start?.model ?? "",
    };
    this.#head = `data: ${JSON.stringify(fixed).slice(0, -1)},"choices":[`;
  }
}
