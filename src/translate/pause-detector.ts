// Reads along with an answer that may come to a pause, and knows the request that brings the rest: bounded, so that a vendor
// that pauses for ever ends all the same. Pure; who sends the next request is not its business.
import type { Json, JsonObject } from "../core/json.ts";
import type { PauseCollector, Pausing, StreamDecoder } from "../core/protocol.ts";

/** Requests for one answer. */
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

  /** A whole answer, as it came. */
  see(answer: Json): void {
    this.#answer = answer;
  }

  /** The decoder of a streamed answer, read along with. */
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

  /** Whether an answer that ended so can be followed by another one. */
  isPause(rawFinish: string | null): boolean {
    return this.#hops < MOST_HOPS && this.#pausing.isPause(rawFinish);
  }

  /** The next request; null where there is no way on. */
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
