// The active scripts, and which of them applies to a request: the first that matches. It tracks counts, chance and
// time; it plays nothing itself.
import type { Random } from "../random.ts";
import type { RequestTraits, Vendor } from "../vocabulary.ts";
import { faultCatalogue } from "./catalogue.ts";
import type { FaultScript, PlayedFault } from "./fault-script.ts";

/** One active script, as the control endpoint lists it. */
export interface ActiveFault {
  readonly id: string;
  readonly vendor: Vendor;
  readonly script: FaultScript;
  readonly since: number;
  readonly played: number;
}

interface BookEntry {
  readonly id: string;
  readonly vendor: Vendor;
  readonly script: FaultScript;
  readonly since: number;
  played: number;
}

/** The facts about a request for matching; a connection without a request has only its vendor. */
export interface Sighting {
  readonly traits: RequestTraits | undefined;
  readonly requestNumberOnConnection: number;
}

export class FaultBook {
  readonly #random: Random;
  readonly #now: () => number;
  #entries: BookEntry[] = [];
  #lastId = 0;

  constructor(random: Random, now: () => number) {
    this.#random = random;
    this.#now = now;
  }

  add(vendor: Vendor, script: FaultScript): string {
    const id = `fault-${++this.#lastId}`;
    this.#entries.push({ id, vendor, script, since: this.#now(), played: 0 });
    return id;
  }

  /** Forgets the scripts of one vendor, or of all. */
  clear(vendor?: Vendor): void {
    this.#entries = vendor === undefined ? [] : this.#entries.filter((entry) => entry.vendor !== vendor);
  }

  remove(id: string): void {
    this.#entries = this.#entries.filter((entry) => entry.id !== id);
  }

  list(): ActiveFault[] {
    this.#dropSpent();
    return this.#entries.map((entry) => ({ ...entry }));
  }

  /** The fault that plays on this request, if any; counts it as played. */
  pick(vendor: Vendor, sighting: Sighting): PlayedFault | undefined {
    if (this.#entries.length === 0) return undefined;
    this.#dropSpent();
    for (const entry of this.#entries) {
      if (entry.vendor !== vendor || !fits(entry.script, sighting)) continue;
      const elapsed = this.#now() - entry.since - (entry.script.afterMs ?? 0);
      if (elapsed < 0 || !this.#takesEffect(entry.script, elapsed)) continue;
      entry.played++;
      return { id: entry.id, script: entry.script, delayMs: delayAt(entry.script, elapsed) };
    }
    return undefined;
  }

  #takesEffect(script: FaultScript, elapsed: number): boolean {
    if (script.probability !== undefined && this.#random.next() >= script.probability) return false;
    if (script.fault === "error-rate") return this.#random.next() < (script.p ?? 0.5);
    if (script.fault !== "flapping") return true;
    const downMs = script.downMs ?? 1000;
    return elapsed % (downMs + (script.upMs ?? 1000)) < downMs;
  }

  #dropSpent(): void {
    const now = this.#now();
    this.#entries = this.#entries.filter(({ script, since, played }) => {
      if (script.count !== undefined && played >= script.count) return false;
      return script.forMs === undefined || now - since < (script.afterMs ?? 0) + script.forMs;
    });
  }
}

function delayAt(script: FaultScript, elapsed: number): number {
  if (script.fault !== "slow-ramp") return script.delayMs ?? 1000;
  const from = script.fromMs ?? 0;
  const progress = Math.min(1, elapsed / Math.max(1, script.overMs ?? 10_000));
  return from + ((script.toMs ?? 2000) - from) * progress;
}

function fits(script: FaultScript, { traits, requestNumberOnConnection }: Sighting): boolean {
  if (script.fault === "connection-refused") return false;
  if (traits === undefined) return script.fault === "tls-handshake-failure";
  if (script.fault === "keep-alive-close" && requestNumberOnConnection < 2) return false;
  if (script.model !== undefined && !matchesModel(traits.model ?? "", script.model)) return false;
  if (script.stream !== undefined && script.stream !== traits.stream) return false;
  const seenOn = faultCatalogue[script.fault].seenOn;
  if (seenOn === "any-request") return true;
  if (!traits.generates) return traits.embeds === true && seenOn === undefined;
  return seenOn === "stream" ? traits.stream : seenOn === "tools" ? traits.hasTools : true;
}

function matchesModel(model: string, pattern: string): boolean {
  const expression = pattern.split("*").map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(expression.join(".*"), "i").test(model);
}
