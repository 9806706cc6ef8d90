// What an operator must mend and no retry will: a key that is refused, an account that may not, a model that is gone. The
// route goes on to its next target, so without a word nobody would notice. Says each once in a while, not once per request.
import type { Clock } from "../core/clock.ts";
import type { WireFailure } from "../core/failure.ts";
import type { Key, TargetNode } from "../core/rules.ts";
import type { Verdict } from "../core/verdict.ts";

const advice: ReadonlyMap<Verdict, string> = new Map<Verdict, string>([
  ["bad_key", "its key is refused; put a valid one in its place"],
  ["forbidden", "its account may not do this; see to its permissions"],
  ["unknown_model", "it has no such model; see to the model's name"],
]);
/** How long one and the same is not said again. */
const QUIET = 10 * 60_000;
/** Names of models can come with requests: no more than so many are told apart. */
const MOST = 200;

export class Notices {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #said = new Map<string, number>();

  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  /** Told of every attempt that failed. What a caller's own key was told is the caller's matter. */
  failed(target: TargetNode, key: Key | null, failure: WireFailure): void {
    const what = advice.get(failure.verdict);
    if (what === undefined || key?.source === "request" || target.provider.guarded) return;
    const which = key === null ? "" : ` (${`${key.source} ${key.label}`.trim()})`;
    if (!this.#isNews(`${failure.verdict} ${target.name}${which}`)) return;
    const status = failure.status === null ? "" : ` ${failure.status}`;
    this.#warn(`${target.name}: ${failure.verdict}${status}${which}: ${what}. ${failure.message.slice(0, 300)}`);
  }

  #isNews(subject: string): boolean {
    const now = this.#clock.now();
    const last = this.#said.get(subject);
    if (last !== undefined && now - last < QUIET) return false;
    if (last === undefined && this.#said.size >= MOST) {
      for (const [known, at] of this.#said) if (now - at >= QUIET) this.#said.delete(known);
      if (this.#said.size >= MOST) return false;
    }
    this.#said.set(subject, now);
    return true;
  }
}
