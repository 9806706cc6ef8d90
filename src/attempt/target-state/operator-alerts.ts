// Alerts for problems that only the operator can fix: a refused key, an account without access, a model that no longer
// exists, a body from the gateway that a vendor does not take. The route uses its next target, so without an alert
// nobody would notice. Each alert repeats at most once in a while, never per request.
import { onOneLine } from "../../domain/on-one-line.ts";
import type { Clock } from "../../core/clock.ts";
import type { UnknownEnding, WireFailure } from "../../core/failure.ts";
import type { Key, TargetNode } from "../../core/rules.ts";
import { ruleOf } from "../../core/verdict.ts";

const rewritten =
  "the vendor refused a body that the gateway wrote or changed; if the model lacks a capability, set it under providers.*.models";
const standingIn =
  "the vendor refused a client's own body, which may have been written for an earlier target of the route";
/** How long the same alert is not repeated. */
const QUIET = 10 * 60_000;
/** Model names can come with requests: at most so many alerts are remembered. */
const MOST = 200;
/** The first characters of a vendor's message, which identify the cause and appear in the alert. */
const LONGEST_CAUSE = 80;
const LONGEST_WORDS = 200;

export interface FailedAttempt {
  readonly failure: WireFailure;
  /** The gateway wrote or changed its body. */
  readonly rewritten?: boolean | undefined;
  /** It did not, and another vendor comes earlier in the route. */
  readonly standsIn?: boolean | undefined;
}

export class OperatorAlerts {
  readonly #clock: Clock;
  readonly #warn: (message: string) => void;
  readonly #sentAt = new Map<string, number>();
  /** Reported once and for all: unknown endings, and providers' names of other gateways. */
  readonly #reportedOnce = new Set<string>();

  constructor(clock: Clock, warn: (message: string) => void) {
    this.#clock = clock;
    this.#warn = (message) => warn(onOneLine(message));
  }

  /**
   * Call it for every failed attempt. Not reported: what was never sent, and a refusal of a caller's own key, which
   * concerns the caller.
   */
  failed(target: TargetNode, key: Key | null, attempt: FailedAttempt): void {
    const { failure } = attempt;
    if (failure.isUnsent === true) return;
    if (failure.unknownEnding !== undefined) this.#reportEnding(target, failure.unknownEnding);
    const ours = isOurs(attempt);
    const what = ours ? (attempt.rewritten === true ? rewritten : standingIn) : ruleOf(failure.verdict).advice;
    if (what === undefined || key?.source === "request" || target.provider.guarded) return;
    // The refusal of a body has nothing to do with the key.
    const which = key === null || ours ? "" : ` (${`${key.source} ${key.label}`.trim()})`;
    if (!this.#isNews(`${failure.verdict} ${target.name}${which}${ours ? ` ${causeOf(failure)}` : ""}`)) return;
    const status = failure.status === null ? "" : ` ${failure.status}`;
    const words = ours ? withoutContent(failure.message) : failure.message.slice(0, 300);
    this.#warn(`${target.name}: ${failure.verdict}${status}${which}: ${what}. ${words}`);
  }

  /** A client wrote a provider's name of another gateway: once for each, as long as there is room to remember it. */
  alias(written: string, name: string): void {
    const subject = `alias ${written}`;
    if (this.#reportedOnce.has(subject) || this.#reportedOnce.size >= MOST) return;
    this.#reportedOnce.add(subject);
    this.#warn(`a client asks for "${written}/…": it works, and this gateway's name is ${name}.`);
  }

  /** Once for each word: a vendor may have a new ending that the gateway takes for a break. */
  #reportEnding({ name, provider }: TargetNode, { protocol, member, word }: UnknownEnding): void {
    const subject = `${name} ${protocol} ${member} ${word}`;
    if (provider.guarded || this.#reportedOnce.has(subject) || this.#reportedOnce.size >= MOST) return;
    this.#reportedOnce.add(subject);
    this.#warn(`${name}: unknown ending: ${member} "${word}" (${protocol}). Such an answer counts as broken.`);
  }

  #isNews(subject: string): boolean {
    const now = this.#clock.now();
    const last = this.#sentAt.get(subject);
    if (last !== undefined && now - last < QUIET) return false;
    if (last === undefined && this.#sentAt.size >= MOST) {
      for (const [message, at] of this.#sentAt) if (now - at >= QUIET) this.#sentAt.delete(message);
      if (this.#sentAt.size >= MOST) return false;
    }
    this.#sentAt.set(subject, now);
    return true;
  }
}

function isOurs({ failure, rewritten: isRewritten = false, standsIn = false }: FailedAttempt): boolean {
  return (isRewritten || standsIn) && (failure.verdict === "bad_request" || failure.verdict === "unsupported");
}

/** Without the parts that differ from one request to the next. */
function causeOf({ code, param, message }: WireFailure): string {
  return `${code ?? ""} ${param ?? ""} ${message.slice(0, LONGEST_CAUSE)}`
    .replaceAll(/(["'`])[^"'`]*\1/gu, "")
    .replaceAll(/\d+/gu, "0");
}

/** Refusals quote the request: names of members may be logged, people's texts may not. */
function withoutContent(message: string): string {
  const normalized = message.replaceAll(/(["'`])([^"'`]*)\1/gu, (quoted: string, _: string, inside: string) =>
    /^[\w.[\]$-]{1,80}$/u.test(inside) ? quoted : "'...'",
  );
  return normalized.slice(0, LONGEST_WORDS);
}
