// Passes the messages of an open session between a client and the gateway's side of it, both ways, each as fast as its
// reader reads. It ends a session that is too old or idle, and it ends exactly once, however either side ends.
import type { Cancel, Clock } from "../core/clock.ts";
import { GatewayFailure } from "../core/failure.ts";
import type { ReplySession, SessionRules } from "../core/session.ts";
import type { MessageSocket, SessionClose, SessionMessage } from "../core/transport.ts";
import { durationText } from "../domain/duration-text.ts";

export interface RelayParts {
  readonly client: MessageSocket;
  readonly session: ReplySession;
  /** The client's next message, if somebody has pulled already. Absent: nobody has. */
  readonly pulled?: Promise<SessionMessage | null> | undefined;
  readonly clock: Clock;
  readonly limits: Pick<SessionRules, "maxTime" | "idle">;
}

const BROKEN = 1006;
const GOING_AWAY = 1001;
/** Milliseconds for a client to take its last message. */
const LAST = 2_000;
/** The platform's timers take at most 31 bits. */
const LONGEST_TIMER = 2 ** 31 - 1;

export class SessionRelay {
  readonly #parts: RelayParts;
  #lastAt: number;
  #stops: Cancel[] = [];
  #isOver = false;

  constructor(parts: RelayParts) {
    this.#parts = parts;
    this.#lastAt = parts.clock.now();
  }

  /** Resolves when both sides are over. */
  async run(): Promise<void> {
    const { maxTime, idle } = this.#parts.limits;
    if (maxTime !== null) this.#after(maxTime, () => this.#expire(`its longest time of ${durationText(maxTime)}`));
    if (idle !== null) this.#watchIdle(idle, idle);
    try {
      await Promise.all([this.#pass(), this.#passBack()]);
    } finally {
      this.#isOver = true;
      for (const stop of this.#stops) stop();
    }
  }

  /** The gateway stops. */
  goAway(): void {
    const message = "The gateway is shutting down; open the session again.";
    const failure = new GatewayFailure(message, { code: "draining", status: 503, shouldRetry: true });
    this.#end(failure, { code: GOING_AWAY, reason: "the gateway is shutting down" });
  }

  async #pass(): Promise<void> {
    const { client, session } = this.#parts;
    for (let message = await session.next(); message !== null; message = await session.next()) {
      this.#lastAt = this.#parts.clock.now();
      const isTaken = client.send(message);
      if (isTaken !== null) await isTaken;
    }
    client.close(session.close);
  }

  async #passBack(): Promise<void> {
    const { client, session, pulled } = this.#parts;
    for (let message = await (pulled ?? client.next()); message !== null; message = await client.next()) {
      this.#lastAt = this.#parts.clock.now();
      const isTaken = session.send(message);
      if (isTaken !== null) await isTaken;
    }
    const closed = client.closed ?? { code: BROKEN, reason: "" };
    if (closed.code === BROKEN) session.cancel();
    else session.leave(closed);
  }

  #watchIdle(idle: number, remaining: number): void {
    this.#after(remaining, () => {
      const quiet = this.#parts.clock.now() - this.#lastAt;
      if (quiet >= idle) this.#expire(`${durationText(idle)} without a message`);
      else this.#watchIdle(idle, idle - quiet);
    });
  }

  #expire(limit: string): void {
    const message = `The session reached ${limit}; open a new one.`;
    const failure = new GatewayFailure(message, { code: "session_expired", status: 408, shouldRetry: true });
    this.#end(failure, { code: GOING_AWAY, reason: message });
  }

  #end(failure: GatewayFailure, close: SessionClose): void {
    if (this.#isOver) return;
    this.#parts.session.end(failure, close);
    // A client that reads nothing would hold it open.
    this.#after(LAST, () => this.#parts.client.cancel());
  }

  #after(milliseconds: number, then: () => void): void {
    this.#stops.push(this.#parts.clock.after(Math.min(LONGEST_TIMER, milliseconds), then, "background"));
  }
}
