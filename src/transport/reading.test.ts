import { describe, expect, test } from "vitest";
import { ask } from "./raw-vendor.test-support.ts";
import type { Connection } from "./pool.ts";
import { HIGH_WATER, Reading } from "./reading.ts";

/** A fake connection that only records its calls. */
function pretend(): { connection: Connection; done: string[] } {
  const done: string[] = [];
  const connection = {
    client: { dispatch: () => true },
    reused: false,
    socketError: null,
    release: () => done.push("release"),
    discard: () => done.push("discard"),
  };
  return { connection: connection as unknown as Connection, done };
}

class PretendController {
  paused = false;
  aborted = false;
  reason = null;
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  abort(): void {}
}

describe("an answer that nobody pulls", () => {
  test("is paused at the mark, holds no more than one read beyond it, and goes on when it was read", async () => {
    const { connection, done } = pretend();
    const reading = new Reading(ask("http://vendor.test"), connection, { again: null, now: () => 0 });
    const response = reading.send();
    const controller = new PretendController();
    reading.onRequestStart(controller);
    reading.onResponseStart(controller, 200, { "content-length": "1000000" });
    const { body } = await response;

    const piece = Buffer.alloc(60_000);
    let held = 0;
    while (!controller.paused) {
      reading.onResponseData(controller, piece);
      held += piece.byteLength;
    }
    expect(held).toBeLessThan(2 * HIGH_WATER);
    await body.next();
    expect(controller.paused).toBe(false);
    await body.next();
    const waiting = body.next();
    reading.onResponseData(controller, piece);
    expect(await waiting).toBe(piece);
    expect(controller.paused).toBe(false);
    reading.onResponseEnd();
    expect(await body.next()).toBe(null);
    expect(done).toEqual(["release"]);
  });
});

describe("an end", () => {
  test("comes once: what is told after it changes nothing", async () => {
    const { connection, done } = pretend();
    const reading = new Reading(ask("http://vendor.test"), connection, { again: null, now: () => 0 });
    const response = reading.send();
    const controller = new PretendController();
    reading.onRequestStart(controller);
    reading.onResponseStart(controller, 200, {});
    const { body } = await response;
    reading.onResponseEnd();
    reading.onResponseError(controller, new Error("late"));
    body.cancel();
    expect(await body.next()).toBe(null);
    expect(done).toEqual(["release"]);
  });
});
