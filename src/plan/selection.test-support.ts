// Nodes, requests and target figures, for the tests of the strategies.
import type { Call, Exchange } from "../core/exchange.ts";
import type { BalanceNode, FallbackNode, RouteNode } from "../core/rules.ts";
import type { Order, Question } from "../core/load-balancing.ts";
import type { Facts, ResponseMode, TargetStats } from "../core/target-stats.ts";
import { target, usualTrigger } from "../../test/support/engine-rig.ts";

export function balance(names: readonly string[], more: Partial<BalanceNode> = {}): BalanceNode {
  const children: readonly RouteNode[] = names.map((name) => target(name));
  const weights = names.map(() => 1);
  return { kind: "balance", path: "r", children, weights, by: "weight", stick: null, trigger: usualTrigger, ...more };
}

export function preferring(names: readonly string[]): FallbackNode {
  const children = names.map((name) => target(name));
  return { kind: "fallback", path: "r", children, trigger: usualTrigger, prefer: "fastest" };
}

export interface Told extends Partial<Omit<TargetStats, "ttftMs">> {
  readonly ttft?: number;
  readonly at?: number;
  readonly coolingDown?: boolean;
}

/** Every target has the figures in `told`, and no others. */
export function factsOf(told: Readonly<Record<string, Told>>): Facts {
  return {
    isCoolingDown: ({ name }) => told[name]?.coolingDown ?? false,
    statsOf: ({ name }) => {
      const { ttft, at = 0, ...own } = told[name] ?? {};
      const isKnown = ttft !== undefined;
      return {
        outstanding: 0,
        perTokenMs: null,
        errorRate: 0,
        headroom: null,
        samples: () => (isKnown ? 100 : 0),
        sampledAt: () => (isKnown ? at : null),
        ttftMs: (_pace: ResponseMode) => ttft ?? null,
        quantile: () => ttft ?? null,
        ...own,
      };
    },
  };
}

export interface Asked {
  readonly body?: unknown;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly call?: Partial<Call>;
}

/** A streamed request with this body, each of whose members can be read. */
export function question({ body = {}, metadata = {}, headers = {}, call = {} }: Asked = {}): Question {
  const fields = new Map<string, { start: number; end: number }>();
  let text = "{";
  for (const [name, value] of Object.entries(body as Record<string, unknown>)) {
    text += `${text === "{" ? "" : ","}${JSON.stringify(name)}:`;
    const start = Buffer.byteLength(text);
    text += JSON.stringify(value);
    fields.set(name, { start, end: Buffer.byteLength(text) });
  }
  const bytes = Buffer.from(`${text}}`);
  const bringsTools = (): boolean => fields.has("tools");
  const whole = {
    protocol: "openai-chat",
    model: "r",
    stream: true,
    asksForReasoning: false,
    body: bytes,
    fields,
    bringsTools,
    ...call,
  };
  const request = { method: "POST", path: "/v1/chat/completions", query: "", headers, body: bytes };
  return {
    call: whole as Call,
    exchange: { metadata, request, caller: { name: "anonymous", vendorKey: null } } as unknown as Exchange,
  };
}

/** All indexes, in order. */
export function placesOf(order: Order): number[] {
  const places: number[] = [];
  for (let place = order.next(); place !== -1; place = order.next()) places.push(place);
  return places;
}
