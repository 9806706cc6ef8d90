// Which targets can serve one call, by the tables and by the targets' own refusals. It checks before a target is asked,
// and learns from the answer. The comparison itself belongs to the plan, and arrives as an argument.
import type { Call } from "../../core/exchange.ts";
import type { WireFailure } from "../../core/failure.ts";
import type { LearnedLimit, ModelFacts } from "../../core/provider.ts";
import type { Refusal } from "../../core/refusal.ts";
import type { TargetNode } from "../../core/rules.ts";
import type { Question } from "../../core/load-balancing.ts";
import { ruleOf } from "../../core/verdict.ts";
import { factsWithRoom } from "../../domain/answer-room.ts";
import type { FindUnfit } from "../../domain/capability-check.ts";
import type { FactsOf } from "../../domain/model-facts-cache.ts";
import { viewBytes } from "../../domain/view-bytes.ts";
import { modelOf } from "../../domain/model-of.ts";
import { asksNothing, LONGEST_USUAL } from "../../domain/usual-values.ts";
import type { LearnedLimits } from "../target-state/learned-limits.ts";
import { inSnakeCase } from "../target-state/leave-out.ts";
import { targetKey } from "../target-state/target-key.ts";
import { reasonsByDefault } from "../target-state/timeout-policy.ts";

export interface CapabilityParts {
  readonly learnedLimits: LearnedLimits;
  readonly factsOf: FactsOf;
  readonly unfitFor: (call: Call) => FindUnfit;
  /** The facts in a vendor's error text. */
  readonly readRefusals: (failure: WireFailure) => readonly Refusal[];
}

/**
 * `strangers`: the vendor refused a member as unknown. Vendors name one at a time, and the request may contain more.
 */
export type Relearnt = "mended" | "strangers";

/** What a request had already taken into account; see `AttemptInput`. */
export interface Minded {
  readonly learnedLimit: LearnedLimit | null;
  readonly ownOnly: boolean;
  /** The caller did not write the body for this vendor. */
  readonly ours: boolean;
  /** No other target is left. */
  readonly isAlone: boolean;
}

const terms = /-(?:beta|version)$/u;
const LONGEST_TERM = 300;
const NONE: readonly string[] = [];

/** The check for one call. */
export class CapabilityCheck {
  readonly #parts: CapabilityParts;
  readonly #call: Call;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #findUnfit: FindUnfit;
  /** The largest window that a vendor found too small for this call. */
  #outgrown: number | null = null;

  constructor({ call, exchange }: Pick<Question, "call" | "exchange">, parts: CapabilityParts) {
    this.#call = call;
    this.#headers = exchange.request.headers;
    this.#parts = parts;
    this.#findUnfit = parts.unfitFor(call);
  }

  /** Why `target` cannot serve the call; null: no known reason. `isAlone`: no other target is left. */
  unfit(target: TargetNode, isAlone = false): WireFailure | null {
    const learnedLimit = this.learnedLimitOf(target);
    const model = modelOf(target, this.#call);
    const facts = this.#factsOf(target, learnedLimit);
    const refusedMembers = learnedLimit?.refusedMembers ?? NONE;
    const isTranslated = this.#isTranslated(target, facts);
    return this.#findUnfit(
      { model, params: target.params, facts, refusedMembers, isTranslated, isAlone },
      this.#outgrown,
    );
  }

  /** The caller asks for reasoning, or the model is known to reason by default. */
  reasons(target: TargetNode): boolean {
    return (
      this.#call.asksForReasoning || reasonsByDefault(this.#factsOf(target, this.learnedLimitOf(target)).reasoning)
    );
  }

  learnedLimitOf(target: TargetNode): LearnedLimit | null {
    const { learnedLimits } = this.#parts;
    return learnedLimits.isEmpty ? null : learnedLimits.of(this.#nameOf(target), this.#termsOf(target));
  }

  /**
   * Learns from a vendor's refusal of a request that was made with `minded`. Not null: the refusal named something that
   * can be changed and that the request had not yet respected, so the same target may be asked again.
   */
  learn(target: TargetNode, failure: WireFailure, minded: Minded): Relearnt | null {
    const { verdict } = failure;
    if (ruleOf(verdict).teaches !== true || failure.isUnsent === true || this.#call.passed !== undefined) return null;
    let again: Relearnt | null = null;
    for (const refusal of this.#parts.readRefusals(failure)) {
      // A caller's own schema is the caller's affair: it is neither changed nor sent again.
      if (refusal.kind === "keyword" && !minded.ours) continue;
      const relearnt = this.#learnOne(target, refusal, minded);
      if (relearnt !== null && again !== "strangers") again = relearnt;
    }
    if (verdict !== "context_too_long") return again;
    if (minded.isAlone && this.#lowersLimit(target, minded.learnedLimit)) return "mended";
    this.#outgrow(target);
    return again;
  }

  /** With the window that was just learned, the same request would be sent with a lower limit of the answer. */
  #lowersLimit(target: TargetNode, learnedBefore: LearnedLimit | null): boolean {
    const [before, now] = [learnedBefore, this.learnedLimitOf(target)].map((limit) => {
      return factsWithRoom(this.#factsOf(target, limit), this.#call, target.params).outputTokens;
    });
    return now !== before;
  }

  #learnOne(target: TargetNode, refusal: Refusal, { learnedLimit, ownOnly }: Minded): Relearnt | null {
    const learned = this.#parts.learnedLimits.learn(this.#nameOf(target), refusal, this.#termsOf(target));
    if (learned === null || (!learned.again && !this.#holdsNothing(refusal))) return null;
    const isUnknown = refusal.kind === "field" && refusal.isUnknown === true;
    // A member with the caller's content is not dropped for good: the caller's own bytes are checked against the
    // vendor's table.
    const isOwn = this.#call.protocol === target.provider.row.protocol;
    const isNews = learnedLimit?.learnedNames.has(learned.what) !== true || (isUnknown && isOwn && !ownOnly);
    if (!isNews) return null;
    return isUnknown ? "strangers" : "mended";
  }

  /** The caller asks for nothing with the refused member: it can be left out, even if other callers depend on it. */
  #holdsNothing(refusal: Refusal): boolean {
    const { body, fields } = this.#call;
    if (refusal.kind !== "field") return false;
    const span = fields.get(refusal.path);
    if (span === undefined || span.end - span.start > LONGEST_USUAL) return false;
    return asksNothing(inSnakeCase(refusal.path), viewBytes(body).toString("utf8", span.start, span.end));
  }

  /** Certainly: neither the row nor a detour of the model may take the caller's bytes. */
  #isTranslated({ provider: { row } }: TargetNode, { detour }: ModelFacts): boolean {
    const { protocol } = this.#call;
    return row.protocol !== protocol && row.alsoTakes?.[protocol] === undefined && detour === undefined;
  }

  #outgrow(target: TargetNode): void {
    const { contextTokens } = this.#factsOf(target, this.learnedLimitOf(target));
    if (contextTokens !== null) this.#outgrown = Math.max(this.#outgrown ?? 0, contextTokens);
  }

  #factsOf(target: TargetNode, learnedLimit: LearnedLimit | null): ModelFacts {
    const facts = this.#parts.factsOf(target.provider, modelOf(target, this.#call));
    return learnedLimit === null ? facts : { ...facts, ...learnedLimit.facts };
  }

  /**
   * The protocol, its version and its betas decide what the vendor accepts: a refusal under one is not valid for another.
   */
  #termsOf({ provider: { row } }: TargetNode): string {
    const { protocol } = this.#call;
    // What a vendor does not know in one of its protocols, it may know in another.
    let text = row.protocol !== protocol && row.alsoTakes?.[protocol] !== undefined ? `in ${protocol}` : "";
    if (row.forward === undefined || row.protocol !== protocol) return text;
    for (const name of row.forward) {
      const value = this.#headers[name];
      if (value === undefined || !terms.test(name)) continue;
      text += `${text === "" ? "" : ", "}${name}: ${value.slice(0, LONGEST_TERM)}`;
    }
    return text;
  }

  /** A route may leave the model to the caller. */
  #nameOf(target: TargetNode): string {
    return target.model === "" ? `${targetKey(target)}${this.#call.model}` : targetKey(target);
  }
}
