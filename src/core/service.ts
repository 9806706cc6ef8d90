// How the way of a request is composed: a service takes the exchange and gives an answer, a layer wraps a service, and
// `stack` reads top-down, outermost first.
import type { Exchange } from "./exchange.ts";

export type Service<Out> = (exchange: Exchange) => Promise<Out>;
/** Wraps a service of `Inner` into one of `Outer`. */
export type Layer<Inner, Outer = Inner> = (next: Service<Inner>) => Service<Outer>;
