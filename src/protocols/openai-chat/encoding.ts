// What travels through the encoding of one request: the target's facts, and the book of what had to go or to change.
import type { ChatRequest } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { isExact } from "./strangers.ts";
import { self } from "./vendor-state.ts";

export interface Encoding {
  readonly model: string;
  readonly facts: ModelFacts;
  /** The caller speaks this protocol too: what it sent is kept as it sent it. */
  readonly native: boolean;
  /** Schemas are kept as the caller wrote them, but for what the target surely refuses: they were written for it. */
  readonly ownSchemas: boolean;
  /** Whether the target takes tools of free text; else they are functions. */
  readonly takesFree: boolean;
  /** The names of those that it is offered. */
  readonly free: ReadonlySet<string>;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

export function startEncoding(request: ChatRequest, target: TargetFacts): Encoding {
  const native = request.extras.protocol === self;
  const { model, facts } = target;
  const takesFree = facts.customTools !== false && (native || isExact(facts));
  const ownSchemas = native && (isExact(facts) || target.isStandIn !== true);
  return { model, facts, native, ownSchemas, takesFree, free: new Set(), dropped: new Set(), adapted: new Set() };
}

/** For a request whose tools go by the names that they have at the target. */
export function withFreeTools(encoding: Encoding, { tools }: ChatRequest): Encoding {
  const free = encoding.takesFree ? tools.filter((tool) => tool.freeText !== undefined) : [];
  return { ...encoding, free: new Set(free.map((tool) => tool.name)) };
}

/** This target cannot serve the request at all: the next one may. */
export function unsupported(param: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${param}: ${complaint}`, { code: "unsupported", status: 400, param });
}
