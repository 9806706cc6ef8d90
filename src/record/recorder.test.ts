import { describe, expect, test } from "vitest";
import { attemptRecord, plainExchange } from "../../test/support/exchange.ts";
import type { CallListener } from "../core/recorder.ts";
import { createRecorder } from "./recorder.ts";

const exchange = plainExchange();
const attempt = attemptRecord({ verdict: "ok" });

describe("the recorder", () => {
  test("tells each listener of the events that it listens to, in order", () => {
    const told: string[] = [];
    const all: CallListener = {
      callBegan: ({ id }) => told.push(`call ${id}`),
      attemptBegan: (_call, { target }) => told.push(`attempt ${target}`),
      attemptEnded: ({ attempt: { verdict } }) => told.push(`attempt ${verdict}`),
      callEnded: ({ status }) => told.push(`call ${status}`),
    };
    const ends: CallListener = { callEnded: ({ exchange: planned }) => told.push(planned?.route.name ?? "refused") };
    const recorder = createRecorder([all, ends], () => {});
    recorder.callBegan(exchange);
    recorder.attemptBegan(exchange, attempt);
    recorder.attemptEnded({ exchange, attempt, failure: null });
    recorder.callEnded({ arrival: exchange, exchange, status: 200, code: null });
    recorder.callEnded({ arrival: exchange, exchange: null, status: 401, code: "unauthenticated" });
    expect(told).toEqual(["call req_1", "attempt a/m", "attempt ok", "call 200", "assistant", "call 401", "refused"]);
  });

  test("F15: a listener that throws is reported, and the others are told all the same", () => {
    const [faults, told] = [[] as unknown[], [] as string[]];
    const broken: CallListener = {
      callEnded: () => {
        throw new Error("disk");
      },
    };
    const recorder = createRecorder([broken, { callEnded: () => told.push("end") }], (cause) => faults.push(cause));
    recorder.callEnded({ arrival: exchange, exchange, status: 200, code: null });
    expect(told).toEqual(["end"]);
    expect(faults).toEqual([new Error("disk")]);
  });
});
