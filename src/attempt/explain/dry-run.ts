// Predicts which targets would be asked next, and why: a walk through a route without asking. It repeats the choices
// that a request would meet many times, with its own randomness; it spends, counts and stores nothing.
import type { Random } from "../../core/clock.ts";
import type { RouteNode, TargetNode } from "../../core/rules.ts";
import type { Question, Selection } from "../../core/load-balancing.ts";
import { openRun, type EngineParts } from "../call-run.ts";
import { awaitsProbe, type TargetStatus } from "../target-state/target-status.ts";
import { peek } from "../target/admit.ts";
import { askFor, type AskFor } from "../target/ask-for.ts";
import { withTimeLeft } from "../target/checks.ts";
import { dryRunReason, type Step } from "./dry-run-reasons.ts";

/** One target's part in the prediction. */
export interface DryRunStep {
  /** `provider/model`. */
  readonly target: string;
  /** Its path in the route. */
  readonly path: string;
  /**
   * `first`: `share` of such requests start with it. `stand-in`: asked if those before it fail. `if-late`: asked as
   * well if those before it are late. `passed-over`: not asked. `last-resort`: it should be skipped, but is asked
   * because no other is left.
   */
  readonly part: "first" | "stand-in" | "if-late" | "passed-over" | "last-resort";
  /** The share of such requests that start with it, 0 to 1. */
  readonly share: number;
  readonly why: string;
}

export type DryRunParts = Omit<EngineParts, "ask">;

/** How many times the choice is repeated, to measure the shares. */
const DRAWS = 2_000;

/** A target that a walk reaches, and the nodes above it, the outermost first. */
interface Leaf {
  readonly target: TargetNode;
  readonly steps: readonly Step[];
}

type Readiness =
  /** `share`: of the requests (0 to 1), if there is a stand-in; `why`: null if there is nothing to say. */
  | { readonly kind: "ready"; readonly share: number; readonly why: string | null }
  /** `untilMs`: when it may be asked again; null if time does not help. */
  | { readonly kind: "passed-over"; readonly untilMs: number | null; readonly why: string };

const STANDING = { remainingTargets: 0, forced: false, checksOutput: false, hurried: false };

interface Looking {
  readonly parts: DryRunParts;
  readonly random: Random;
  /** The current state of a target. */
  readonly statusOf: (target: TargetNode) => TargetStatus;
}

interface Sight {
  readonly question: Question;
  readonly selection: Selection;
  readonly random: Random;
  readonly readiness: (target: TargetNode) => Readiness;
}

/** Every target that such a request could reach, in the order in which they would be asked. */
export function foresee(root: RouteNode, question: Question, looking: Looking): readonly DryRunStep[] {
  const sight = openSight(question, looking);
  const leaves = [...leavesOf(root, [], sight)];
  const shares = sharesOf(root, leaves, sight);
  const resort = leastBad(leaves, sight);
  return leaves
    .map((leaf): DryRunStep => {
      const { target, steps } = leaf;
      const share = shares.get(target.path) ?? 0;
      const ready = sight.readiness(target);
      const part = leaf === resort ? "last-resort" : partOf(leaf, ready, share);
      const reasons = steps.map((step) => dryRunReason(step, { call: question.call, ...looking }));
      if (part === "last-resort") reasons.unshift("no other target is left");
      if (ready.why !== null) reasons.unshift(ready.why);
      return { target: target.name, path: target.path, part, share, why: reasons.join("; ") };
    })
    .map((prospect, place) => ({ prospect, place }))
    .toSorted((one, other) => other.prospect.share - one.prospect.share || one.place - other.place)
    .map(({ prospect }) => prospect);
}

function openSight(question: Question, looking: Looking): Sight {
  const { parts, random } = looking;
  const run = openRun(question, parts);
  const readinessByTarget = new Map<TargetNode, Readiness>();
  const readiness = (target: TargetNode): Readiness => {
    const readiness = readinessByTarget.get(target) ?? readinessOf(target, run, looking);
    readinessByTarget.set(target, readiness);
    return readiness;
  };
  return { question, random, readiness, selection: parts.selection.rehearse(random) };
}

/** Uses the same checks as a call. */
function readinessOf(target: TargetNode, run: AskFor["run"], { parts, statusOf }: Looking): Readiness {
  const refusal = peek(askFor(run, target, { state: parts.states.view(target), standing: STANDING }));
  if (refusal !== null) {
    const { kind, reason, untilMs } = refusal;
    return { kind: "passed-over", untilMs, why: kind === "breaker" ? withTimeLeft(reason, untilMs ?? 0) : reason };
  }
  const { health } = statusOf(target);
  if (awaitsProbe(health))
    return {
      kind: "ready",
      share: 1,
      why: "circuit breaker half-open: the next request is the probe, others skip this target",
    };
  const { share } = health;
  if (share === 1) return { kind: "ready", share, why: null };
  const percent = Math.round(share * 100);
  const why = `recovering, gets ${percent} % of the requests while it has a stand-in`;
  return { kind: "ready", share, why };
}

function partOf({ steps }: Leaf, ready: Readiness, share: number): DryRunStep["part"] {
  if (ready.kind === "passed-over") return "passed-over";
  if (share > 0) return "first";
  return steps.some(({ node, place }) => node.kind === "hedge" && place > 0) ? "if-late" : "stand-in";
}

/** In the walk's order, one by one; a reader that stops early saves the rest of the work. */
function* leavesOf(node: RouteNode, steps: readonly Step[], sight: Sight): Generator<Leaf> {
  if (node.kind === "target") {
    yield { target: node, steps };
    return;
  }
  for (const place of placesOf(node, sight)) {
    const child = node.children[place];
    if (child !== undefined) yield* leavesOf(child, [...steps, { node, place }], sight);
  }
}

function* placesOf(node: Exclude<RouteNode, TargetNode>, { selection, question }: Sight): Generator<number> {
  if (node.kind === "when") {
    const chosen = selection.choose(node, question);
    if (chosen !== null) yield node.children.indexOf(chosen);
    return;
  }
  const isChosen = node.kind === "balance" || (node.kind === "fallback" && node.prefer === "fastest");
  if (!isChosen) {
    yield* node.children.keys();
    return;
  }
  const order = node.kind === "balance" ? selection.balance(node, question) : selection.prefer(node, question);
  for (let place = order.next(); place !== -1; place = order.next()) yield place;
}

/** How often each target is asked first, by its path in the route. */
function sharesOf(root: RouteNode, leaves: readonly Leaf[], sight: Sight): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  const ready = leaves.filter(({ target }) => sight.readiness(target).kind === "ready").length;
  for (let draw = 0; ready > 0 && draw < DRAWS; draw += 1) {
    const first = firstOf(root, ready > 1, sight);
    if (first !== null) times.set(first.path, (times.get(first.path) ?? 0) + 1);
  }
  return new Map([...times].map(([path, count]) => [path, count / DRAWS]));
}

/** A target that has just recovered gets only a part of the requests, if it has a stand-in. */
function firstOf(root: RouteNode, hasStandIn: boolean, sight: Sight): TargetNode | null {
  let spared: TargetNode | null = null;
  for (const { target } of leavesOf(root, [], sight)) {
    const ready = sight.readiness(target);
    if (ready.kind === "passed-over") continue;
    if (!hasStandIn || ready.share === 1 || sight.random() < ready.share) return target;
    spared ??= target;
  }
  return spared;
}

/** If all are cooling down: the one that is free first. */
function leastBad(leaves: readonly Leaf[], { readiness }: Sight): Leaf | null {
  let [best, bestUntil] = [null as Leaf | null, Infinity];
  for (const leaf of leaves) {
    const ready = readiness(leaf.target);
    if (ready.kind === "ready") return null;
    if (ready.untilMs !== null && ready.untilMs < bestUntil) [best, bestUntil] = [leaf, ready.untilMs];
  }
  return best;
}
