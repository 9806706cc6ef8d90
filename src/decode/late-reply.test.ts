import { expect, test } from "vitest";
import { plainProtocol } from "../../test/support/plain-protocol.ts";
import { VirtualClock } from "../../test/support/virtual-clock.ts";
import { BrokenAnswer, GatewayFailure } from "../core/failure.ts";
import { type CallOutcome, replyInTime } from "./late-reply.ts";
import { SilenceTimer } from "./silence-timer.ts";

test("F2: a late error that cannot be written breaks the connection, and the operator learns why", async () => {
  const clock = new VirtualClock();
  const faults: unknown[] = [];
  const outcome = Promise.withResolvers<CallOutcome>();
  const broken = new Error("planted");
  const reply = replyInTime(outcome.promise, {
    silence: new SilenceTimer({ clock, milliseconds: 1_000, sign: ": sign\n\n" }),
    lateHeaders: () => ({}),
    protocol: plainProtocol({
      failure: {
        frame: () => {
          throw broken;
        },
      },
    }),
    onFault: (cause) => void faults.push(cause),
    asArray: false,
  });
  await clock.advance(1_000);
  const { body, status } = await reply;
  if (body === null || typeof body !== "object" || !("next" in body)) throw new Error("no stream");
  expect([status, await body.next()]).toEqual([200, ": sign\n\n"]);
  const failure = new GatewayFailure("No", { code: "overloaded", status: 503, shouldRetry: true });
  outcome.resolve({ reply: { status: 503, headers: {}, body: "{}" }, failure, code: "overloaded" });
  await expect(body.next()).rejects.toThrow(BrokenAnswer);
  expect(faults).toEqual([broken]);
});
