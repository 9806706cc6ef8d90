// `prefer: fastest`: a later child is asked first while the first one is much slower, and only until then. Two separate
// thresholds prevent oscillation; a small share of requests measures the other child.
import type { Clock, Random } from "../core/clock.ts";
import type { FallbackNode, RouteNode } from "../core/rules.ts";
import { type Facts, type ResponseMode } from "../core/target-stats.ts";
import { leadTargetOf } from "../domain/lead-target.ts";

export interface PreferParts {
  readonly facts: Facts;
  readonly clock: Clock;
  readonly random: Random;
}

/** Milliseconds below which no target counts as slow, and by which a stand-in must be faster. */
const bearable = { streamed: 1_500, whole: 5_000, thinking: 10_000 } as const;
const AHEAD = 500;
/** So many times slower than the stand-in: it loses the lead. Below the second factor: it gets it back. */
const LOSES = 2;
const REGAINS = 1.25;
const ENOUGH_SAMPLES = 5;
/** The share of requests that measure, and the longest time between two of them. */
const EXPLORATION = 0.05;
const LOOK_AFTER = 30_000;
const MOST_COMPARED = 8;
/** What a person waits for: the first token and some words. */
const FIRST_WORDS = 20;
const USUAL_PER_TOKEN = 20;

/** The index of the child that led last, which `keep` stores: which child is asked first now, and which one leads. */
export interface Lead {
  readonly first: number;
  readonly leader: number;
}

export function fastestChild(
  node: FallbackNode,
  responseMode: ResponseMode,
  { leader, ...parts }: PreferParts & { leader: number },
): Lead {
  return leader === 0 ? whileFirst(node, responseMode, parts) : whileStandIn(node, responseMode, { leader, ...parts });
}

function whileFirst(node: FallbackNode, responseMode: ResponseMode, parts: PreferParts): Lead {
  const own = timed(node.children[0], responseMode, parts.facts);
  if (own === null || own.ms < bearable[responseMode] || own.samples < ENOUGH_SAMPLES) return { first: 0, leader: 0 };
  for (let place = 1; place < Math.min(node.children.length, MOST_COMPARED); place += 1) {
    const child = node.children[place];
    const lead = leadTargetOf(child);
    if (lead === null || parts.facts.isCoolingDown(lead)) continue;
    const other = timed(child, responseMode, parts.facts);
    if (other !== null && other.ms * LOSES < own.ms && other.ms + AHEAD < own.ms)
      return { first: place, leader: place };
    const isNews = other === null || parts.clock.now() - other.at > LOOK_AFTER;
    if (isNews && parts.random() < EXPLORATION) return { first: place, leader: 0 };
  }
  return { first: 0, leader: 0 };
}

function whileStandIn(
  node: FallbackNode,
  responseMode: ResponseMode,
  { leader, ...parts }: PreferParts & { leader: number },
): Lead {
  const own = timed(node.children[0], responseMode, parts.facts);
  const other = timed(node.children[leader], responseMode, parts.facts);
  if (own === null || other === null) return { first: 0, leader: 0 };
  if (own.ms < bearable[responseMode] || own.ms <= other.ms * REGAINS) return { first: 0, leader: 0 };
  const isOld = own.outstanding === 0 && parts.clock.now() - own.at > LOOK_AFTER;
  return { first: isOld || parts.random() < EXPLORATION ? 0 : leader, leader };
}

interface Timed {
  readonly ms: number;
  readonly at: number;
  readonly samples: number;
  readonly outstanding: number;
}

function timed(child: RouteNode | undefined, responseMode: ResponseMode, facts: Facts): Timed | null {
  const target = leadTargetOf(child);
  if (target === null) return null;
  const stats = facts.statsOf(target);
  const [first, at] = [stats.ttftMs(responseMode), stats.sampledAt(responseMode)];
  if (first === null || at === null) return null;
  const words = responseMode === "whole" ? 0 : FIRST_WORDS * (stats.perTokenMs ?? USUAL_PER_TOKEN);
  return { ms: first + words, at, samples: stats.samples(responseMode), outstanding: stats.outstanding };
}
