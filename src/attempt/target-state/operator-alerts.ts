// What an operator must mend and no retry will: a key that is refused, an account that may not, a model that is gone, a
// body of the gateway's own that a vendor does not take. The route goes on to its next target, so without a word nobody
// would notice. Says each once in a while, not once per request.
import type { Clock } from "../../core/clock.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";

const rewritten =
  "the vendor refused a body that the gateway wrote or changed; if the model lacks a capability, set it under providers.*.models";
const standingIn =
  "the vendor refused a client's own body, which may have been written for an earlier target of the route";
/** How long one and the same is not said again. */
const QUIET = 10 * 60_000;
/** Names of models can come with requests: no more than so many are told apart. */
const MOST = 200;
/** Characters of a vendor's words that tell one cause from another, and that are told of a refusal. */
const LONGEST_CAUSE = 80;
const LONGEST_WORDS = 200;

export interface FailedAttempt {
  readonly failure: WireFailure;
  /** Its body was not the caller's own. */
  readonly rewritten: boolean;
  /** It was, and another vendor comes before in the route. */
  readonly standsIn?: boolean;
}

export class OperatorAlerts {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #said = new Map<string, number>();

  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = warn;
  }

  /** Told of every attempt that failed. What a caller's own key was told is the caller's matter. */
  failed(target: TargetNode, key: Key | null, attempt: FailedAttempt): void {
    const { failure } = attempt;
    const ours = isOurs(attempt);
    const what = ours ? (attempt.rewritten ? rewritten : standingIn) : ruleOf(failure.verdict).advice;
    if (what === undefined || key?.source === "request" || target.provider.guarded) return;
    // What was refused has nothing to do with the key.
    const which = key === null || ours ? "" : ` (${`${key.source} ${key.label}`.trim()})`;
    if (!this.#isNews(`${failure.verdict} ${target.name}${which}${ours ? ` ${causeOf(failure)}` : ""}`)) return;
    const status = failure.status === null ? "" : ` ${failure.status}`;
    const words = ours ? withoutContent(failure.message) : failure.message.slice(0, 300);
    this.#warn(`${target.name}: ${failure.verdict}${status}${which}: ${what}. ${words}`);
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

function isOurs({ failure, rewritten: isRewritten, standsIn = false }: FailedAttempt): boolean {
  return (isRewritten || standsIn) && (failure.verdict === "bad_request" || failure.verdict === "unsupported");
}

/** What differs from one request to the next is left out. */
function causeOf({ code, param, message }: WireFailure): string {
  return `${code ?? ""} ${param ?? ""} ${message.slice(0, LONGEST_CAUSE)}`
    .replaceAll(/(["'`])[^"'`]*\1/gu, "")
    .replaceAll(/\d+/gu, "0");
}

/** Refusals quote the request: its members' names may be logged, what people wrote may not. */
function withoutContent(message: string): string {
  const named = message.replaceAll(/(["'`])([^"'`]*)\1/gu, (quoted: string, _: string, inside: string) =>
    /^[\w.[\]$-]{1,80}$/u.test(inside) ? quoted : "'...'",
  );
  return named.slice(0, LONGEST_WORDS);
}
