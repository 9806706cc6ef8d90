// What travels through the encoding of one request: the target's facts, and the book of what had to go or to change.
import type { ChatRequest } from "../../core/chat.ts";
import { GatewayFailure } from "../../core/failure.ts";
import type { TargetFacts } from "../../core/protocol.ts";
import type { ModelFacts } from "../../core/provider.ts";
import { self } from "./vendor-state.ts";

export interface Encoding {
  readonly model: string;
  readonly facts: ModelFacts;
  /** The caller speaks this protocol too: what it sent is kept as it sent it. */
  readonly native: boolean;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
}

export function startEncoding(request: ChatRequest, target: TargetFacts): Encoding {
  const native = request.extras.protocol === self;
  return { model: target.model, facts: target.facts, native, dropped: new Set(), adapted: new Set() };
}

/** This target cannot serve the request at all: the next one may. */
export function unsupported(param: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${param}: ${complaint}`, { code: "unsupported", status: 400, param });
}
