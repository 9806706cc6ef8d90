// One call as a server would carry it out: the request goes in, the reply is read piece by piece at the caller's pace, and
// whoever leaves lets everything go.
import { Canceller } from "../../src/domain/cancellation.ts";
import type { Source } from "../../src/core/transport.ts";
import type { Handle } from "../../src/gateway.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { Ear, hearWhole, requestOf } from "./caller.test-support.ts";
import type { Seen } from "./schedule.test-support.ts";

export interface Line {
  readonly clock: VirtualClock;
  readonly handle: Handle;
  readonly note: (who: string, what: () => string) => void;
}

type Writable = { -readonly [Key in keyof Seen]: Seen[Key] };

export function openSeen(plan: Seen["plan"], index: number): Seen {
  return {
    index,
    id: "",
    plan,
    began: 0,
    left: null,
    headAt: null,
    firstAt: null,
    status: null,
    headers: {},
    body: null,
    ended: null,
    end: null,
    heard: { text: "", endings: [] },
    late: 0,
    idle: false,
  };
}

/** One call, from its request to its end, as a server would carry it out. */
export async function converse(seen: Writable, route: string, line: Line): Promise<void> {
  const { clock, handle, note } = line;
  const { plan, index } = seen;
  const who = `call ${index}`;
  const canceller = new Canceller();
  let source: Source<Uint8Array | string> | null = null;
  seen.began = clock.now();
  note(who, () => `asks: ${JSON.stringify(plan)}`);
  if (plan.leaves !== null)
    clock.after(plan.leaves, () => {
      if (seen.ended !== null) return;
      note(who, () => "leaves");
      seen.left = clock.now();
      canceller.cancel();
      source?.cancel();
    });
  const reply = await handle(requestOf(plan, index, route), canceller);
  seen.headAt = clock.now();
  seen.status = reply.status;
  seen.headers = reply.headers;
  seen.id = reply.headers["x-request-id"] ?? "";
  note(who, () => `is answered ${reply.status} (${reply.headers["x-understudy-attempts"] ?? "nobody asked"})`);
  const { body } = reply;
  if (body !== null && typeof body === "object" && "next" in body) {
    source = body;
    if (seen.left !== null) source.cancel();
    await readStream(seen, source, line);
  } else {
    seen.body = body === null ? "" : Buffer.from(body as Uint8Array).toString();
    if (seen.left === null) seen.heard = hearWhole(plan.speaks, reply.status, seen.body);
    seen.end = "null";
  }
  seen.ended = clock.now();
  note(who, () => `has ended: ${seen.heard.endings.join(", ")}; "${seen.heard.text}"`);
}

async function readStream(seen: Writable, source: Source<Uint8Array | string>, { clock, note }: Line): Promise<void> {
  const { plan, index } = seen;
  const ear = new Ear(plan.speaks);
  seen.heard = ear.heard;
  const deadline = seen.began + (plan.deadline ?? Infinity);
  for (;;) {
    // Until then the gateway may read ahead, also where signs of life have opened the stream.
    seen.idle = seen.firstAt !== null;
    if (plan.pause > 0 && seen.left === null)
      await new Promise<void>((resolve) => void clock.after(plan.pause, resolve));
    seen.idle = false;
    const from = Math.max(deadline, clock.now());
    let piece: Uint8Array | string | null;
    try {
      piece = await source.next();
    } catch (error) {
      note(`call ${index}`, () => `its stream broke: ${String(error)}`);
      seen.end = "throw";
      return;
    }
    seen.late = Math.max(seen.late, clock.now() - from);
    if (piece === null) break;
    if (seen.firstAt === null && !isSign(piece)) seen.firstAt = clock.now();
    const before = ear.heard.text.length;
    if (seen.left === null) ear.push(piece);
    note(`call ${index}`, () => `reads "${ear.heard.text.slice(before)}" ${ear.heard.endings.join(", ")}`);
  }
  seen.end = "null";
}

/** A sign of life in one of the clients' protocols: a comment, a ping, or a blank line. */
function isSign(piece: Uint8Array | string): boolean {
  const text = typeof piece === "string" ? piece : Buffer.from(piece).toString();
  return /^(?::|event: ping\b|\s*$)/u.test(text);
}
