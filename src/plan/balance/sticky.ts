// Stickiness by rendezvous hashing: each child gets a score from the key and its own name, and the highest wins. So a
// key keeps its child without stored state, equally on every replica, and if a child goes, only its keys move.
import { createHash } from "node:crypto";
import type { BalanceNode, Stickiness } from "../../core/rules.ts";
import type { Order, Question } from "../../core/load-balancing.ts";
import { conversationPrefix } from "../../domain/conversation-prefix.ts";

/** A 32-bit number for the sticky key; null: the request has none. */
export function stickyKey(stick: Stickiness, { exchange, call }: Question): number | null {
  if (stick.kind === "conversation") {
    const prefix = conversationPrefix(call);
    return prefix === null ? null : hash(prefix);
  }
  const { metadata } = exchange;
  const value = Object.hasOwn(metadata, stick.name) ? metadata[stick.name] : undefined;
  return value === undefined || value === "" ? null : hash(value);
}

function hash(value: Uint8Array | string): number {
  return createHash("sha1").update(value).digest().readUInt32LE(0);
}

/** Computed once per node. */
export interface Claims {
  /** Numbers made from the children's positions and names. */
  readonly seeds: readonly number[];
  /** All children have the same weight: then the larger number wins. */
  readonly isEven: boolean;
}

export function claimsOf({ children, weights }: BalanceNode): Claims {
  const seeds = children.map((child, place) => hash(child.kind === "target" ? child.name : `${child.kind} ${place}`));
  const first = weights[0] ?? 1;
  return { seeds, isEven: first !== 0 && weights.every((weight) => weight === first) };
}

/** From the key's own child to the next one by the same rule. */
export class StickyOrder implements Order {
  readonly #node: BalanceNode;
  readonly #claims: Claims;
  readonly #key: number;
  #usedPlaces: Set<number> | null = null;

  constructor(node: BalanceNode, claims: Claims, key: number) {
    this.#node = node;
    this.#claims = claims;
    this.#key = key;
  }

  next(): number {
    const { seeds, isEven } = this.#claims;
    let [best, bestScore] = [-1, Infinity];
    for (let place = 0; place < seeds.length; place += 1) {
      if (this.#usedPlaces?.has(place)) continue;
      const drawn = (mix(this.#key, seeds[place] ?? 0) + 1) / 4_294_967_297;
      const score = isEven ? -drawn : this.#scoreOf(place, drawn);
      if (score < bestScore || best === -1) [best, bestScore] = [place, score];
    }
    if (best !== -1) (this.#usedPlaces ??= new Set()).add(best);
    return best;
  }

  /** The lower the better: an exponential variate of the child's weight, which distributes keys by weight. */
  #scoreOf(place: number, drawn: number): number {
    const weight = this.#node.weights[place] ?? 1;
    return weight === 0 ? 1e9 - drawn : -Math.log(drawn) / weight;
  }
}

/** Mixes two 32-bit numbers into one (murmur3's finalizer). */
function mix(one: number, other: number): number {
  let mixed = Math.imul(one ^ 0x9e3779b9, 0x85ebca6b) ^ other;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
