// Follows an answer that may pause, and knows the request for its rest. The number of requests is limited, so that a
// vendor that always pauses still ends. Pure; other code sends the request.
import type { Json, JsonObject } from "../core/json.ts";
import type { PauseCollector, Pausing, StreamDecoder } from "../core/protocol.ts";

/** The most requests for one answer. */
const MOST_HOPS = 16;

export class PauseDetector {
  readonly #pausing: Pausing;
  #body: JsonObject;
  #collector: PauseCollector | null = null;
  #answer: Json = null;
  #hops = 1;

  constructor(pausing: Pausing, body: JsonObject) {
    this.#pausing = pausing;
    this.#body = body;
  }

  /** A whole answer, unchanged. */
  see(answer: Json): void {
    this.#answer = answer;
  }

  /** Wraps the decoder of a streamed answer, to follow it. */
  follow(decoder: StreamDecoder): StreamDecoder {
    const collector = this.#pausing.collector();
    this.#collector = collector;
    return {
      step(frame) {
        collector.step(frame);
        return decoder.step(frame);
      },
      mend: () => decoder.mend?.() ?? null,
      end: () => decoder.end(),
    };
  }

  /** Whether an answer with this finish reason can be resumed. */
  isPause(rawFinish: string | null): boolean {
    return this.#hops < MOST_HOPS && this.#pausing.isPause(rawFinish);
  }

  /** The next request; null if the answer cannot be resumed. */
  next(): JsonObject | null {
    const body = this.#pausing.resume(this.#body, this.#collector?.answer() ?? this.#answer);
    if (body === null) return null;
    this.#body = body;
    this.#hops += 1;
    this.#collector = null;
    this.#answer = null;
    return body;
  }
}
