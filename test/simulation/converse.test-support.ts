// One call as a server would carry it out: the request goes in, the reply is read piece by piece at the caller's pace, and
// whoever leaves lets everything go.
import { Canceller } from "../../src/domain/cancellation.ts";
import type { ClientRequest, Reply } from "../../src/core/exchange.ts";
import type { Source } from "../../src/core/transport.ts";
import type { Handle } from "../../src/gateway.ts";
import type { VirtualClock } from "../support/virtual-clock.ts";
import { Ear, hearWhole, requestOf } from "./caller.test-support.ts";
import type { ReadyNote, Seen } from "./schedule.test-support.ts";

export interface Line {
  readonly clock: VirtualClock;
  readonly handle: Handle;
  readonly note: (who: string, what: () => string) => void;
  readonly ready: ReadyNote[];
}

/** A load balancer's question before it sends anybody. */
const BALANCER: ClientRequest = { method: "GET", path: "/readyz", query: "", headers: {}, body: new Uint8Array(0) };

type Writable = { -readonly [Key in keyof Seen]: Seen[Key] };

/** `of`: the call whose request it sends, if not its own. */
export function openSeen(plan: Seen["plan"], index: number, of: number = index): Seen {
  return {
    index,
    of,
    lead: index,
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
    toldAt: null,
    end: null,
    heard: { text: "", endings: [] },
    late: 0,
    silence: 0,
    signs: [],
    idle: false,
  };
}

/** One call, from its request to its end, as a server would carry it out. */
export async function converse(seen: Writable, route: string, line: Line): Promise<void> {
  const { clock, handle, note } = line;
  const { plan, index, of } = seen;
  const who = `call ${index}`;
  const canceller = new Canceller();
  let source: Source<Uint8Array | string> | null = null;
  seen.began = clock.now();
  const ready = await handle(BALANCER, new Canceller());
  line.ready.push({ at: clock.now(), status: ready.status });
  note(who, () => `asks${of === index ? "" : ` what call ${of} asked`}: ${JSON.stringify(plan)}`);
  if (plan.leaves !== null)
    clock.after(plan.leaves, () => {
      if (seen.ended !== null) return;
      note(who, () => "leaves");
      seen.left = clock.now();
      canceller.cancel();
      source?.cancel();
    });
  const reply = await handle(requestOf(plan, of, route), canceller);
  seen.headAt = clock.now();
  if (plan.stream) seen.silence = seen.headAt - seen.began;
  seen.status = reply.status;
  seen.headers = reply.headers;
  seen.id = reply.headers["x-request-id"] ?? "";
  note(who, () => `is answered ${reply.status} (${reply.headers["x-understudy-attempts"] ?? "nobody asked"})`);
  const { body } = reply;
  if (body !== null && typeof body === "object" && "next" in body) {
    source = body;
    if (seen.left !== null) source.cancel();
    try {
      await readStream(seen, { source, silence: reply.silence }, line);
    } finally {
      reply.silence?.end();
    }
  } else {
    reply.silence?.end();
    seen.body = body === null ? "" : Buffer.from(body as Uint8Array).toString();
    if (seen.left === null) seen.heard = hearWhole(plan.speaks, reply.status, seen.body);
    seen.end = "null";
  }
  seen.ended = clock.now();
  seen.toldAt ??= seen.ended;
  note(who, () => `has ended: ${seen.heard.endings.join(", ")}; "${seen.heard.text}"`);
}

interface Reading {
  readonly source: Source<Uint8Array | string>;
  readonly silence: Reply["silence"] | undefined;
}

async function readStream(seen: Writable, { source, silence }: Reading, { clock, note }: Line): Promise<void> {
  const { plan, index } = seen;
  const ear = new Ear(plan.speaks);
  seen.heard = ear.heard;
  const deadline = seen.began + (plan.deadline ?? Infinity);
  let heardAt = clock.now();
  const hear = (): void => {
    seen.silence = Math.max(seen.silence, clock.now() - heardAt);
    heardAt = clock.now();
  };
  const onSign = (sign: string): void => {
    hear();
    seen.signs.push(sign);
    if (seen.left === null) ear.push(sign);
    note(`call ${index}`, () => `gets a sign of life`);
  };
  silence?.attach(onSign);
  for (;;) {
    // Until then the gateway may read ahead, also where signs of life have opened the stream.
    seen.idle = seen.firstAt !== null;
    if (plan.pause > 0 && seen.left === null)
      await new Promise<void>((resolve) => void clock.after(plan.pause, resolve));
    seen.idle = false;
    const from = Math.max(deadline, clock.now());
    heardAt = clock.now();
    let piece: Uint8Array | string | null;
    silence?.waits();
    try {
      piece = await source.next();
    } catch (error) {
      note(`call ${index}`, () => `its stream broke: ${String(error)}`);
      seen.end = "throw";
      return;
    }
    silence?.recordSign();
    if (seen.left === null) hear();
    seen.late = Math.max(seen.late, clock.now() - from);
    if (piece === null) break;
    if (isSign(piece)) seen.signs.push(textOf(piece));
    else seen.firstAt ??= clock.now();
    const before = ear.heard.text.length;
    if (seen.left === null) ear.push(piece);
    if (ear.heard.endings.length > 0) seen.toldAt ??= clock.now();
    note(`call ${index}`, () => `reads "${ear.heard.text.slice(before)}" ${ear.heard.endings.join(", ")}`);
  }
  seen.end = "null";
}

function textOf(piece: Uint8Array | string): string {
  return typeof piece === "string" ? piece : Buffer.from(piece).toString();
}

/** Nothing but signs of life of the clients' protocols: comments, pings, blank lines. */
function isSign(piece: Uint8Array | string): boolean {
  return /^(?:(?::.*|event: ping|data: \{"type": ?"ping"\})?\r?\n)*$/u.test(textOf(piece));
}
