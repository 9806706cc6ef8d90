// Circuit breakers by name, for tests of the state machine alone.
import type { Clock, Random } from "../../src/core/clock.ts";
import type { BreakerRules } from "../../src/core/rules.ts";
import { type Admission, CircuitBreaker, type Report } from "../../src/attempt/target-state/circuit-breaker.ts";
import { publishToNobody } from "../../src/attempt/target-state/publish.ts";

export class Breakers {
  readonly #named = new Map<string, CircuitBreaker>();
  readonly #open: (name: string) => CircuitBreaker;

  constructor(clock: Clock, random: Random, open?: (name: string) => CircuitBreaker) {
    this.#open = open ?? ((name) => new CircuitBreaker(name, { clock, random, publish: publishToNobody }));
  }

  of(name: string): CircuitBreaker {
    const known = this.#named.get(name) ?? this.#open(name);
    this.#named.set(name, known);
    return known;
  }

  look(name: string, rules: BreakerRules | null): Admission {
    return this.of(name).look(rules);
  }

  admit(name: string, rules: BreakerRules | null, hasStandIn = false): Admission {
    return this.of(name).admit(rules, hasStandIn);
  }

  show(name: string, rules: BreakerRules | null): ReturnType<CircuitBreaker["show"]> {
    return this.of(name).show(rules);
  }

  answering(name: string, ticket: number): void {
    this.of(name).answering(ticket);
  }

  report(name: string, rules: BreakerRules | null, report: Report): void {
    this.of(name).report(rules, report);
  }
}
