// A hedge: it asks the first child; if that is late, it asks the next one as well, and the first good answer wins. It
// cancels the others at once, and the ledger shows them as `cancelled`. Extra requests cost money: the cap, the retry
// budget and the request itself must allow each one.
import { childOf, type Canceller } from "../../domain/cancellation.ts";
import type { Cancel } from "../../core/clock.ts";
import type { Call } from "../../core/exchange.ts";
import type { HedgeNode, RouteNode } from "../../core/rules.ts";
import { leadTargetOf } from "../../domain/lead-target.ts";
import { responseModeOf } from "../../domain/response-mode.ts";
import { forHedge, type CallRun, type EngineParts, type Standing } from "../call-run.ts";
import type { Answered, BranchOutcome, Failed } from "../outcome.ts";
import { discard, endWith, isOver, leavesOnChildOutcome, standingOf, unwrap, type Walk } from "./child-outcome.ts";

/** Milliseconds before a target has enough samples, and the minimum delay of any second request. */
const usualDelay = { streamed: 2_000, whole: 8_000, thinking: 20_000 } as const;
const SOONEST = 50;

/** The context of a race beside its node. */
export interface Racing {
  readonly run: CallRun;
  readonly standing: Standing;
  readonly walk: Walk;
}

export function walkHedgedNode(node: HedgeNode, racing: Racing): Promise<BranchOutcome> {
  racing.run.parts.hedges.earn(node);
  return new Promise((resolve, reject) => {
    new Race(node, racing, { resolve, reject }).start();
  });
}

/** Milliseconds after which an answer of this child is late. */
export function hedgeDelay(
  node: HedgeNode,
  { call, parts }: { readonly call: Call; readonly parts: Pick<EngineParts, "states"> },
): number {
  const { after } = node;
  if (after.kind === "fixed") return after.milliseconds;
  const responseMode = responseModeOf(call);
  const lead = leadTargetOf(node.children[0]);
  // Of its usual answers only: if slow ones counted, the hedge would wait longer, the slower the target is.
  const usual = lead === null ? null : parts.states.of(lead).timeouts.usual(after.quantile, responseMode);
  return Math.max(SOONEST, usual ?? usualDelay[responseMode]);
}

interface Settling {
  readonly resolve: (ending: BranchOutcome) => void;
  readonly reject: (cause: unknown) => void;
}

class Race {
  readonly #node: HedgeNode;
  readonly #racing: Racing;
  readonly #settle: Settling;
  readonly #running = new Map<RouteNode, Canceller>();
  /** The index of the next child. */
  #next = 0;
  #timer: Cancel | null = null;
  #isOver = false;
  #failed: Failed | null = null;
  #refusal: Answered | null = null;

  constructor(node: HedgeNode, racing: Racing, settle: Settling) {
    this.#node = node;
    this.#racing = racing;
    this.#settle = settle;
  }

  start(): void {
    this.#launch();
    this.#expectLateness();
  }

  /** Asks the next child, if there is one. */
  #launch(): void {
    const { run, standing, walk } = this.#racing;
    const child = unwrap(run, this.#node.children[this.#next]);
    this.#next += 1;
    if (child === null) {
      this.#goOn();
      return;
    }
    const { canceller } = childOf(run.cancellation);
    this.#running.set(child, canceller);
    const own = standingOf(child, this.#node, { standing, next: this.#node.children.length - this.#next });
    walk(forHedge(run, canceller), child, own).then(
      (ending) => this.#onEnding(child, ending),
      (cause: unknown) => this.#finish(() => this.#settle.reject(cause)),
    );
  }

  #hasNext(): boolean {
    return this.#next < this.#node.children.length;
  }

  #expectLateness(): void {
    const { run } = this.#racing;
    if (this.#isOver || !this.#hasNext() || !this.#mayHedge()) return;
    this.#timer = run.parts.clock.after(hedgeDelay(this.#node, run), () => this.#onLate());
  }

  /** A request with side effects would have them twice. */
  #mayHedge(): boolean {
    const { call, parts } = this.#racing.run;
    return this.#node.sideEffects || !parts.selection.bringsTools(call);
  }

  #onLate(): void {
    const { run } = this.#racing;
    if (this.#isOver || !this.#hasNext() || isOver(run)) return;
    if (!this.#isAllowed()) return;
    this.#launch();
    this.#expectLateness();
  }

  #isAllowed(): boolean {
    const { parts } = this.#racing.run;
    const lead = leadTargetOf(this.#node.children[this.#next]);
    return lead !== null && parts.hedges.spend(this.#node) && parts.budget.spend(lead.provider.name);
  }

  #onEnding(child: RouteNode, ending: BranchOutcome): void {
    this.#running.delete(child);
    if (this.#isOver) {
      if (ending.kind === "answered") discard(ending);
      return;
    }
    if (ending.kind === "skipped") this.#goOn();
    else if (leavesOnChildOutcome(this.#node.trigger, child, ending)) this.#leave(ending);
    else if (ending.kind === "answered") {
      discard(this.#refusal);
      this.#finish(() => this.#settle.resolve(ending));
    } else this.#finish(() => this.#settle.resolve(endWith(this.#refusal, ending)));
  }

  #leave(ending: Answered | Failed): void {
    if (ending.kind === "failed") this.#failed = ending;
    else if (this.#refusal === null) this.#refusal = ending;
    else discard(ending);
    this.#goOn();
  }

  /** A child is out of the race. If none is left in it, the next one is asked, as in a fallback. */
  #goOn(): void {
    if (this.#isOver || this.#running.size > 0) return;
    if (this.#hasNext() && !isOver(this.#racing.run)) {
      this.#launch();
      return;
    }
    const failed = this.#failed;
    const nobody: BranchOutcome = failed === null ? { kind: "skipped" } : { ...failed, exhausted: true };
    this.#finish(() => this.#settle.resolve(this.#refusal ?? nobody));
  }

  /** Ends the race: `settle` reports the winner; all others are cancelled and not read. */
  #finish(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer?.();
    settle();
    for (const canceller of this.#running.values()) canceller.cancel();
  }
}
