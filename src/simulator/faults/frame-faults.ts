// Faults in the content of a valid reply: frames are left out, repeated, reordered or changed. It works on frames and
// documents before they become bytes, the same for every dialect.
import { asRecord, type JsonRecord } from "../json-record.ts";
import type { Dialect, Frame, Reply } from "../vocabulary.ts";
import type { FaultScript } from "./fault-script.ts";
import { foreignErrorFrames } from "./foreign-errors.ts";
import { errorWishFor } from "./reply-faults.ts";

/** The reply after the fault. */
export function applyFrameFault(reply: Reply, script: FaultScript, dialect: Dialect): Reply {
  const contentType = script.contentType ?? (script.fault === "wrong-content-type" ? "text/plain" : null);
  const retyped = contentType === null ? reply : withContentType(reply, contentType);
  if (retyped.kind === "stream") return { ...retyped, frames: reshapeFrames(retyped.frames, script, dialect) };
  const body = asRecord(retyped.body);
  return body === undefined || retyped.head.status !== 200
    ? retyped
    : { ...retyped, body: reshapeDocument(body, script, dialect) };
}

function withContentType(reply: Reply, contentType: string): Reply {
  const others = reply.head.headers.filter(([name]) => name !== "content-type");
  return { ...reply, head: { ...reply.head, headers: [["content-type", contentType], ...others] } };
}

function reshapeDocument(body: JsonRecord, script: FaultScript, dialect: Dialect): JsonRecord {
  switch (script.fault) {
    case "usage-missing":
      return dialect.withoutUsage(body);
    case "usage-odd":
      return dialect.withOddUsage(body);
    case "empty-choices":
      return dialect.withoutChoices(body);
    default:
      return body;
  }
}

function reshapeFrames(frames: Iterable<Frame>, script: FaultScript, dialect: Dialect): Iterable<Frame> {
  switch (script.fault) {
    case "error-event-first":
      return foreignErrorFrames(script) ?? dialect.errorFrames(errorWishFor(script, 503), undefined);
    case "error-event-mid-stream":
      return untilError(frames, script, dialect);
    case "clean-end-without-finish":
      return upTo(frames, script.afterTokens ?? 3);
    case "no-done":
      return withoutPart(frames, "end");
    case "usage-missing":
      return changed(frames, (data) => dialect.withoutUsage(data), ["usage"]);
    case "usage-odd":
      return changed(frames, (data) => dialect.withOddUsage(data));
    case "usage-twice":
      return repeated(frames, (data) => dialect.repeatUsage(data));
    case "duplicate-finish":
      return repeated(frames, (data) => dialect.repeatFinish(data));
    case "empty-choices":
      return changed(withoutParts(frames, ["text", "thought", "call", "open"]), (data) => dialect.withoutChoices(data));
    case "interleaved-tool-calls":
      return interleaved(frames);
    default:
      return frames;
  }
}

/** True after enough tokens, or when the answer is about to end before that. */
export class TokenThreshold {
  readonly #threshold: number;
  #sent = 0;

  constructor(threshold: number) {
    this.#threshold = threshold;
  }

  /** Called before each frame. */
  isReachedBefore({ part, tokens }: Pick<Frame, "part" | "tokens">): boolean {
    const isEnding = part === "finish" || part === "usage" || part === "end" || part === "error";
    const reached = isEnding || this.#sent >= this.#threshold;
    this.#sent += tokens;
    // the opening of a stream is always sent, so that the fault is inside it
    return reached && part !== "open";
  }
}

function* upTo(frames: Iterable<Frame>, tokens: number): Generator<Frame> {
  const threshold = new TokenThreshold(tokens);
  for (const frame of frames) {
    if (threshold.isReachedBefore(frame)) return;
    yield frame;
  }
}

function* untilError(frames: Iterable<Frame>, script: FaultScript, dialect: Dialect): Generator<Frame> {
  let opening: Frame | undefined;
  for (const frame of upTo(frames, script.afterTokens ?? 3)) {
    opening ??= frame;
    yield frame;
  }
  yield* foreignErrorFrames(script) ?? dialect.errorFrames(errorWishFor(script, 503), opening);
}

function* withoutPart(frames: Iterable<Frame>, part: Frame["part"]): Generator<Frame> {
  for (const frame of frames) if (frame.part !== part) yield frame;
}

/** Leaves parts out, except the opening, which clients of named events need. */
function* withoutParts(frames: Iterable<Frame>, parts: readonly Frame["part"][]): Generator<Frame> {
  for (const frame of frames) {
    const opens = frame.part === "open" && frame.event !== undefined;
    if (opens || !parts.includes(frame.part)) yield frame;
  }
}

function* changed(
  frames: Iterable<Frame>,
  change: (data: JsonRecord) => JsonRecord,
  dropped: readonly Frame["part"][] = [],
): Generator<Frame> {
  for (const frame of frames) {
    if (dropped.includes(frame.part)) continue;
    yield typeof frame.data === "string" ? frame : { ...frame, data: change(frame.data) };
  }
}

/** Repeats the last frame for which `again` returns data, directly after it. */
function* repeated(frames: Iterable<Frame>, again: (data: JsonRecord) => JsonRecord | undefined): Generator<Frame> {
  const all = [...frames];
  const last = all.findLastIndex((frame) => typeof frame.data !== "string" && again(frame.data) !== undefined);
  for (const [index, frame] of all.entries()) {
    yield frame;
    const data = index === last && typeof frame.data !== "string" ? again(frame.data) : undefined;
    if (data !== undefined) yield { ...frame, data, tokens: 0 };
  }
}

/** Interleaves the frames of several calls. */
function* interleaved(frames: Iterable<Frame>): Generator<Frame> {
  let waiting: Frame[] = [];
  for (const frame of frames) {
    if (frame.call !== undefined) {
      waiting.push(frame);
      continue;
    }
    if (frame.part === "ping" && waiting.length > 0) {
      yield frame;
      continue;
    }
    yield* shuffled(waiting);
    waiting = [];
    yield frame;
  }
  yield* shuffled(waiting);
}

function* shuffled(frames: readonly Frame[]): Generator<Frame> {
  const piles = new Map<number, Frame[]>();
  for (const frame of frames) {
    const pile = piles.get(frame.call ?? 0) ?? [];
    pile.push(frame);
    piles.set(frame.call ?? 0, pile);
  }
  for (let round = 0; [...piles.values()].some((pile) => round < pile.length); round++) {
    for (const pile of piles.values()) {
      const frame = pile[round];
      if (frame !== undefined) yield frame;
    }
  }
}
