// The context of encoding one request: the target's facts, and the record of what was dropped or changed.
import type { ChatRequest, Stray } from "../../../core/chat.ts";
import { GatewayFailure } from "../../../core/failure.ts";
import type { JsonObject } from "../../../core/json.ts";
import type { MemberTable } from "../../../core/member-shape.ts";
import type { TargetFacts } from "../../../core/protocol.ts";
import type { ModelFacts } from "../../../core/provider.ts";
import { withStrays } from "../../shared/member-shape.ts";
import { isExact, membersTaken } from "./strangers.ts";
import { self } from "../features/vendor-state.ts";

export interface Encoding {
  readonly model: string;
  readonly facts: ModelFacts;
  /** The caller speaks this protocol too: its fields stay as it sent them. */
  readonly native: boolean;
  /** Another vendor comes earlier: unknown members were meant for that one. */
  readonly standsIn: boolean;
  /** All members that the target takes, if that is known and the request was not written for it. */
  readonly table: MemberTable | null;
  /** Schemas stay unchanged except for what the target certainly refuses: they were written for it. */
  readonly ownSchemas: boolean;
  /** It was written for the target: settings and names that OpenAI refuses are the caller's own matter. */
  readonly ownShape: boolean;
  /** Whether the target takes free-text tools; otherwise they become functions. */
  readonly takesFree: boolean;
  /** The names of its free-text tools. */
  readonly free: ReadonlySet<string>;
  readonly dropped: Set<string>;
  readonly adapted: Set<string>;
  /** The strays that were put back. All others are reported. */
  readonly placedStrays: Set<Stray>;
}

const NO_NAMES: ReadonlySet<string> = new Set();
/** Never written to: only a client's own protocol has strays that are put back. */
const NO_STRAYS: Set<Stray> = new Set();

export function startEncoding(request: ChatRequest, target: TargetFacts): Encoding {
  const native = request.extras.protocol === self;
  const { model, facts, isStandIn: standsIn = false } = target;
  const takesFree = facts.customTools !== false && (native || isExact(facts));
  const ownSchemas = native && (isExact(facts) || !standsIn);
  const ownShape = native && !standsIn;
  const table = standsIn || (!native && !isExact(facts)) ? membersTaken(facts) : null;
  const books = {
    dropped: new Set<string>(),
    adapted: new Set<string>(),
    placedStrays: native ? new Set<Stray>() : NO_STRAYS,
  };
  return { model, facts, native, standsIn, table, ownSchemas, ownShape, takesFree, free: NO_NAMES, ...books };
}

/** An encoded part, with the members that a client of this protocol had beside it. */
export function beside(
  written: JsonObject,
  { strays }: { readonly strays?: readonly Stray[] | undefined },
  encoding: Encoding,
): JsonObject {
  if (!encoding.native || strays === undefined) return written;
  return withStrays(written, strays, (stray) => void encoding.placedStrays.add(stray));
}

/** For a request whose tools have their names at the target. */
export function withFreeTools(encoding: Encoding, { tools }: ChatRequest): Encoding {
  const free = encoding.takesFree ? tools.filter((tool) => tool.freeText !== undefined) : [];
  if (free.length === 0) return encoding;
  return { ...encoding, free: new Set(free.map((tool) => tool.name)) };
}

/** This target cannot serve the request; the next one may. */
export function unsupported(param: string, complaint: string): GatewayFailure {
  return new GatewayFailure(`${param}: ${complaint}`, { code: "unsupported", status: 400, param });
}
